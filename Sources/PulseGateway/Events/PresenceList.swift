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

    private struct State {
        var entries: [Key: Entry] = [:]
        /// What everybody was told last: who fell silent since is missing in the next list, whoever causes it.
        var told: [PresenceStatus] = []
    }

    private let time: any TimeSource
    private let state = Mutex(State())

    init(time: any TimeSource) { self.time = time }

    /// By principal and console.
    var present: [PresenceStatus] { state.withLock { Self.present(&$0, at: time.elapsed) } }

    /// The list when it is another than the one told last; `nil` when nothing is new. Throws `Problem` when nobody can
    /// be added.
    func enter(_ report: PresenceReport, as principal: Principal) throws(Problem) -> [PresenceStatus]? {
        guard (1...100).contains(report.id.utf8.count), (report.confirmation?.utf8.count ?? 0) <= 500 else {
            throw .unprocessable("A console's id has 1 to 100 bytes, and its confirmation at most 500.")
        }
        let key = Key(principal: principal, id: report.id)
        let now = time.now
        let (isTaken, list) = state.withLock { state -> (Bool, [PresenceStatus]?) in
            _ = Self.present(&state, at: time.elapsed)
            guard state.entries[key] != nil || state.entries.count < Self.most else { return (false, nil) }
            let status = PresenceStatus(
                id: report.id, principal: principal, since: state.entries[key]?.status.since ?? now,
                confirmation: report.confirmation, job: report.job)
            state.entries[key] = Entry(status: status, until: time.elapsed + Self.memory)
            return (true, Self.news(&state, at: time.elapsed))
        }
        guard isTaken else {
            throw Problem(503, code: "presence.full", "Too many consoles are connected.", remedy: "Close some.")
        }
        return list
    }

    /// The list when it is another than the one told last.
    func leave(_ id: String, as principal: Principal) -> [PresenceStatus]? {
        state.withLock { state in
            state.entries[Key(principal: principal, id: id)] = nil
            return Self.news(&state, at: time.elapsed)
        }
    }

    private static func news(_ state: inout State, at now: Duration) -> [PresenceStatus]? {
        let present = present(&state, at: now)
        guard present != state.told else { return nil }
        state.told = present
        return present
    }

    private static func present(_ state: inout State, at now: Duration) -> [PresenceStatus] {
        state.entries = state.entries.filter { $0.value.until > now }
        return state.entries.values.map(\.status).sorted {
            ($0.principal.name, $0.id) < ($1.principal.name, $1.id)
        }
    }
}
