import Foundation
package import PulseDomain
import PulseHTTP
import ServiceLifecycle

/// A gateway put together: accounts, keys, throttles and routes in front of engines.
package final class Gateway: Service {
    /// What it serves.
    package enum Backing: Sendable {
        /// An engine in this process.
        case embedded(TenantID, any Operations)
        /// Engines that run elsewhere.
        case remote(RemoteEngines)
    }

    /// What an operator decides.
    package struct Settings: Sendable {
        package var address: GatewayServer.Address
        /// Folder of accounts and keys.
        package var data: String
        package var tokens: TokenSettings
        /// Of the keys that are made from now on.
        package var algorithm: SigningAlgorithm
        package var limits: ServingLimits
        package var proxies: TrustedProxies
        /// Whether each request is told on standard error.
        package var logsRequests = true
        package var throttle: RequestThrottle.Limits
        /// Of the passwords that are set from now on.
        package var passwordCost = PasswordHash.Cost.usual

        package init(
            address: GatewayServer.Address, data: String, tokens: TokenSettings,
            algorithm: SigningAlgorithm = .es256, limits: ServingLimits = ServingLimits(),
            proxies: TrustedProxies = TrustedProxies([]), throttle: RequestThrottle.Limits = .init()
        ) {
            self.address = address
            self.data = data
            self.tokens = tokens
            self.algorithm = algorithm
            self.limits = limits
            self.proxies = proxies
            self.throttle = throttle
        }

        package static func accountsFile(in data: String) -> String { "\(data)/accounts.db" }
        package static func keyFolder(in data: String) -> String { "\(data)/keys" }
    }

    /// How often keys are read again; several times before a new one signs.
    private static let keyInterval = Duration.seconds(30)
    private static let pruneInterval = Duration.hours(1)

    private let settings: Settings
    private let claim: DataFolderClaim
    private let accounts: AccountDesk
    private let throttle: RequestThrottle
    private let endpoints: Endpoints
    private let server: GatewayServer
    private let keys: KeyFolder
    private let time: any TimeSource
    private let log: RequestLog
    /// By which engines elsewhere are asked.
    private let transport: CurlTransport?
    /// The administrator that was made because nobody was there; told once.
    package let first: (name: String, password: String)?

    /// Opens accounts and keys. Throws `Failure`, also where another gateway works with them.
    ///
    /// - Parameter telling: Is given sentences for who starts it: which engines do not work, when they are first looked at.
    package init(
        _ settings: Settings, serving backing: Backing, time: any TimeSource,
        telling: @escaping @Sendable (String) -> Void = { _ in },
        onListening: @escaping @Sendable (_ port: Int) async -> Void
    ) async throws {
        self.settings = settings
        self.time = time
        log = settings.logsRequests ? .standardError : .silent
        keys = KeyFolder(
            path: Settings.keyFolder(in: settings.data), lifetime: settings.tokens.lifetime + TokenSettings.leeway)
        let engines: [TenantEngine]
        switch backing {
        case .embedded(let tenant, let operations):
            transport = nil
            engines = [TenantEngine(tenant, operations, time: time)]
        case .remote(let remote):
            let transport = CurlTransport(configuration: .init(extraCAFile: remote.caFile))
            self.transport = transport
            let log = log
            let pools = remote.pools(over: transport, time: time) { tenant, change in
                Self.note(change, of: tenant, in: log, at: time.now)
                if change.isFirst, let problem = change.problem {
                    telling("An engine of \(tenant) does not work. \(problem) \(change.remedy)")
                }
            }
            engines = pools.map { TenantEngine($0.tenant, $0.pool, time: time) }
        }
        let store = try SQLiteAccounts.open(path: Settings.accountsFile(in: settings.data))
        claim = try DataFolderClaim(settings.data, at: time.now)
        try await store.serve(Set(engines.map(\.tenant)))
        let passwords = try PasswordDesk(cost: settings.passwordCost)
        first = try await UserAdministration(store: store, passwords: passwords, time: time)
            .addFirst(in: engines.map(\.tenant))
        accounts = AccountDesk(
            store: store, passwords: passwords,
            authority: TokenAuthority(
                try keys.ring(settings.algorithm, at: time.now), settings: settings.tokens, time: time), time: time,
            serving: Set(engines.map(\.tenant)))
        throttle = RequestThrottle(settings.throttle, time: time)
        try await throttle.resume(from: store)
        endpoints = Endpoints(engines: engines, accounts: accounts, time: time)
        server = GatewayServer(
            GatewayResponder(
                endpoints: endpoints, authenticator: BearerAuthenticator(desk: accounts), throttle: throttle,
                accounts: accounts, limits: settings.limits, time: time, log: log, proxies: settings.proxies),
            at: settings.address, onListening: onListening)
    }

    /// Serves until its service group shuts down; then what is kept in memory is written. Throws `Failure`.
    package func run() async throws {
        let outcome: Result<Void, any Error> = await withTaskGroup(of: Void.self) { group in
            for engine in endpoints.engines.values { group.addTask { await engine.run() } }
            group.addTask { await self.repeatedly(every: RequestThrottle.keepingInterval) { try await self.keep() } }
            group.addTask { await self.repeatedly(every: Self.keyInterval) { try self.readKeys() } }
            group.addTask {
                await self.repeatedly(every: Self.pruneInterval) {
                    try await self.accounts.store.prune(at: self.time.now)
                }
            }
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await server.run()) } catch { outcome = .failure(error) }
            group.cancelAll()
            return outcome
        }
        await noting("accounts could not be written") { try await self.keep() }
        await accounts.store.close()
        claim.end()
        await transport?.shutdown()
        try outcome.get()
    }

    /// What a SIGHUP asks for: certificates and keys are read again. What cannot be read is logged, and the former
    /// stays.
    package func reload() async {
        await noting("certificates could not be read; the former stay") { try self.server.renewCertificates() }
        await noting("keys could not be read; the former stay") { try self.readKeys() }
    }

    // MARK: Parts

    private func keep() async throws { try await throttle.keep(in: accounts.store) }

    private func readKeys() throws { accounts.authority.use(try keys.ring(settings.algorithm, at: time.now)) }

    private static func note(
        _ change: EnginePool.Change, of tenant: TenantID, in log: RequestLog, at now: Instant
    ) {
        let facts = [("engine", change.name), ("tenant", tenant.rawValue)]
        if let problem = change.problem {
            log.note(
                .warning, "an engine does not work", at: now,
                facts + [("code", change.code ?? ""), ("sentence", problem)])
        } else {
            log.note(.info, "an engine works again", at: now, facts)
        }
    }

    private func repeatedly(every interval: Duration, _ body: @escaping @Sendable () async throws -> Void) async {
        while (try? await time.sleep(for: interval)) != nil { await noting("upkeep failed", body) }
    }

    private func noting(_ message: String, _ body: @Sendable () async throws -> Void) async {
        do { try await body() } catch {
            let failure = error as? Failure
            log.note(
                .error, message, at: time.now,
                [("code", failure?.code ?? "internal"), ("sentence", failure?.description ?? "\(type(of: error))")])
        }
    }
}
