package import PulseDomain

/// What a login left behind: enough to go on without the password.
package struct StoredSession: WireObject, Hashable {
    /// The gateway's address. No session is ever sent to another.
    package var gateway: String
    package var name: String
    package var tenant: TenantID
    package var accessToken: String
    /// `nil` for a personal token, which is not renewed.
    package var refreshToken: String?
    /// Whose it is among contexts; `nil` for one that was kept before sessions belonged to contexts.
    package var context: String?

    package init(
        gateway: String, name: String, tenant: TenantID, accessToken: String, refreshToken: String?,
        context: String? = nil
    ) {
        self.gateway = gateway
        self.name = name
        self.tenant = tenant
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.context = context
    }

    /// What a login or a refresh answered.
    package init(gateway: String, _ answer: TokenAnswer, context: String? = nil) {
        self.init(
            gateway: gateway, name: answer.name, tenant: answer.tenant, accessToken: answer.accessToken,
            refreshToken: answer.refreshToken, context: context)
    }

    /// Whether it is one at that gateway, and in that tenant if one is given.
    package func isAt(_ gateway: String, _ tenant: TenantID?) -> Bool {
        self.gateway == gateway && (tenant == nil || self.tenant == tenant)
    }

    package static let about = "A session at a gateway, as it is kept between starts."
    package static let example = StoredSession(
        gateway: "https://pulse.example.com", name: "ada", tenant: "acme", accessToken: "eyJ.e30.c2ln",
        refreshToken: "pulse_rt_q8Zl2Wn0xYc")

    package static func map(_ f: inout Fields<StoredSession>) throws(WireError) -> StoredSession {
        StoredSession(
            gateway: try f("gateway", { $0.gateway }), name: try f("name", { $0.name }),
            tenant: try f("tenant", { $0.tenant }), accessToken: try f("access_token", { $0.accessToken }),
            refreshToken: try f("refresh_token", { $0.refreshToken }), context: try f.added("context", { $0.context }))
    }
}
