import HTTPTypes
import PulseDomain

/// Finds out who makes a request.
protocol Authenticator: Sendable {
    /// `nil` when nothing valid is said. Throws `Failure` when it cannot be found out, and `Problem` where there is more to
    /// say of what is not valid.
    func identity(from headers: HTTPFields) async throws -> Identity?
}

/// Access tokens and personal tokens: `Authorization: Bearer …` (RFC 6750 section 2.1).
struct BearerAuthenticator: Authenticator {
    let desk: AccountDesk

    func identity(from headers: HTTPFields) async throws -> Identity? {
        let fields = headers[values: .authorization]
        // Two fields would be read differently by different programs.
        guard fields.count == 1 else { return nil }
        let scheme = String(Substring(fields[0].utf8.prefix(7)))
        let token = fields[0].utf8.dropFirst(7)
        guard scheme.lowercased() == "bearer ", !token.contains(UInt8(ascii: " ")) else { return nil }
        return try await desk.identity(bearing: String(Substring(token)))
    }
}

/// The key that gateways and engines share. Who has it says for whom it asks: `Pulse-Principal`, `Pulse-Role`,
/// `Pulse-Tenant`.
struct InternalAuthenticator: Authenticator {
    private let digest: [UInt8]

    /// Only the digest of the key is kept.
    init(key: String) { digest = Secret.digest(key) }

    func identity(from headers: HTTPFields) async throws -> Identity? {
        let fields = headers[values: .authorization]
        guard fields.count == 1, let text = fields.first, text.hasPrefix("Bearer "),
            // Digests have one length, so neither length nor content of the key shows in the time.
            Secret.digest(String(text.dropFirst(7))).isEqualInConstantTime(to: digest),
            let name = headers[.pulsePrincipal], !name.isEmpty, name.utf8.count <= 100,
            let tenant = headers[.pulseTenant], !tenant.isEmpty,
            let role = headers[.pulseRole].flatMap(Role.init(rawValue:))
        else { return nil }
        return Identity(principal: Principal(name), tenant: TenantID(tenant), role: role, proof: .gateway)
    }
}
