import PulseAPI
import PulseDomain
import Synchronization

/// Who is connected, and which confirmation they have open. Known for a minute after it was told.
final class PresenceList: Sendable {
    private struct Key: Hashable {
        var principal: Principal
        var id: String
    }

    private struct Entry {
        var status: PresenceStatus
        var until: Duration
    }

    static let memory = Duration.seconds(60)
    private static let most = 5_000

    private let time: any TimeSource
    private let entries = Mutex<[Key: Entry]>([:])

    init(time: any TimeSource) { self.time = time }

    /// By principal and console.
    var present: [PresenceStatus] { entries.withLock { Self.present(&$0, at: time.elapsed) } }

    /// The list when it changed; `nil` when nothing is new. Throws `Problem` when nobody can be added.
    func enter(_ report: PresenceReport, as principal: Principal) throws(Problem) -> [PresenceStatus]? {
        guard (1...100).contains(report.id.utf8.count), (report.confirmation?.utf8.count ?? 0) <= 500 else {
            throw .badRequest("A console's id has 1 to 100 bytes, and its confirmation at most 500.")
        }
        let key = Key(principal: principal, id: report.id)
        let now = time.now
        let (isTaken, list) = entries.withLock { entries -> (Bool, [PresenceStatus]?) in
            let before = Self.present(&entries, at: time.elapsed)
            guard entries[key] != nil || entries.count < Self.most else { return (false, nil) }
            let status = PresenceStatus(
                id: report.id, principal: principal, since: entries[key]?.status.since ?? now,
                confirmation: report.confirmation, job: report.job)
            entries[key] = Entry(status: status, until: time.elapsed + Self.memory)
            let after = Self.present(&entries, at: time.elapsed)
            return (true, after == before ? nil : after)
        }
        guard isTaken else {
            throw Problem(503, code: "presence.full", "Too many consoles are connected.", remedy: "Close some.")
        }
        return list
    }

    /// The list when it changed.
    func leave(_ id: String, as principal: Principal) -> [PresenceStatus]? {
        entries.withLock { entries in
            guard entries.removeValue(forKey: Key(principal: principal, id: id)) != nil else { return nil }
            return Self.present(&entries, at: time.elapsed)
        }
    }

    private static func present(_ entries: inout [Key: Entry], at now: Duration) -> [PresenceStatus] {
        entries = entries.filter { $0.value.until > now }
        return entries.values.map(\.status).sorted {
            ($0.principal.name, $0.id) < ($1.principal.name, $1.id)
        }
    }
}
