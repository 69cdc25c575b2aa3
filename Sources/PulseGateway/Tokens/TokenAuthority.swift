import Crypto
import PulseDomain
import Synchronization

/// Signs access tokens and checks them, after RFC 8725 (JSON Web Token Best Current Practices) and RFC 9068.
///
/// Nothing that a token says of itself decides how it is checked: the key id is only looked up among our own, the key
/// has its algorithm, and what is in the payload is not read before the signature is valid.
final class TokenAuthority: Sendable {
    let settings: TokenSettings
    private let time: any TimeSource
    private let state: Mutex<State>

    private struct State {
        var ring: KeyRing
        /// Tokens whose signature was found valid, by the digest of their text: the same client shows the same one with
        /// every request. Their times are looked at each time.
        var known: [SHA256Digest: AccessToken] = [:]
        /// Grows with each ring: what was checked with a former one is not remembered.
        var generation = 0
    }

    /// More are not remembered.
    private static let mostKnown = 10_000

    init(_ ring: KeyRing, settings: TokenSettings, time: any TimeSource) {
        state = Mutex(State(ring: ring))
        self.settings = settings
        self.time = time
    }

    /// Takes new keys. Tokens of keys that are not among them are not valid any more.
    func use(_ ring: KeyRing) {
        state.withLock { state in
            state.ring = ring
            state.known = [:]
            state.generation += 1
        }
    }

    /// The public keys as JSON.
    var jwks: String { state.withLock(\.ring).jwks }

    // MARK: Signing

    /// A token for `principal` that is valid from now on. Throws `Failure` when there is no key.
    func issue(
        for principal: Principal, in tenant: TenantID, as role: Role, family: String
    ) throws -> (text: String, token: AccessToken) {
        let now = Instant(seconds: time.now.seconds)
        guard let key = state.withLock({ $0.ring.signing(at: time.now) }) else {
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
        let signed = Base64.encodeForURL(header.json.utf8) + "." + Base64.encodeForURL(claims.json.utf8)
        let signature = try key.sign(Array(signed.utf8))
        return (signed + "." + Base64.encodeForURL(signature), token)
    }

    // MARK: Checking

    /// Explicit types keep tokens of other kinds out (RFC 8725 section 3.11, RFC 9068 section 2.1).
    private static let type = "at+jwt"

    func check(_ text: String) throws(TokenRefusal) -> AccessToken {
        guard text.utf8.count <= TokenSettings.maximumSizeInBytes else { throw .tooLong }
        let digest = SHA256.hash(data: Array(text.utf8))
        let (known, generation) = state.withLock { ($0.known[digest], $0.generation) }
        if let known {
            try checkTimes(of: known)
            return known
        }
        let token = try verified(text)
        try checkTimes(of: token)
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.known.count >= Self.mostKnown { state.known = [:] }
            state.known[digest] = token
        }
        return token
    }

    /// A token of one of our keys, whatever its times.
    private func verified(_ text: String) throws(TokenRefusal) -> AccessToken {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Base64.decodeFromURL(parts[0]), let header = FlatJSON(head),
            let payload = Base64.decodeFromURL(parts[1]), let signature = Base64.decodeFromURL(parts[2])
        else { throw .malformed }
        // Members that we do not write (crit, jwk, jku, x5c…) would change what the signature means.
        guard Set(header.names) == ["alg", "typ", "kid"] else { throw .malformed }
        guard header.text("typ") == Self.type else { throw .wrongType }
        guard let id = header.text("kid"), let key = state.withLock({ $0.ring[id] }) else { throw .unknownKey }
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
        return AccessToken(
            principal: Principal(name), tenant: TenantID(tenant), role: role, family: family, id: id,
            issuedAt: max(issuedAt, notBefore), expiresAt: expiresAt)
    }

    private func checkTimes(of token: AccessToken) throws(TokenRefusal) {
        let now = time.now
        guard now < token.expiresAt + TokenSettings.leeway else { throw .expired }
        guard token.issuedAt <= now + TokenSettings.leeway else { throw .notYetValid }
    }

    /// `nil` beyond the year 9999: arithmetic with it could overflow.
    private static func instant(_ seconds: Int64) -> Instant? {
        (0...253_402_300_799).contains(seconds) ? Instant(seconds: seconds) : nil
    }
}
