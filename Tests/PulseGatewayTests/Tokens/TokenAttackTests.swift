import Crypto
import Foundation
import PulseDomain
import PulseFuzzing
import PulseSimulation
import Testing

@testable import PulseGateway

/// What RFC 8725 warns of, case by case.
struct TokenAttackTests {
    private static let time = ManualTime()
    private static let settings = TokenSettings(issuer: "pulse")
    private static let key = SigningKey(.es256, id: "k1", createdAt: .epoch, signsFrom: .epoch)
    private static let authority = TokenAuthority(KeyRing([key]), settings: settings, time: time)

    /// What a token of ours says; a case changes some of it.
    private static func claims(_ changes: [String: FlatJSON.Value?] = [:]) -> String {
        let now = time.now.seconds
        var members: [(String, FlatJSON.Value)] = [
            ("iss", .text("pulse")), ("aud", .text("pulse-api")), ("sub", .text("ada")), ("tenant", .text("acme")),
            ("role", .text("viewer")), ("sid", .text("f")), ("jti", .text("j")), ("iat", .number(now)),
            ("nbf", .number(now)), ("exp", .number(now + 600)),
        ]
        members = members.compactMap { name, value in
            guard let change = changes[name] else { return (name, value) }
            return change.map { (name, $0) }
        }
        return FlatJSON(members).json
    }

    private static func header(alg: String = "ES256", typ: String = "at+jwt", kid: String = "k1") -> String {
        FlatJSON([("alg", .text(alg)), ("typ", .text(typ)), ("kid", .text(kid))]).json
    }

    private static func signed(_ header: String, _ claims: String, with key: SigningKey = key) throws -> String {
        let text = Base64.encodeForURL(header.utf8) + "." + Base64.encodeForURL(claims.utf8)
        return text + "." + Base64.encodeForURL(try key.sign(Array(text.utf8)))
    }

    struct Attack: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let refusal: TokenRefusal
        let token: @Sendable () throws -> String

