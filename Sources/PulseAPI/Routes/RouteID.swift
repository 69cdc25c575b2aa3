/// The name of a route: what programs call it (OpenAPI's `operationId`) and what metrics are labelled with.
package enum RouteID: String, Sendable, Hashable, CaseIterable {
    // Accounts.
    case login, refresh, logout, profile, changePassword, listTokens, addToken, removeToken
    case listUsers, addUser, changeUser, removeUser
    // Reads of the engine.
    case overview, engine, jobs, job, checkpoints, runs, quotas, breakers, alerts, quarantine, quarantineEntry
    case tombstones, tombstoneRows, logs, audit, sources, tables, rows, throughput
    // Commands.
    case start, pause, resume, stop, retry, rewind, skip, hold, release, retransform
    case replay, discard, undoTombstones, confirmTombstones, acknowledge
    // What is kept open.
    case events, presence, enterPresence, leavePresence
    // Outside of the API.
    case live, ready, metrics, openAPI, keys

    /// Whether it carries out a ``Command``.
    package var isCommand: Bool {
        switch self {
        case .start, .pause, .resume, .stop, .retry, .rewind, .skip, .hold, .release, .retransform, .replay, .discard,
            .undoTombstones, .confirmTombstones, .acknowledge:
            true
        default: false
        }
    }
}
