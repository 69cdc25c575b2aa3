import PulseDomain

/// Who makes a request, as far as that was proven.
struct Identity: Sendable, Hashable {
    enum Proof: Sendable, Hashable {
        /// A login, by its refresh family.
        case session(String)
        /// A personal token, by its id.
        case token(String)
        /// The gateway in front of this engine, which holds the internal key and says for whom it asks.
        case gateway
    }

    var principal: Principal
    var tenant: TenantID
    var role: Role
    var proof: Proof
    /// Nothing is answered before the one-time password was changed.
    var mustChangePassword = false
}
