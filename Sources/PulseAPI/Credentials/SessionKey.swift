package import PulseDomain

/// Which session is meant: that of a context, or of an address alone.
package struct SessionKey: Sendable, Hashable {
    package var gateway: String
    /// `nil`: the one that the session is in.
    package var tenant: TenantID?
    /// `nil`: an address that no context is about.
    package var context: String?

    package init(_ gateway: String, tenant: TenantID? = nil, context: String? = nil) {
        self.gateway = gateway
        self.tenant = tenant
        self.context = context
    }

    /// Where it is among those that are kept; `nil` when it is not. A context has its own, or else one that was kept
    /// before sessions belonged to contexts; an address alone has one of those, or else the only one there.
    package func place(among sessions: [StoredSession]) -> Int? {
        let there = sessions.indices.filter { sessions[$0].isAt(gateway, tenant) }
        if let own = there.first(where: { sessions[$0].context == context }) { return own }
        guard context == nil else { return there.first { sessions[$0].context == nil } }
        return there.count == 1 ? there[0] : nil
    }

    /// How somebody logs in, as it is typed.
    package var login: String { context.map { "pulse login --context \($0)" } ?? "pulse login \(gateway)" }
}
