package import PulseDomain

extension Role: WireWord {}

/// What a login takes.
package struct LoginRequest: WireObject, Hashable {
    package var name: String
    package var password: String
    /// `nil`: the only tenant that the user belongs to, or the first by name.
    package var tenant: TenantID?

    package init(name: String, password: String, tenant: TenantID? = nil) {
        self.name = name
        self.password = password
        self.tenant = tenant
    }

    package static let isRequest = true
    package static let about = "Name and password, and the tenant to act in."
    package static let example = LoginRequest(name: "ada", password: "correct horse battery staple", tenant: "acme")

    package static func map(_ f: inout Fields<LoginRequest>) throws(WireError) -> LoginRequest {
        LoginRequest(
            name: try f("name", { $0.name }), password: try f("password", { $0.password }),
            tenant: try f("tenant", { $0.tenant }, "May be absent for users of one tenant."))
    }
}

/// What a refresh takes.
package struct RefreshRequest: WireObject, Hashable {
    package var refreshToken: String
    /// The access token that came with it: who has both is answered again when the answer was lost.
    package var accessToken: String?

    package init(refreshToken: String, accessToken: String? = nil) {
        self.refreshToken = refreshToken
        self.accessToken = accessToken
    }

    package static let isRequest = true
    package static let about = "The refresh token; it is spent by this."
    package static let example = RefreshRequest(refreshToken: "pulse_rt_q8Zl2Wn0xYc", accessToken: "eyJ.e30.c2ln")

    package static func map(_ f: inout Fields<RefreshRequest>) throws(WireError) -> RefreshRequest {
        RefreshRequest(
            refreshToken: try f("refresh_token", { $0.refreshToken }),
            accessToken: try f(
                "access_token", { $0.accessToken },
                "The access token that came with it, expired or not. With it a request whose answer was lost is answered "
                    + "again, for ten minutes and until the new refresh token is used."))
    }
}

/// What a login and a refresh answer.
package struct TokenAnswer: WireObject, Hashable {
    package var accessToken: String
    package var expiresIn: Duration
    package var refreshToken: String
    package var name: String
    package var tenant: TenantID
    package var role: Role
    /// A one-time password was used: nothing else is answered before it is changed.
    package var mustChangePassword: Bool

    package init(
        accessToken: String, expiresIn: Duration, refreshToken: String, name: String, tenant: TenantID, role: Role,
        mustChangePassword: Bool = false
    ) {
        self.accessToken = accessToken
        self.expiresIn = expiresIn
        self.refreshToken = refreshToken
        self.name = name
        self.tenant = tenant
        self.role = role
        self.mustChangePassword = mustChangePassword
    }

    package static let about = "A short-lived access token, and the refresh token for the next one."
    package static let example = TokenAnswer(
        accessToken: "eyJhbGciOiJFUzI1NiJ9.e30.c2ln", expiresIn: .seconds(600), refreshToken: "pulse_rt_q8Zl2Wn0xYc",
        name: "ada", tenant: "acme", role: .operator)

    package static func map(_ f: inout Fields<TokenAnswer>) throws(WireError) -> TokenAnswer {
        f.derived("token_type", { _ in "Bearer" })
        return TokenAnswer(
            accessToken: try f("access_token", { $0.accessToken }),
            expiresIn: try f("expires_in_seconds", { $0.expiresIn }),
            refreshToken: try f("refresh_token", { $0.refreshToken }), name: try f("name", { $0.name }),
            tenant: try f("tenant", { $0.tenant }), role: try f("role", { $0.role }),
            mustChangePassword: try f("must_change_password", { $0.mustChangePassword }))
    }
}

/// A role in a tenant.
package struct Membership: WireObject, Hashable {
    package var tenant: TenantID
    package var role: Role

    package init(tenant: TenantID, role: Role) {
        self.tenant = tenant
        self.role = role
    }

    package static let about = "A role in a tenant."
    package static let example = Membership(tenant: "acme", role: .operator)

    package static func map(_ f: inout Fields<Membership>) throws(WireError) -> Membership {
        Membership(tenant: try f("tenant", { $0.tenant }), role: try f("role", { $0.role }))
    }
}

