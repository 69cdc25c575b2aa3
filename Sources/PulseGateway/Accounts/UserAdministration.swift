import Foundation
package import PulseDomain

/// What `pulse-server user` does on the accounts' file, with or without a running gateway.
///
/// Who may write the file may do everything; each act is audited as done by `operator` on this machine.
package struct UserAdministration: Sendable {
    private let store: any AccountStore
    private let passwords: PasswordDesk
    private let time: any TimeSource

    init(store: any AccountStore, passwords: PasswordDesk, time: any TimeSource) {
        self.store = store
        self.passwords = passwords
        self.time = time
    }

    /// Heavy. Throws `Failure`.
    package init(file path: String, time: any TimeSource) throws {
        self.init(store: try SQLiteAccounts.open(path: path), passwords: try PasswordDesk(), time: time)
    }

    /// The accounts that are there; `nil`, and nothing is made, where none are. Heavy. Throws `Failure`.
    package static func existing(file path: String, time: any TimeSource) throws -> UserAdministration? {
        FileManager.default.fileExists(atPath: path) ? try UserAdministration(file: path, time: time) : nil
    }

    /// The tenants that the gateway served when it last started, by name.
    package func served() async throws -> [TenantID] { try await store.served() }

    /// Where a user has a role; empty where there is no user of that name. Throws `Failure`.
    package func tenants(of name: String) async throws -> [TenantID] {
        try await store.user(name).map { $0.roles.keys.sorted() } ?? []
    }

    /// By name.
    package func list() async throws -> [User] { try await store.users() }

    /// Throws `Failure` for what can be nobody's name.
    package static func check(name: String) throws {
        guard User.isName(name) else {
            throw Failure(
                .ours, code: "user.name", "A user's name has 1 to 64 of a-z, 0-9, dot, dash, underscore and @.",
                remedy: "Choose another name.")
        }
    }

    /// Adds a user, or gives one that is there a role in another tenant. Returns the one-time password of a new one.
    /// Throws `Failure`.
    package func add(_ name: String, as role: Role, in tenant: TenantID) async throws -> String? {
        try Self.check(name: name)
        if let user = try await store.user(name) {
            guard user.roles[tenant] == nil else {
                throw Failure(
                    .ours, code: "user.exists", "\(name) belongs to \(tenant) already.",
                    remedy: "`pulse-server user role \(name) --role \(role.rawValue)` changes what they may do.")
            }
            _ = try await store.change(name) { $0.roles[tenant] = role }
            try await audit("Added to the tenant as \(role.rawValue).", name, in: tenant)
            return nil
        }
        let password = Self.oneTimePassword()
        let user = User(
            name: name, password: try await passwords.hash(password), roles: [tenant: role], createdAt: time.now,
            mustChangePassword: true)
        guard try await store.add(user) else { return try await add(name, as: role, in: tenant) }
        try await audit("Added as \(role.rawValue).", name, in: tenant)
        return password
    }

    /// A one-time password for a user that is there; every session ends. Throws `Failure`.
    package func resetPassword(of name: String) async throws -> String {
        let password = Self.oneTimePassword()
        let hash = try await passwords.hash(password)
        let user = try await change(name) { user in
            user.password = hash
            user.mustChangePassword = true
        }
        try await store.endFamilies(of: name, at: time.now, because: "a new password was set")
        try await auditAll("A one-time password was set; every session has ended.", user)
        return password
    }

    /// Throws `Failure`, also for a tenant's last administrator who would be kept out.
    package func setDisabled(_ name: String, _ isDisabled: Bool) async throws {
        let user = try await change(name) { $0.isDisabled = isDisabled }
        if isDisabled { try await store.endFamilies(of: name, at: time.now, because: "disabled") }
        try await auditAll(isDisabled ? "Disabled; every session has ended." : "Enabled.", user)
    }

    /// Another role in a tenant, which holds within seconds. Throws `Failure`, also for the tenant's last administrator.
    package func setRole(_ name: String, to role: Role, in tenant: TenantID) async throws {
        guard let user = try await store.user(name) else { throw Self.unknown(name) }
        guard user.roles[tenant] != nil else {
            throw Failure(
                .ours, code: "user.no_member", "\(name) does not belong to \(tenant).",
                remedy: "`pulse-server user add \(name) --role \(role.rawValue) --tenant \(tenant)` adds them.")
        }
        _ = try await change(name) { $0.roles[tenant] = role }
        try await audit("Is \(role.rawValue) now.", name, in: tenant)
    }

    /// Throws `Failure`, also for a tenant's last administrator.
    package func remove(_ name: String) async throws {
        guard let user = try await store.user(name) else { throw Self.unknown(name) }
        guard try await store.remove(name) else { throw Self.unknown(name) }
        try await auditAll("Removed.", user)
    }

    /// The first administrator of all tenants, with its one-time password, where nobody is there yet.
    package func addFirst(in tenants: [TenantID]) async throws -> (name: String, password: String)? {
        guard try await store.users().isEmpty, let first = tenants.first,
            let password = try await add("admin", as: .admin, in: first)
        else { return nil }
        for tenant in tenants.dropFirst() { _ = try await add("admin", as: .admin, in: tenant) }
        return ("admin", password)
    }

    package func close() async { await store.close() }

    // MARK: Parts

    private func change(_ name: String, _ body: @escaping @Sendable (inout User) -> Void) async throws -> User {
        guard let user = try await store.change(name, body) else { throw Self.unknown(name) }
        return user
    }

    private static func unknown(_ name: String) -> Failure {
        Failure(
            .ours, code: "user.unknown", "There is no user of that name.",
            remedy: "`pulse-server user list` lists those there are.")
    }

    private static func oneTimePassword() -> String {
        var generator = SystemRandomNumberGenerator()
        return Secret.oneTimePassword(using: &generator)
    }

    private func auditAll(_ outcome: String, _ user: User) async throws {
        for tenant in user.roles.keys.sorted() { try await audit(outcome, user.name, in: tenant) }
    }

    private func audit(_ outcome: String, _ name: String, in tenant: TenantID) async throws {
        try await store.auditHere("user", name, in: tenant, at: time.now, outcome: outcome)
    }
}

extension AccountStore {
    /// Something that was done on this machine, by who may write the file.
    func auditHere(
        _ action: String, _ subject: String, in tenant: TenantID, at now: Instant, outcome: String
    ) async throws {
        var generator = SystemRandomNumberGenerator()
        try await audit(
            GatewayAudit(
                at: now, tenant: tenant, by: Principal("pulse-server"), address: "this machine", action: action,
                subject: subject, outcome: outcome, isRefused: false, correlation: CorrelationID(using: &generator)))
    }
}
