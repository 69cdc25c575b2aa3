package import PulseDomain
package import PulseHTTP

/// For whom a gateway asks an engine. The engine believes it of whoever has the internal key, and decides by it as the
/// gateway did.
package struct Acting: Sendable, Hashable {
    package var principal: Principal
    package var role: Role
    package var tenant: TenantID

    package init(_ principal: Principal, as role: Role, in tenant: TenantID) {
        self.principal = principal
        self.role = role
        self.tenant = tenant
    }

    /// Whose request the present task answers; `nil` for what a gateway does by itself.
    @TaskLocal package static var current: Acting?

    package static let principalHeader = "Pulse-Principal"
    package static let roleHeader = "Pulse-Role"
    package static let tenantHeader = "Pulse-Tenant"

    package var headers: HTTPHeaders {
        var headers = HTTPHeaders()
        headers.set(Self.principalHeader, principal.name)
        headers.set(Self.roleHeader, role.rawValue)
        headers.set(Self.tenantHeader, tenant.rawValue)
        return headers
    }
}
