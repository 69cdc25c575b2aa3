package import PulseDomain

/// Which tenants lead anywhere at a gateway, as far as this machine knows.
package struct ServedTenants: Sendable, Hashable {
    /// What the gateway noted at its last start; empty: it never started here.
    package var noted: [TenantID]
    /// That of the configuration; `nil`: none was found.
    package var configured: TenantID?

    package init(noted: [TenantID], configured: TenantID?) {
        self.noted = noted
        self.configured = configured
    }

    /// Empty: nothing is known.
    private var known: [TenantID] { noted.isEmpty ? [configured].compactMap(\.self) : noted }

    /// The tenant that is meant where none is named. Throws `Failure` when that is none in particular.
    package func usual() throws -> TenantID {
        if let configured, noted.isEmpty || noted.contains(configured) { return configured }
        if noted.count > 1 {
            throw Failure(
                .ours, code: "config.tenant", "The gateway serves \(Self.list(noted)), and no tenant was named.",
                remedy: "Say which: --tenant TENANT.")
        }
        return noted.first ?? "local"
    }

    /// Throws `Failure` for a tenant where whoever is added would find nothing. That of the configuration is served by the next
    /// start.
    package func check(_ tenant: TenantID) throws {
        guard !known.isEmpty, !known.contains(tenant), tenant != configured else { return }
        throw Failure(
            .ours, code: "config.tenant_unserved",
            "The gateway does not serve the tenant \(tenant): it serves \(Self.list(known)). Nobody was added.",
            remedy: "Check --tenant. A gateway that is to serve it is started with it first.")
    }

    /// What is to be said of a user's tenants; `nil` where one of them is served, or nothing is known.
    package func warning(_ user: String, in tenants: some Collection<TenantID>) -> String? {
        guard !known.isEmpty, !tenants.isEmpty, !tenants.contains(where: { known.contains($0) }) else { return nil }
        return
            "The gateway does not serve \(Self.list(tenants.sorted())), so \(user) will find nothing there: it serves "
            + "\(Self.list(known)). `pulse-server user add \(user) --tenant \(known[0]) --role ROLE` adds one that it serves."
    }

    private static func list(_ tenants: [TenantID]) -> String { tenants.map(\.rawValue).joined(separator: ", ") }
}
