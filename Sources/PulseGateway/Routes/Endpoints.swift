import PulseAPI
import PulseDomain

/// Answers every route of API v1 over whatever engine stands behind it.
struct Endpoints: Sendable {
    let engines: [TenantID: TenantEngine]
    /// `nil` where people do not log in: behind a gateway.
    let accounts: AccountDesk?
    let health: Health
    let metrics: RequestMetrics
    let time: any TimeSource

    init(engines: [TenantEngine], accounts: AccountDesk?, time: any TimeSource) {
        self.engines = Dictionary(uniqueKeysWithValues: engines.map { ($0.tenant, $0) })
        self.accounts = accounts
        self.time = time
        health = Health(engines: engines, accounts: accounts)
        metrics = RequestMetrics()
    }

    /// Throws `Problem` and `Failure`.
    func reply(to call: Call) async throws -> Reply {
        switch call.route.id {
        case .login, .refresh, .logout, .profile, .changePassword, .listTokens, .addToken, .removeToken, .listUsers,
            .addUser, .changeUser, .removeUser:
            try await account(call)
        case .overview, .engine, .jobs, .job, .checkpoints, .runs, .quotas, .breakers, .alerts, .sources, .throughput,
            .quarantine, .quarantineEntry, .tombstones, .tombstoneRows, .logs, .audit, .tables, .rows, .start, .pause,
            .resume, .stop, .retry, .rewind, .skip, .hold, .release, .retransform, .replay, .discard, .undoTombstones,
            .confirmTombstones, .acknowledge:
            try await operations(call, engine(of: call))
        case .events, .presence, .enterPresence, .leavePresence: try await live(call, engine(of: call))
        case .live, .ready, .metrics, .openAPI, .keys: try await outside(call)
        }
    }

    /// The engine of the tenant that the token is for: the only one that a request can reach.
    private func engine(of call: Call) throws(Problem) -> TenantEngine {
        let tenant = try call.principal.tenant
        guard let engine = engines[tenant] else {
            // A gateway asks, which was told otherwise.
            if accounts == nil {
                let served = engines.keys.map(\.rawValue).sorted().joined(separator: ", ")
                throw Problem(
                    403, code: "tenant.unserved", "It works for \(served), and was asked for \(tenant).",
                    remedy: "Tell the gateway: --engine \(served)=URL.")
            }
            throw Problem(
                403, code: "tenant.unserved", "This gateway does not serve the tenant \(tenant).",
                remedy:
                    "Log in to one that it serves: pulse login URL --tenant NAME. Who runs it gives people a tenant: "
                    + "pulse-server user add NAME --tenant TENANT --role ROLE.")
        }
        return engine
    }
}