/// Who one is.
package struct Profile: WireObject, Hashable {
    package var name: String
    package var tenant: TenantID
    package var role: Role
    package var memberships: [Membership]
    /// When the login, or the personal token, ends; `nil` where the gateway is one that does not tell.
    package var endsAt: Instant?

    package init(name: String, tenant: TenantID, role: Role, memberships: [Membership], endsAt: Instant? = nil) {
        self.name = name
        self.tenant = tenant
        self.role = role
        self.memberships = memberships
        self.endsAt = endsAt
    }

    package static let about =
        "Who one is: name, tenant and role of this token, all memberships, and when the login ends."
    package static let example = Profile(
        name: "ada", tenant: "acme", role: .operator, memberships: [.example], endsAt: Example.minutes(43_200))

    package static func map(_ f: inout Fields<Profile>) throws(WireError) -> Profile {
        Profile(
            name: try f("name", { $0.name }), tenant: try f("tenant", { $0.tenant }), role: try f("role", { $0.role }),
            memberships: try f("memberships", { $0.memberships }),
            endsAt: try f.added(
                "ends_at", { $0.endsAt },
                "When the login can be renewed no longer, or the personal token expires; null where nothing ends."))
    }
}

/// What changing one's own password takes.
package struct PasswordChange: WireObject, Hashable {
    /// The present one.
    package var password: String
    package var newPassword: String

    package init(password: String, newPassword: String) {
        self.password = password
        self.newPassword = newPassword
    }

    package static let isRequest = true
    package static let about = "The present password and the next one."
    package static let example = PasswordChange(
        password: "a7kd-93mx-ppqe-w2rt-h4bn", newPassword: "correct horse battery staple")

    package static func map(_ f: inout Fields<PasswordChange>) throws(WireError) -> PasswordChange {
        PasswordChange(
            password: try f("password", { $0.password }), newPassword: try f("new_password", { $0.newPassword }))
    }
}

/// What a personal token may do, never more than its user.
package enum TokenScope: String, WireWord, Hashable { case read, operate, admin }

/// What making a personal token takes.
package struct NewToken: WireObject, Hashable {
    package var name: String
    package var scope: TokenScope
    /// `nil`: as long as the gateway allows.
    package var expiresAt: Instant?

    package init(name: String, scope: TokenScope, expiresAt: Instant? = nil) {
        self.name = name
        self.scope = scope
        self.expiresAt = expiresAt
    }

    package static let isRequest = true
    package static let about = "A personal token to be made."
    package static let example = NewToken(name: "nightly report", scope: .read, expiresAt: Example.minutes(43_200))

    package static func map(_ f: inout Fields<NewToken>) throws(WireError) -> NewToken {
        NewToken(
            name: try f("name", { $0.name }, "What it is for."), scope: try f("scope", { $0.scope }),
            expiresAt: try f("expires_at", { $0.expiresAt }))
    }
}

/// A personal token, without the token itself.
package struct PersonalToken: WireObject, Hashable {
    package var id: String
    package var name: String
    package var scope: TokenScope
    package var createdAt: Instant
    package var expiresAt: Instant?
    package var lastUsedAt: Instant?
    /// The token, told once: when it is made.
    package var token: String?

    package init(
        id: String, name: String, scope: TokenScope, createdAt: Instant, expiresAt: Instant?, lastUsedAt: Instant?,
        token: String? = nil
    ) {
        self.id = id
        self.name = name
        self.scope = scope
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.token = token
    }

    package static let about = "A personal access token."
    package static let example = PersonalToken(
        id: "k3v9", name: "nightly report", scope: .read, createdAt: Example.instant,
        expiresAt: Example.minutes(43_200), lastUsedAt: nil, token: nil)

    package static func map(_ f: inout Fields<PersonalToken>) throws(WireError) -> PersonalToken {
        PersonalToken(
            id: try f("id", { $0.id }), name: try f("name", { $0.name }), scope: try f("scope", { $0.scope }),
            createdAt: try f("created_at", { $0.createdAt }), expiresAt: try f("expires_at", { $0.expiresAt }),
            lastUsedAt: try f("last_used_at", { $0.lastUsedAt }),
            token: try f("token", { $0.token }, "Told once, when it is made; null afterwards."))
    }
}
