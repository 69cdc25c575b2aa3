import PulseAPI
import PulseDomain

/// What people do with their own account.
extension AccountDesk {
    func profile(of identity: Identity) async throws -> Profile {
        guard let user = try await store.user(identity.principal.name) else { throw Problem.unauthenticated }
        return Profile(
            name: user.name, tenant: identity.tenant, role: identity.role, memberships: user.memberships,
            endsAt: try await end(of: identity))
    }

    /// When who came in would have to come in anew; `nil` where nothing ends.
    private func end(of identity: Identity) async throws -> Instant? {
        switch identity.proof {
        case .gateway: nil
        case .session(let family): try await store.expiry(ofFamily: family)
        case .token(let id):
            try await store.tokens(of: identity.principal.name).first { $0.id == id }?.expiresAt
        }
    }

    /// Sets another password after the present one was given. Every session ends, this one included: who changes a
    /// password may do so because somebody else knows it. Throws `Problem`.
    func changePassword(_ change: PasswordChange, of identity: Identity, from origin: Origin) async throws {
        let name = identity.principal.name
        guard case .session = identity.proof else {
            throw Problem.sessionNeeded("A password is not changed with a personal token.")
        }
        let account = LoginSubject.account(name)
        let address = LoginSubject.address(origin.address)
        if let end = try await store.attempt([account, address], at: time.now) {
            throw Problem.tooManyLogins(until: end)
        }
        let present = change.password.utf8.count <= PasswordRules.longest ? change.password : ""
        let user = try await store.user(name)
        guard let user, try await passwords.check(present, against: user.password) else {
            try await audit(
                "password", name, in: identity.tenant, by: identity.principal, from: origin, outcome: "Refused.",
                isRefused: true)
            throw Problem.wrongLogin
        }
        try await store.succeed(account: account, address: address)
        try PasswordRules.check(change.newPassword, of: name, insteadOf: change.password)
        let hash = try await passwords.hash(change.newPassword)
        _ = try await store.change(name) { user in
            user.password = hash
            user.mustChangePassword = false
        }
        try await store.endFamilies(of: name, at: time.now, because: "the password was changed")
        standings.forget()
        try await audit(
            "password", name, in: identity.tenant, by: identity.principal, from: origin,
            outcome: "Changed; every session has ended.")
    }

    // MARK: Personal tokens

    /// Without the secret. Only those of the tenant that the session is in.
    func personalTokens(of identity: Identity) async throws -> [PersonalToken] {
        try await store.tokens(of: identity.principal.name).filter { $0.tenant == identity.tenant }.map(
            PersonalToken.init)
    }

    /// A token for scripts, with its secret. Throws `Problem` when it would be good for more than its owner may.
    func addToken(_ new: NewToken, for identity: Identity, from origin: Origin) async throws -> PersonalToken {
        guard case .session = identity.proof else {
            throw Problem.sessionNeeded("A personal token cannot make others.")
        }
        guard new.scope.role <= identity.role else {
            throw Problem(
                403, code: "forbidden",
                "A token of scope \(new.scope.rawValue) needs the role \(new.scope.role.rawValue), and you are "
                    + "\(identity.role.rawValue) of \(identity.tenant).",
                remedy: "Make one of a smaller scope, or ask an administrator for the role.")
        }
        guard (1...100).contains(new.name.count),
            !new.name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw Problem.unprocessable("A token's name has 1 to 100 characters.", remedy: "Choose another name.") }
        let now = time.now
        let expiresAt = new.expiresAt ?? now + Self.usualTokenLifetime
        guard expiresAt > now, expiresAt <= now + Self.longestTokenLifetime else {
            throw Problem.unprocessable(
                "A token expires in the future, and within a year.",
                remedy: "Choose a time within a year; 90 days is usual.")
        }
        let good = try await store.tokens(of: identity.principal.name).count { $0.expiresAt > now }
        guard good < Self.mostTokens else {
            throw Problem(
                409, code: "token.too_many", "A user has at most \(Self.mostTokens) personal tokens.",
                remedy: "Take back those that are not needed.")
        }
        let secret = Self.personalPrefix + Self.random(bytes: 32)
        var generator = SystemRandomNumberGenerator()
        let token = StoredToken(
            id: Self.tokenID(using: &generator), user: identity.principal.name, tenant: identity.tenant, name: new.name,
            scope: new.scope, createdAt: now, expiresAt: expiresAt)
        try await store.add(token, digest: Secret.digest(secret))
        try await audit(
            "token", token.id, in: identity.tenant, by: identity.principal, from: origin,
            outcome: "Made a personal token of scope \(new.scope.rawValue).")
        var answer = PersonalToken(token)
        answer.token = secret
        return answer
    }

    /// Throws `Problem` when the user has none of that id, and for a personal token that would take back another one.
    func removeToken(_ id: String, of identity: Identity, from origin: Origin) async throws {
        if case .token(let own) = identity.proof, own != id {
            throw Problem.sessionNeeded("A personal token takes back no other one than itself.")
        }
        let isOwn = try await store.tokens(of: identity.principal.name).contains {
            $0.id == id && $0.tenant == identity.tenant
        }
        guard isOwn, try await store.removeToken(id, of: identity.principal.name) else {
            throw Problem(
                404, code: "token.unknown", "You have no personal token with the id \(id.printable).",
                remedy: "`pulse token list` tells the ids of yours.")
        }
        try await audit(
            "token", id, in: identity.tenant, by: identity.principal, from: origin,
            outcome: "Took a personal token back.")
    }

    /// It stands in command lines: what begins with a dash would be taken for an option.
    static func tokenID(using generator: inout some RandomNumberGenerator) -> String {
        while true {
            let id = Secret.text(bytes: 9, using: &generator)
            if !id.hasPrefix("-") { return id }
        }
    }

    static let usualTokenLifetime = Duration.days(90)
    static let longestTokenLifetime = Duration.days(366)
    static let mostTokens = 50
}

extension User {
    var memberships: [Membership] {
        roles.map { Membership(tenant: $0.key, role: $0.value) }.sorted { $0.tenant < $1.tenant }
    }
}

extension PersonalToken {
    init(_ token: StoredToken) {
        self.init(
            id: token.id, name: token.name, scope: token.scope, createdAt: token.createdAt,
            expiresAt: token.expiresAt, lastUsedAt: token.lastUsedAt)
    }
}
