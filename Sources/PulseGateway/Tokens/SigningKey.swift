import Crypto
import Foundation
import PulseDomain

/// How tokens are signed. A key has one, for good: what a token says of it is only compared (RFC 8725 section 3.1).
package enum SigningAlgorithm: String, Sendable, Hashable, CaseIterable {
    case es256 = "ES256"
    case edDSA = "EdDSA"
    /// One secret for signing and checking: only where nobody else checks. Not in the published keys.
    case hs256 = "HS256"
}

/// A key of the gateway, with what it may be used for and when.
struct SigningKey: Sendable {
    private enum Material: Sendable {
        case es256(P256.Signing.PrivateKey)
        case edDSA(Curve25519.Signing.PrivateKey)
        case hs256(SymmetricKey)
    }

    /// The key id: random, so that it says nothing and is never used again.
    let id: String
    let createdAt: Instant
    /// From when it signs. Before, it is only published, so that every gateway knows it in time.
    let signsFrom: Instant
    private let material: Material

    var algorithm: SigningAlgorithm {
        switch material {
        case .es256: .es256
        case .edDSA: .edDSA
        case .hs256: .hs256
        }
    }

    /// A new key.
    init(_ algorithm: SigningAlgorithm, id: String, createdAt: Instant, signsFrom: Instant) {
        self.id = id
        self.createdAt = createdAt
        self.signsFrom = signsFrom
        material =
            switch algorithm {
            case .es256: .es256(P256.Signing.PrivateKey())
            case .edDSA: .edDSA(Curve25519.Signing.PrivateKey())
            // As long as the hash (RFC 7518 section 3.2).
            case .hs256: .hs256(SymmetricKey(size: .bits256))
            }
    }

    func sign(_ bytes: [UInt8]) throws -> [UInt8] {
        switch material {
        case .es256(let key): Array(try key.signature(for: bytes).rawRepresentation)
        case .edDSA(let key): Array(try key.signature(for: bytes))
        case .hs256(let key): Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
        }
    }

    func isValid(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
        switch material {
        case .es256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.publicKey.isValidSignature(signature, for: bytes)
        case .edDSA(let key): return key.publicKey.isValidSignature(signature, for: bytes)
        case .hs256(let key):
            return HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: bytes, using: key)
        }
    }

    /// The public half as a JSON Web Key (RFC 7517, RFC 8037); `nil` where there is none.
    var publicJWK: FlatJSON? {
        let (type, curve, coordinates): (String, String, [(String, Data)])
        switch material {
        case .es256(let key):
            let point = key.publicKey.rawRepresentation
            (type, curve) = ("EC", "P-256")
            coordinates = [("x", point.prefix(32)), ("y", point.suffix(32))]
        case .edDSA(let key):
            (type, curve) = ("OKP", "Ed25519")
            coordinates = [("x", key.publicKey.rawRepresentation)]
        case .hs256: return nil
        }
        var members: [(String, FlatJSON.Value)] = [
            ("kty", .text(type)), ("crv", .text(curve)), ("alg", .text(algorithm.rawValue)), ("use", .text("sig")),
            ("kid", .text(id)),
        ]
        members += coordinates.map { ($0, .text(Base64.encodeForURL($1))) }
        return FlatJSON(members)
    }

    // MARK: As a file

    /// What is written into its file.
    var document: FlatJSON {
        let secret: Data =
            switch material {
            case .es256(let key): key.rawRepresentation
            case .edDSA(let key): key.rawRepresentation
            case .hs256(let key): key.withUnsafeBytes { Data($0) }
            }
        return FlatJSON([
            ("kid", .text(id)), ("alg", .text(algorithm.rawValue)), ("created_at", .text(createdAt.iso8601)),
            ("signs_from", .text(signsFrom.iso8601)), ("secret", .text(Base64.encodeForURL(secret))),
        ])
    }

    /// `nil` when it is not such a document.
    init?(document: FlatJSON) {
        guard let id = document.text("kid"), let algorithm = document.text("alg").flatMap(SigningAlgorithm.init),
            let createdAt = document.text("created_at").flatMap({ Instant(parsing: $0) }),
            let signsFrom = document.text("signs_from").flatMap({ Instant(parsing: $0) }),
            let secret = document.text("secret").flatMap({ Base64.decodeFromURL($0) })
        else { return nil }
        switch algorithm {
        case .es256:
            guard let key = try? P256.Signing.PrivateKey(rawRepresentation: secret) else { return nil }
            material = .es256(key)
        case .edDSA:
            guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: secret) else { return nil }
            material = .edDSA(key)
        case .hs256:
            guard secret.count >= 32 else { return nil }
            material = .hs256(SymmetricKey(data: secret))
        }
        self.id = id
        self.createdAt = createdAt
        self.signsFrom = signsFrom
    }
}
