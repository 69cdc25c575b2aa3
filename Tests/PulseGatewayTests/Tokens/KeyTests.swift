import Foundation
import JWTKit
import PulseDomain
import PulseSimulation
import Testing

@testable import PulseGateway

struct KeyTests {
    /// What another program reads of our tokens.
    private struct Claims: JWTPayload {
        var iss: IssuerClaim
        var exp: ExpirationClaim
        var sub: SubjectClaim
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    @Test(arguments: [SigningAlgorithm.es256, .edDSA])
    func `another library finds our tokens valid by the published keys`(algorithm: SigningAlgorithm) async throws {
        let time = ManualTime()
        let key = SigningKey(algorithm, id: "k1", createdAt: time.now, signsFrom: time.now)
        let authority = TokenAuthority(KeyRing([key]), settings: TokenSettings(issuer: "pulse"), time: time)
        let (text, _) = try authority.issue(for: Principal("ada"), in: "acme", as: .viewer, family: "f")
        let keys = try await JWTKeyCollection().add(jwksJSON: authority.jwks)
        let claims = try await keys.verify(text, as: Claims.self)
        #expect(claims.sub.value == "ada")
        #expect(claims.iss.value == "pulse")
    }

    @Test func `a secret that signs is not published`() {
        let key = SigningKey(.hs256, id: "k1", createdAt: .epoch, signsFrom: .epoch)
        #expect(KeyRing([key]).jwks == "{\"keys\":[]}")
    }

    @Test func `a new key is published before it signs, and the former stays valid as long as its tokens`() throws {
        let folder = try Folder()
        let (time, keys) = (ManualTime(), KeyFolder(path: folder.path + "/keys"))
        let first = try keys.ring(.es256, at: time.now)
        let authority = TokenAuthority(first, settings: TokenSettings(issuer: "pulse"), time: time)
        let old = try #require(first.signing(at: time.now)?.id)

        let next = try keys.rotate(.edDSA, at: time.now)
        #expect(!next.isSigning)
        authority.use(try keys.ring(.es256, at: time.now))
        #expect(authority.jwks.contains(next.id))
        #expect(try keys.list(at: time.now).filter(\.isSigning).map(\.id) == [old])

        time.advance(by: KeyFolder.announcement - .seconds(1))
        let last = try authority.issue(for: Principal("ada"), in: "acme", as: .viewer, family: "f").text
        time.advance(by: .seconds(1))
        #expect(try keys.list(at: time.now).filter(\.isSigning).map(\.id) == [next.id])
        authority.use(try keys.ring(.es256, at: time.now))
        #expect(throws: Never.self) { try authority.check(last) }

        time.advance(by: TokenSettings.usualLifetime + TokenSettings.leeway + .seconds(1))
        let ring = try keys.ring(.es256, at: time.now)
        #expect(ring.keys.map(\.id) == [next.id])
        #expect(try keys.list(at: time.now).map(\.id) == [next.id])
    }

    @Test func `keys that others may read are not used`() throws {
        let folder = try Folder()
        let keys = KeyFolder(path: folder.path + "/keys")
        _ = try keys.ring(.es256, at: .epoch)
        let name = try #require(FileManager.default.contentsOfDirectory(atPath: keys.path).first)
        let file = keys.path + "/" + name
        #expect(try Self.permissions(of: file) == 0o600)
        #expect(try Self.permissions(of: keys.path) == 0o700)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
        let failure = #expect(throws: Failure.self) { try keys.ring(.es256, at: .epoch) }
        #expect(failure?.code == "file.open_to_others")
    }

    private static func permissions(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    static let spellings: [(String, [UInt8]?)] = [
        ("", []), ("AA", [0]), ("AB", nil), ("AA==", nil), ("A", nil), ("+/", nil), ("-_8", [0xFB, 0xFF]),
        ("AA\n", nil), ("ÄÄ", nil),
    ]

    @Test(arguments: spellings)
    func `bytes have one spelling in base64url`(text: String, bytes: [UInt8]?) {
        #expect(Base64.decodeFromURL(text) == bytes)
        if let bytes { #expect(Base64.encodeForURL(bytes) == text) }
    }

    static let documents: [(String, Bool)] = [
        ("{}", true), (" { \"a\" : \"b\\u00e9\\n\" , \"c\":-12 ,\"d\":true}\n", true), ("{\"a\":01}", false),
        ("{\"a\":1.5}", false), ("{\"a\":1e3}", false), ("{\"a\":null}", false), ("{\"a\":[]}", false),
        ("{\"a\":\"b\"", false), ("{\"a\":\"b\"}}", false), ("{\"a\":\"b\",}", false), ("{,}", false),
        ("{\"a\":\"\u{1}\"}", false), ("{\"a\":\"\\ud83d\"}", false), ("{\"a\":\"\\x\"}", false),
        ("{\"a\":1,\"\\u0061\":2}", false), ("{\"a\":99999999999999999999}", false), ("", false), ("{\"a\"}", false),
        ("{'a':1}", false), ("\u{FEFF}{}", false),
    ]

    @Test(arguments: documents)
    func `only small flat documents without doubles are read`(text: String, isRead: Bool) {
        #expect((FlatJSON(Array(text.utf8)) != nil) == isRead)
    }

    @Test func `what is written is read back`() {
        let document = FlatJSON([
            ("quote\"", .text("a\\b\"c\u{1}\u{7F}é👩‍🚀\n")), ("number", .number(.min)), ("truth", .truth(false)),
        ])
        #expect(FlatJSON(Array(document.json.utf8)) == document)
        #expect(FlatJSON([0x7B, 0xFF, 0x7D]) == nil)
    }
}

/// A folder of its own for a test, removed with it.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/pulse-gateway-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
