package import PulseDomain

/// Who changes a store beside its engines, and why: for what is kept of it.
package struct AdministrativeChange: Sendable, Hashable {
    package var by: Principal
    package var reason: String
    package var at: Instant
    package var correlation: CorrelationID

    package init(by: Principal, reason: String, at: Instant, correlation: CorrelationID) {
        self.by = by
        self.reason = reason
        self.at = at
        self.correlation = correlation
    }

    /// What the audit says of it.
    func entry(_ action: String, _ subject: String, _ outcome: String, isRefused: Bool = false) -> AuditEntry {
        AuditEntry(
            at: at, by: by, action: action, subject: subject, reason: reason, outcome: outcome, isRefused: isRefused,
            correlation: correlation)
    }
}
