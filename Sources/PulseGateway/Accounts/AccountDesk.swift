import PulseAPI
import PulseDomain

/// Lets people in, keeps them in, and shows them out.
package final class AccountDesk: Sendable {
    let store: any AccountStore
    let passwords: PasswordDesk
    let authority: TokenAuthority
    let time: any TimeSource
    let standings: Standings
    /// The tenants that can be asked for anything here; empty: nothing is known of them.
    private let served: Set<TenantID>

    init(
        store: any AccountStore, passwords: PasswordDesk, authority: TokenAuthority, time: any TimeSource,
        serving served: Set<TenantID> = []
    ) {
        self.served = served
        self.store = store
        self.passwords = passwords
        self.authority = authority
        self.time = time
        standings = Standings(store: store, time: time)
    }

    /// How long a login can be renewed.
    static let familyLifetime = Duration.days(30)

    /// Where a request comes from.
    struct Origin: Sendable, Hashable {
        var address: String
        var correlation: CorrelationID
    }

    // MARK: Coming in

    /// Tokens for a name and a password. Throws `Problem`, the same for a wrong password and for a user that is not
    /// there, and after the same work.
    func login(_ request: LoginRequest, from origin: Origin) async throws -> TokenAnswer {
        let name = request.name.lowercased()
        let (account, address) = (LoginSubject.account(name), LoginSubject.address(origin.address))
        if let end = try await store.attempt([account, address], at: time.now) {
            throw Problem.tooManyLogins(until: end)
        }
        // Longer ones are no passwords of ours, and cost work.
        let password = request.password.utf8.count <= PasswordRules.longest ? request.password : ""
        let user = User.isName(name) ? try await store.user(name) : nil
        let isRight = try await passwords.check(password, against: user?.password)
        guard isRight, let user, !user.isDisabled, let tenant = request.tenant ?? usualTenant(of: user),
            let role = user.roles[tenant]
        else {
            // A name that nobody has may be a password in the wrong place.
            let subject = user?.name ?? "somebody"
            try await audit(
                "login", subject, in: user?.homeTenant ?? "", by: Principal(subject), from: origin,
                outcome: isRight ? "Refused: disabled, or no member of the tenant." : "Refused.", isRefused: true)
            throw Problem.wrongLogin
        }
        try await store.succeed(account: account, address: address)
        try await noteLogin(of: user, password: password)
        let family = RefreshFamily(
            id: Self.random(bytes: 12), user: name, tenant: tenant, createdAt: time.now,
            expiresAt: time.now + Self.familyLifetime)
        let refresh = Self.refreshToken()
        try await store.begin(family, token: Secret.digest(refresh))
        try await audit("login", name, in: tenant, by: Principal(name), from: origin, outcome: "Logged in.")
        return try answer(for: user, in: tenant, as: role, family: family.id, refresh: refresh)
    }

    /// The tenant of a login that names none: one that is served, before others.
    private func usualTenant(of user: User) -> TenantID? {
        user.roles.keys.filter { served.contains($0) }.min() ?? user.homeTenant
    }

    private func noteLogin(of user: User, password: String) async throws {
        let now = time.now
        // Machines grow: a hash of former days is made anew while the password is at hand.
        let hash = passwords.isOutdated(user.password) ? try await passwords.hash(password) : nil
        _ = try await store.change(user.name) { user in
            user.lastLoginAt = now
            if let hash { user.password = hash }
        }
    }

    /// New tokens for a refresh token, which is spent by it. Throws `Problem`. A token that was spent before ends its
    /// family: either its owner or a thief has the newer one, and nobody can tell who. Only its owner, whose answer was lost,
    /// is answered again.
    func refresh(_ request: RefreshRequest, from origin: Origin) async throws -> TokenAnswer {
        let (text, proof) = (request.refreshToken, request.accessToken)
        guard text.utf8.count <= 200, proof.map({ (1...4_096).contains($0.utf8.count) }) ?? true else {
            throw Problem.unauthenticated
        }
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let next = RefreshSuccessor(of: text, provenBy: proof, salt: salt)
        switch try await store.rotate(Secret.digest(text), to: next, at: time.now) {
        case .unknown: throw Problem.unauthenticated
        case .reused(let family):
            standings.forget()
            try await audit(
                "refresh", family.user, in: family.tenant, by: Principal(family.user), from: origin,
                outcome: "A refresh token was used twice: the session is ended.", isRefused: true)
            throw Problem.unauthenticated
        case .rotated(let family): return try await goOn(family, with: next)
        case .repeated(let family, let salt):
            try await audit(
                "refresh", family.user, in: family.tenant, by: Principal(family.user), from: origin,
                outcome: "Answered again: the answer before had not arrived.")
            return try await goOn(family, with: RefreshSuccessor(of: text, provenBy: proof, salt: salt))
        }
    }

    private func goOn(_ family: RefreshFamily, with next: RefreshSuccessor) async throws -> TokenAnswer {
        guard let user = try await store.user(family.user), !user.isDisabled, let role = user.roles[family.tenant]
        else { throw Problem.unauthenticated }
        return try answer(for: user, in: family.tenant, as: role, family: family.id, refresh: next.text)
    }

    private func answer(
        for user: User, in tenant: TenantID, as role: Role, family: String, refresh: String
    ) throws -> TokenAnswer {
        let issued = try authority.issue(for: Principal(user.name), in: tenant, as: role, family: family)
        return TokenAnswer(
            accessToken: issued.text, expiresIn: authority.settings.lifetime, refreshToken: refresh, name: user.name,
            tenant: tenant, role: role, mustChangePassword: user.mustChangePassword)
    }

    /// Ends the session. Throws `Problem` for a personal token, which is none: it is taken back where it was made.
    func logout(_ identity: Identity, from origin: Origin) async throws {
        guard case .session(let family) = identity.proof else {
            throw Problem.sessionNeeded("A personal token has no session that could end.")
        }
        try await store.endFamily(family, at: time.now, because: "logged out")
        standings.forget()
        try await audit(
            "logout", identity.principal.name, in: identity.tenant, by: identity.principal, from: origin,
            outcome: "Logged out.")
    }

    // MARK: Being known

    /// Who carries a token; `nil` when it is not valid (any more). Throws `Problem` for a personal token that is good for
    /// nothing: a script is not renewed by itself, so who has it is told why.
    func identity(bearing text: String) async throws -> Identity? {
        if text.hasPrefix(Self.personalPrefix) { return try await personalIdentity(text) }
        guard let token = try? authority.check(text) else { return nil }
        guard let standing = try await standings.standing(of: token.principal.name, family: token.family),
            let role = standing.roles[token.tenant]
        else { return nil }
        return Identity(
            principal: token.principal, tenant: token.tenant, role: min(role, token.role),
            proof: .session(token.family), mustChangePassword: standing.mustChangePassword)
    }

    /// Whether somebody who came in may stay: neither disabled nor logged out, no role lost, the token not taken back.
    /// What other processes did is known after some seconds.
    func mayStay(_ identity: Identity) async throws -> Bool {
        let family: String?
        switch identity.proof {
        case .gateway: return true
        case .session(let id): family = id
        case .token(let id):
            let name = identity.principal.name
            guard try await store.tokens(of: name).contains(where: { $0.id == id && $0.expiresAt > time.now }) else {
                return false
            }
            family = nil
        }
        let standing = try await standings.standing(of: identity.principal.name, family: family)
        return standing?.roles[identity.tenant].map { $0 >= .viewer } ?? false
    }

    private func personalIdentity(_ text: String) async throws -> Identity {
        let now = time.now
        guard text.utf8.count <= 200, let token = try await store.token(digest: Secret.digest(text), at: now) else {
            throw Problem.tokenUnknown
        }
        guard token.expiresAt > now else { throw Problem.tokenExpired(at: token.expiresAt) }
        guard let standing = try await standings.standing(of: token.user, family: nil),
            let role = standing.roles[token.tenant]
        else { throw Problem.tokenOfNobody }
        return Identity(
            principal: Principal(token.user), tenant: token.tenant, role: min(role, token.scope.role),
            proof: .token(token.id), mustChangePassword: standing.mustChangePassword)
    }

    // MARK: Parts

    static let personalPrefix = "pulse_pat_"

    private static func refreshToken() -> String { "pulse_rt_" + random(bytes: 32) }

    static func random(bytes: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return Secret.text(bytes: bytes, using: &generator)
    }

    func audit(
        _ action: String, _ subject: String, in tenant: TenantID, by principal: Principal, from origin: Origin,
        outcome: String, isRefused: Bool = false
    ) async throws {
        try await store.audit(
            GatewayAudit(
                at: time.now, tenant: tenant, by: principal, address: origin.address, action: action,
                subject: subject, outcome: outcome, isRefused: isRefused, correlation: origin.correlation))
    }
}