        init(_ name: String, _ refusal: TokenRefusal, _ token: @escaping @Sendable () throws -> String) {
            testDescription = name
            self.refusal = refusal
            self.token = token
        }
    }

    static let attacks: [Attack] = [
        Attack("alg none without a signature", .wrongAlgorithm) {
            Base64.encodeForURL(header(alg: "none").utf8) + "." + Base64.encodeForURL(claims().utf8) + "."
        },
        Attack("alg none with a signature", .wrongAlgorithm) { try signed(header(alg: "none"), claims()) },
        Attack("alg in another case", .wrongAlgorithm) { try signed(header(alg: "es256"), claims()) },
        Attack("HS256 with the public key as its secret", .wrongAlgorithm) {
            let text = Base64.encodeForURL(header(alg: "HS256").utf8) + "." + Base64.encodeForURL(claims().utf8)
            guard let x = key.publicJWK?.text("x").flatMap({ Base64.decodeFromURL($0) }) else { return "" }
            let code = HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: x))
            return text + "." + Base64.encodeForURL(Array(code))
        },
        Attack("EdDSA for a key of ES256", .wrongAlgorithm) { try signed(header(alg: "EdDSA"), claims()) },
        Attack("another issuer", .wrongIssuer) { try signed(header(), claims(["iss": .text("evil")])) },
        Attack("another audience", .wrongAudience) { try signed(header(), claims(["aud": .text("other")])) },
        Attack("no audience", .wrongAudience) { try signed(header(), claims(["aud": nil])) },
        Attack("expired", .expired) { try signed(header(), claims(["exp": .number(time.now.seconds - 31)])) },
        Attack("no expiry", .missingClaim) { try signed(header(), claims(["exp": nil])) },
        Attack("an expiry that overflows", .missingClaim) { try signed(header(), claims(["exp": .number(.max)])) },
        Attack("an expiry as text", .missingClaim) { try signed(header(), claims(["exp": .text("9999999999")])) },
        Attack("not yet valid", .notYetValid) {
            try signed(header(), claims(["nbf": .number(time.now.seconds + 31)]))
        },
        Attack("issued in the future", .notYetValid) {
            try signed(header(), claims(["iat": .number(time.now.seconds + 31)]))
        },
        Attack("a role that there is not", .missingClaim) { try signed(header(), claims(["role": .text("root")])) },
        Attack("a payload that was changed", .badSignature) {
            let parts = try signed(header(), claims()).split(separator: ".")
            return "\(parts[0]).\(Base64.encodeForURL(claims(["role": .text("admin")]).utf8)).\(parts[2])"
        },
        Attack("a header that was changed", .malformed) {
            let parts = try signed(header(), claims()).split(separator: ".")
            let other = String(header().dropLast()) + ",\"x\":1}"
            return "\(Base64.encodeForURL(other.utf8)).\(parts[1]).\(parts[2])"
        },
        Attack("signed with a key of somebody else", .badSignature) {
            try signed(
                header(), claims(), with: SigningKey(.es256, id: "k1", createdAt: .epoch, signsFrom: .epoch))
        },
        Attack("no signature", .badSignature) {
            try signed(header(), claims()).split(separator: ".").prefix(2).joined(separator: ".") + "."
        },
        Attack("an unknown key id", .unknownKey) { try signed(header(kid: "k2"), claims()) },
        Attack("a path as the key id", .unknownKey) { try signed(header(kid: "../../../dev/null"), claims()) },
        Attack("SQL as the key id", .unknownKey) { try signed(header(kid: "x' UNION SELECT 'k1"), claims()) },
        Attack("an empty key id", .unknownKey) { try signed(header(kid: ""), claims()) },
        Attack("no key id", .malformed) { try signed("{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}", claims()) },
        Attack("a key of its own in the header", .malformed) {
            try signed("{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"k1\",\"jwk\":\"x\"}", claims())
        },
        Attack("critical members", .malformed) {
            try signed("{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"k1\",\"crit\":true}", claims())
        },
        Attack("a token of another kind", .wrongType) { try signed(header(typ: "JWT"), claims()) },
        Attack("a claim that comes twice", .malformed) {
            try signed(header(), String(claims().dropLast()) + ",\"role\":\"admin\"}")
        },
        Attack("an algorithm that comes twice", .malformed) {
            try signed("{\"alg\":\"none\",\"typ\":\"at+jwt\",\"kid\":\"k1\",\"alg\":\"ES256\"}", claims())
        },
        Attack("claims within claims", .malformed) {
            try signed(header(), String(claims().dropLast()) + ",\"x\":{}}")
        },
        Attack("too long", .tooLong) { try signed(header(kid: String(repeating: "k", count: 2_000)), claims()) },
        Attack("two parts", .malformed) { "a.b" },
        Attack("four parts", .malformed) { try signed(header(), claims()) + ".x" },
        Attack("padding", .malformed) { try signed(header(), claims()) + "=" },
        Attack("a signature written in another way", .malformed) {
            // The last character of 64 bytes holds four bits that mean nothing.
            let token = try signed(header(), claims())
            let others = ["A": "B", "Q": "R", "g": "h", "w": "x"]
            return String(token.dropLast()) + (others[String(token.suffix(1))] ?? "B")
        },
        Attack("nothing", .malformed) { "" },
    ]

    @Test(arguments: attacks)
    func `a token that is not ours as it should be is refused`(attack: Attack) throws {
        let token = try attack.token()
        #expect(throws: attack.refusal) { try Self.authority.check(token) }
    }

    @Test(arguments: SigningAlgorithm.allCases)
    func `a token that was issued is taken, until it expires`(algorithm: SigningAlgorithm) throws {
        let time = ManualTime()
        let key = SigningKey(algorithm, id: "k", createdAt: time.now, signsFrom: time.now)
        let authority = TokenAuthority(KeyRing([key]), settings: Self.settings, time: time)
        let (text, token) = try authority.issue(for: Principal("ada"), in: "acme", as: .operator, family: "f")
        #expect(try authority.check(text) == token)
        time.advance(by: .minutes(10) + TokenSettings.leeway - .milliseconds(1))
        #expect(try authority.check(text) == token)
        time.advance(by: .milliseconds(1))
        #expect(throws: TokenRefusal.expired) { try authority.check(text) }
    }

    @Test func `a token that was taken before is refused as soon as its key is not ours any more`() throws {
        let time = ManualTime()
        let keys = ["a", "b"].map { SigningKey(.es256, id: $0, createdAt: time.now, signsFrom: time.now) }
        let authority = TokenAuthority(KeyRing([keys[0]]), settings: Self.settings, time: time)
        let (text, token) = try authority.issue(for: Principal("ada"), in: "acme", as: .operator, family: "f")
        #expect(try authority.check(text) == token)
        authority.use(KeyRing(keys))
        #expect(try authority.check(text) == token)
        authority.use(KeyRing([keys[1]]))
        #expect(throws: TokenRefusal.unknownKey) { try authority.check(text) }
    }

    @Test func `what a case changes is what is refused`() throws {
        #expect(try Self.authority.check(Self.signed(Self.header(), Self.claims())).role == .viewer)
    }

    @Test func `no bytes whatever make the reader of tokens fail otherwise than by refusing`() throws {
        var generator = SeededGenerator(seed: 8_725)
        let good = try Self.signed(Self.header(), Self.claims())
        for _ in 0..<500 {
            var bytes = Array(good.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(
                    in: 0x20...0x7E, using: &generator)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            if text == good { continue }
            #expect(throws: TokenRefusal.self) { try Self.authority.check(text) }
        }
    }
}
