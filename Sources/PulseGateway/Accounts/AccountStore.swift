import PulseDomain

/// Where the gateway keeps who may come in. Secrets are kept as digests only.
///
/// One implementation keeps a file of its own (``SQLiteAccounts``); several gateways that share one database are
/// another behind the same protocol. Every method is one transaction. Throws `Failure` when the store fails.
protocol AccountStore: Sendable {
    /// By name.
    func users() async throws -> [User]
    func user(_ name: String) async throws -> User?
    /// `false` when there is one of that name.
    func add(_ user: User) async throws -> Bool
    /// Changes a user in one transaction; `nil` when there is none. Throws `Failure` for what ``AdministratorRule`` refuses.
    func change(_ name: String, _ change: @escaping @Sendable (inout User) -> Void) async throws -> User?
    /// With its families and tokens. `false` when there is none. Throws `Failure` for what ``AdministratorRule`` refuses.
    func remove(_ name: String) async throws -> Bool

    /// A new family with its first token.
    func begin(_ family: RefreshFamily, token: [UInt8]) async throws
    /// Spends a token for its successor. Of several that try at once, one succeeds; the others are reuse, unless they are
    /// the same client that asks again (``RefreshSuccessor``).
    func rotate(_ token: [UInt8], to next: RefreshSuccessor, at now: Instant) async throws -> RefreshOutcome
    func endFamily(_ id: String, at now: Instant, because reason: String) async throws
    func endFamilies(of user: String, at now: Instant, because reason: String) async throws
    /// Whether a family goes on.
    func isAlive(_ family: String, at now: Instant) async throws -> Bool
    /// Until when a family can be renewed; `nil` when there is none.
    func expiry(ofFamily id: String) async throws -> Instant?

    func add(_ token: StoredToken, digest: [UInt8]) async throws
    /// Newest first, with those that expired of late.
    func tokens(of user: String) async throws -> [StoredToken]
    /// `nil` when there is none. Notes the use of one that is still good, at most once a minute.
    func token(digest: [UInt8], at now: Instant) async throws -> StoredToken?
    /// `false` when the user has none of that id.
    func removeToken(_ id: String, of user: String) async throws -> Bool

    /// Counts a login as failed before its password is looked at, so that many at once are no more guesses than one
    /// after the other; or tells until when logins of one of the subjects are refused.
    func attempt(_ subjects: [LoginSubject], at now: Instant) async throws -> Instant?
    /// It was right: the account's failures are forgotten, and the address has not failed this time.
    func succeed(account: LoginSubject, address: LoginSubject) async throws

    func buckets() async throws -> [String: BucketLevel]
    func keep(_ buckets: [String: BucketLevel], at now: Instant) async throws

    /// Notes which tenants a gateway serves, instead of those before.
    func serve(_ tenants: Set<TenantID>) async throws
    /// Those noted last, by name; empty before the first start.
    func served() async throws -> [TenantID]

    func audit(_ entry: GatewayAudit) async throws
    /// Newest first: those older than `before`, or the newest ones.
    func audits(of tenant: TenantID, before: Int64?, limit: Int) async throws -> [GatewayAudit]

    /// Takes away what nobody can ask for any more.
    func prune(at now: Instant) async throws
    /// Whether it can be read and written.
    func check() async throws
    func close() async
}

/// Something that people did, or were refused, at the gateway itself.
struct GatewayAudit: Sendable, Hashable {
    var sequence: Int64 = 0
    var at: Instant
    var tenant: TenantID
    var by: Principal
    /// Where it came from; never trusted for anything but to be read.
    var address: String
    var action: String
    var subject: String
    var outcome: String
    var isRefused: Bool
    var correlation: CorrelationID
}
