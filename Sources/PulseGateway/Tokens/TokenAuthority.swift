import Foundation
import PulseDomain
import Synchronization

/// Signs access tokens and checks them, after RFC 8725 (JSON Web Token Best Current Practices) and RFC 9068.
///
/// Nothing that a token says of itself decides how it is checked: the key id is only looked up among our own, the key
/// has its algorithm, and what is in the payload is not read before the signature is valid.
final class TokenAuthority: Sendable {
    let settings: TokenSettings
    private let time: any TimeSource
    private let ring: Mutex<KeyRing>

    init(_ ring: KeyRing, settings: TokenSettings, time: any TimeSource) {
        self.ring = Mutex(ring)
        self.settings = settings
        self.time = time
    }

    /// Takes new keys. Tokens of keys that are not among them are not valid any more.
    func use(_ ring: KeyRing) { self.ring.withLock { $0 = ring } }

    /// The public keys as JSON.
    var jwks: String { ring.withLock { $0 }.jwks }

    // MARK: Signing

    /// A token for `principal` that is valid from now on. Throws `Failure` when there is no key.
    func issue(
        for principal: Principal, in tenant: TenantID, as role: Role, family: String
    ) throws -> (text: String, token: AccessToken) {
        let now = Instant(seconds: time.now.seconds)
        guard let key = ring.withLock({ $0.signing(at: time.now) }) else {
            throw Failure(
                .ours, code: "key.none", "The gateway has no key to sign tokens with.",
                remedy: "Make one: pulse-server key rotate.")
        }
        var generator = SystemRandomNumberGenerator()
        let token = AccessToken(
            principal: principal, tenant: tenant, role: role, family: family,
            id: Secret.text(bytes: 12, using: &generator), issuedAt: now, expiresAt: now + settings.lifetime)
        let header = FlatJSON([
            ("alg", .text(key.algorithm.rawValue)), ("typ", .text(Self.type)), ("kid", .text(key.id)),
        ])
        let claims = FlatJSON([
            ("iss", .text(settings.issuer)), ("aud", .text(settings.audience)), ("sub", .text(principal.name)),
            ("tenant", .text(tenant.rawValue)), ("role", .text(role.rawValue)), ("sid", .text(family)),
            ("jti", .text(token.id)), ("iat", .number(now.seconds)), ("nbf", .number(now.seconds)),
            ("exp", .number(token.expiresAt.seconds)),
        ])
        let signed = Base64URL.encoded(header.json.utf8) + "." + Base64URL.encoded(claims.json.utf8)
        let signature = try key.sign(Array(signed.utf8))
        return (signed + "." + Base64URL.encoded(signature), token)
    }

    // MARK: Checking

    /// Explicit types keep tokens of other kinds out (RFC 8725 section 3.11, RFC 9068 section 2.1).
    private static let type = "at+jwt"

    func check(_ text: String) throws(TokenRefusal) -> AccessToken {
        guard text.utf8.count <= TokenSettings.maximumSizeInBytes else { throw .tooLong }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Base64URL.decoded(parts[0]), let header = FlatJSON(head),
            let payload = Base64URL.decoded(parts[1]), let signature = Base64URL.decoded(parts[2])
        else { throw .malformed }
        // Members that we do not write (crit, jwk, jku, x5c…) would change what the signature means.
        guard Set(header.names) == ["alg", "typ", "kid"] else { throw .malformed }
        guard header.text("typ") == Self.type else { throw .wrongType }
        guard let id = header.text("kid"), let key = ring.withLock({ $0[id] }) else { throw .unknownKey }
        guard header.text("alg") == key.algorithm.rawValue else { throw .wrongAlgorithm }
        let signed = Array(text.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
        guard key.isValid(signature, of: signed) else { throw .badSignature }
        guard let claims = FlatJSON(payload) else { throw .malformed }
        return try token(claims)
    }

    private func token(_ claims: FlatJSON) throws(TokenRefusal) -> AccessToken {
        guard claims.text("iss") == settings.issuer else { throw .wrongIssuer }
        guard claims.text("aud") == settings.audience else { throw .wrongAudience }
        guard let expiresAt = claims.number("exp").flatMap(Self.instant),
            let notBefore = claims.number("nbf").flatMap(Self.instant),
            let issuedAt = claims.number("iat").flatMap(Self.instant), let id = claims.text("jti"),
            let name = claims.text("sub"), let tenant = claims.text("tenant"),
            let role = claims.text("role").flatMap(Role.init), let family = claims.text("sid")
        else { throw .missingClaim }
        let now = time.now
        guard now < expiresAt + TokenSettings.leeway else { throw .expired }
        guard notBefore <= now + TokenSettings.leeway, issuedAt <= now + TokenSettings.leeway else {
            throw .notYetValid
        }
        return AccessToken(
            principal: Principal(name), tenant: TenantID(tenant), role: role, family: family, id: id,
            issuedAt: issuedAt, expiresAt: expiresAt)
    }

    /// `nil` beyond the year 9999: arithmetic with it could overflow.
    private static func instant(_ seconds: Int64) -> Instant? {
        (0...253_402_300_799).contains(seconds) ? Instant(seconds: seconds) : nil
    }
}
