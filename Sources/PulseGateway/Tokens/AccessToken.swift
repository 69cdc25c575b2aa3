import PulseDomain

/// What an access token says of who carries it.
struct AccessToken: Sendable, Hashable {
    var principal: Principal
    var tenant: TenantID
    var role: Role
    /// The login that it comes from: ended with it.
    var family: String
    /// Unique (`jti`).
    var id: String
    var issuedAt: Instant
    var expiresAt: Instant
}

/// How tokens are made and checked.
package struct TokenSettings: Sendable, Hashable {
    /// Who issues them: the gateway's own address or name.
    package var issuer: String
    /// Whom they are for. A token of the same key for another service is not one for us (RFC 8725 section 3.9).
    package var audience: String
    package var lifetime: Duration

    package init(issuer: String, audience: String = "pulse-api", lifetime: Duration = usualLifetime) {
        self.issuer = issuer
        self.audience = audience
        self.lifetime = lifetime
    }

    package static let usualLifetime = Duration.minutes(10)
    /// How far the clocks of two gateways may differ.
    package static let leeway = Duration.seconds(30)
    /// Ours have about 500 bytes. Longer ones are not looked at.
    static let maximumSizeInBytes = 2_048
}

/// Why a token was not taken. For the log: who sent it is only told that it is not valid.
enum TokenRefusal: String, Error, Sendable, Hashable, CaseIterable {
    case tooLong = "too_long"
    case malformed
    case wrongType = "wrong_type"
    case unknownKey = "unknown_key"
    case wrongAlgorithm = "wrong_algorithm"
    case badSignature = "bad_signature"
    case wrongIssuer = "wrong_issuer"
    case wrongAudience = "wrong_audience"
    case expired
    case notYetValid = "not_yet_valid"
    case missingClaim = "missing_claim"
}
