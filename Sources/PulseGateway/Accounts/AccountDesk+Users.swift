import PulseAPI
import PulseDomain

/// What administrators do with the users of their tenant.
///
/// A user may belong to several tenants. Name, password and state are the user's everywhere, so only an administrator
/// of the only tenant changes them; a role is of one tenant.
extension AccountDesk {
    /// By name.
    func users(for identity: Identity) async throws -> [UserStatus] {
        try await store.users().filter { $0.roles[identity.tenant] != nil }.map { $0.status(in: identity.tenant) }
    }

    func addUser(_ new: NewUser, by identity: Identity, from origin: Origin) async throws -> UserStatus {
        guard User.isName(new.name) else {
            throw Problem.unprocessable("A user's name has 1 to 64 of a-z, 0-9, dot, dash, underscore and @.")
        }
        try PasswordRules.check(new.password, of: new.name)
        // Somebody else chose the password.
        let user = User(
            name: new.name, password: try await passwords.hash(new.password), roles: [identity.tenant: new.role],
            createdAt: time.now, mustChangePassword: true)
        guard try await store.add(user) else {
            throw Problem(
                409, code: "user.exists", "The name \(new.name) is taken.",
                remedy: "Take another; a member of another tenant is added with `pulse-server user add`.")
        }
        try await audit(
            "user", new.name, in: identity.tenant, by: identity.principal, from: origin,
            outcome: "Added as \(new.role.rawValue).")
        return user.status(in: identity.tenant)
    }

    func change(
        _ name: String, _ change: UserChange, by identity: Identity, from origin: Origin
    ) async throws -> UserStatus {
        let user = try await member(name, of: identity.tenant)
        let isEverywhere = change.isDisabled != nil || change.password != nil
        guard !isEverywhere || user.roles.count == 1 else { throw Problem.userOfOthers(name) }
        var hash: PasswordHash?
        if let password = change.password {
            guard name != identity.principal.name else {
                throw Problem(
                    403, code: "user.oneself", "One's own password is changed with the present one.",
                    remedy: "Use POST /api/v1/auth/password.")
            }
            try PasswordRules.check(password, of: name)
            hash = try await passwords.hash(password)
        }
        let tenant = identity.tenant
        let changed = try await keepingAdministrators {
            try await store.change(name) { [hash] user in
                if let role = change.role { user.roles[tenant] = role }
                if let isDisabled = change.isDisabled { user.isDisabled = isDisabled }
                if let hash {
                    user.password = hash
                    user.mustChangePassword = true
                }
            }
        }
        guard let changed else { throw Problem.unknown("user", name) }
        if hash != nil || change.isDisabled == true {
            try await store.endFamilies(of: name, at: time.now, because: "changed by an administrator")
        }
        standings.forget()
        try await audit(
            "user", name, in: tenant, by: identity.principal, from: origin, outcome: Self.told(change))
        return changed.status(in: tenant)
    }

    /// Takes the user out of the tenant; one of no other tenant is gone.
    func removeUser(_ name: String, by identity: Identity, from origin: Origin) async throws {
        let user = try await member(name, of: identity.tenant)
        let tenant = identity.tenant
        try await keepingAdministrators {
            if user.roles.count == 1 {
                _ = try await store.remove(name)
            } else {
                _ = try await store.change(name) { $0.roles[tenant] = nil }
            }
        }
        standings.forget()
        try await audit(
            "user", name, in: tenant, by: identity.principal, from: origin, outcome: "Taken out of the tenant.")
    }

    // MARK: Parts

    /// Users of other tenants are not even told of.
    private func member(_ name: String, of tenant: TenantID) async throws -> User {
        guard let user = try await store.user(name), user.roles[tenant] != nil else {
            throw Problem.unknown("user", name)
        }
        return user
    }

    /// As the accounts throw it, whose remedy is for who runs the gateway.
    private func keepingAdministrators<Value>(_ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch let failure as Failure where failure.code == AdministratorRule.code {
            throw Problem(
                403, code: failure.code, failure.sentence,
                remedy: "Make another administrator first, or ask who runs the gateway: `pulse-server user`.")
        }
    }

    private static func told(_ change: UserChange) -> String {
        let parts = [
            change.role.map { "role \($0.rawValue)" }, change.isDisabled.map { $0 ? "disabled" : "enabled" },
            change.password.map { _ in "a new password" },
        ].compactMap(\.self)
        return parts.isEmpty ? "Nothing changed." : "Changed: \(parts.joined(separator: ", "))."
    }
}

extension User {
    /// As an administrator of `tenant` sees it: other tenants are none of theirs.
    fileprivate func status(in tenant: TenantID) -> UserStatus {
        UserStatus(
            name: name, isDisabled: isDisabled, createdAt: createdAt, lastLoginAt: lastLoginAt,
            memberships: memberships.filter { $0.tenant == tenant })
    }
}

extension Problem {
    fileprivate static func userOfOthers(_ name: String) -> Problem {
        Problem(
            403, code: "user.of_others", "\(name) also belongs to other tenants.",
            remedy: "Change the role here, or ask who runs the gateway: `pulse-server user`.")
    }
}