extension User {
    /// Where what somebody tries at the door is audited.
    var homeTenant: TenantID? { roles.keys.min() }
}

extension Problem {
    static let wrongLogin = Problem(
        401, code: "auth.wrong", "Name and password do not belong together, or the user may not log in.",
        remedy: "Try again; an administrator can set a new password.")

    private static let anotherToken = "Make one, logged in with name and password: `pulse token create NAME`."

    static let tokenUnknown = Problem(
        401, code: "auth.token_unknown",
        "The gateway does not know this personal token: it was taken back, or is one of another gateway.",
        remedy: anotherToken)

    static func tokenExpired(at end: Instant) -> Problem {
        Problem(
            401, code: "auth.token_expired", "The personal token expired on \(end.iso8601ToSecond).",
            remedy: anotherToken)
    }

    static let tokenOfNobody = Problem(
        401, code: "auth.token_of_nobody", "Whose personal token this is may not come in any more.",
        remedy: "An administrator lets them in again; or use the token of somebody else.")

    static func sessionNeeded(_ sentence: String) -> Problem {
        Problem(403, code: "auth.session_needed", sentence, remedy: "Log in with name and password.")
    }

    static func tooManyLogins(until end: Instant) -> Problem {
        Problem(
            429, code: "auth.too_many", "There were too many failed logins of this user or from this address.",
            remedy: "Try again after \(end.iso8601ToSecond).", kind: .rateLimited, retryAt: end)
    }
}
