import PulseDomain
import PulsePostgres
import Synchronization

/// A server that follows the store's. It is asked while it answers, follows the right server, and is not too far behind.
final class PostgresReplica: Sendable {
    /// How long what was seen of it counts.
    private static let trust: Duration = .seconds(2)
    /// How long one that is away is left alone.
    private static let pause: Duration = .seconds(10)

    let pool: PostgresPool
    private let location: String
    private let mostLag: Duration
    private let state: Mutex<State>

    private struct State {
        var status: ReadsStatus
        var looksAgainAt: ContinuousClock.Instant?
    }

    init?(_ settings: PostgresSettings, execution: PostgresPool.Execution) {
        guard let replica = settings.replica, let own = settings.replicaSettings else { return nil }
        location = own.location
        mostLag = replica.mostLag
        pool = PostgresPool(own, limits: .init(connections: 3, patience: .zero), execution: execution)
        state = Mutex(State(status: ReadsStatus(location: own.location, detour: "nothing was read yet.")))
    }

    /// What is known of it, looked at anew when that is old.
    func status(beside leader: PostgresPool) async -> ReadsStatus {
        let known = state.withLock { state -> ReadsStatus? in
            if let again = state.looksAgainAt, again > .now { return state.status }
            // Others take what was seen last meanwhile; the first has nothing to take.
            if state.looksAgainAt != nil { state.looksAgainAt = .now + Self.trust }
            return nil
        }
        if let known { return known }
        let seen = await look(leader)
        state.withLock { state in
            state.status = seen
            state.looksAgainAt = .now + (seen.detour == nil ? Self.trust : Self.pause)
        }
        return seen
    }

    /// A read failed: the store itself is read for a while.
    func isAway(_ error: PostgresError) {
        state.withLock { state in
            state.status = away(error)
            state.looksAgainAt = .now + Self.pause
        }
    }

    private func away(_ error: PostgresError) -> ReadsStatus {
        ReadsStatus(location: location, detour: "\(location) does not answer (\(error.message)).")
    }

    /// Where the leader is, and whether the replica has come as far. One that has is not behind, however long ago the last
    /// change was; one that has not is behind by the age of what it did last.
    private func look(_ leader: PostgresPool) async -> ReadsStatus {
        // A leader that is away is no reason not to read.
        let leading = try? await leader.withConnection { connection in
            let row = try connection.query(
                """
                SELECT CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_lsn()::text END AS position,
                    (SELECT system_identifier::text FROM pg_control_system()) AS cluster
                """
            ).first
            return (position: try row?.value("position") ?? .null, cluster: try row?.value("cluster") ?? .null)
        }
        do {
            let found = try await pool.withConnection { connection in
                let row = try connection.query(
                    """
                    SELECT pg_is_in_recovery() AS follows,
                        (SELECT system_identifier::text FROM pg_control_system()) AS cluster,
                        coalesce(pg_last_wal_replay_lsn() >= $1::pg_lsn, FALSE) AS is_current,
                        (extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000000)::bigint AS lag
                    """, [Self.text(leading?.position)]
                ).first
                return Seen(
                    follows: try row?.value("follows") == .boolean(true), cluster: try row?.value("cluster") ?? .null,
                    isCurrent: try row?.value("is_current") == .boolean(true), lag: try row?.value("lag") ?? .null)
            }
            guard let found else { return ReadsStatus(location: location, detour: "the store was closed.") }
            return judge(found, cluster: leading?.cluster)
        } catch let error as PostgresError {
            return away(error)
        } catch {
            return ReadsStatus(location: location, detour: "\(location) does not answer.")
        }
    }

    private struct Seen: Sendable {
        var follows: Bool
        var cluster: PostgresValue
        var isCurrent: Bool
        var lag: PostgresValue
    }

    private static func text(_ value: PostgresValue?) -> PostgresValue {
        if case .text? = value { return value ?? .null }
        return .null
    }

    private func judge(_ seen: Seen, cluster: PostgresValue?) -> ReadsStatus {
        guard seen.follows else {
            return ReadsStatus(location: location, detour: "\(location) follows no server.")
        }
        if let cluster, cluster != .null, cluster != seen.cluster {
            return ReadsStatus(location: location, detour: "\(location) follows another server than the store's.")
        }
        if seen.isCurrent { return ReadsStatus(location: location, lag: .zero) }
        guard case .integer(let microseconds) = seen.lag else {
            return ReadsStatus(location: location, detour: "\(location) has replayed nothing yet.")
        }
        let lag = Duration.microseconds(max(0, microseconds))
        guard lag <= mostLag else {
            return ReadsStatus(
                location: location, lag: lag,
                detour: "\(location) is behind by \(Int(lag.inSeconds)) s, more than the \(Int(mostLag.inSeconds)) s "
                    + "that reads_max_lag allows.")
        }
        return ReadsStatus(location: location, lag: lag)
    }
}
