import Crypto
import Foundation

/// Random secrets that are handed out once and kept as a digest.
///
/// A digest without salt is enough: nobody guesses 256 random bits.
enum Secret {
    /// So many random bytes in unpadded base64url (RFC 4648 section 5).
    static func text(bytes: Int, using generator: inout some RandomNumberGenerator) -> String {
        Base64URL.encoded((0..<bytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    /// What is kept of a secret.
    static func digest(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

    /// A password for people to type once: five groups of four letters and digits that are hard to confuse, about 98
    /// bits.
    static func oneTimePassword(using generator: inout some RandomNumberGenerator) -> String {
        let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
        return (0..<5).map { _ in
            String((0..<4).map { _ in letters[Int.random(in: letters.indices, using: &generator)] })
        }.joined(separator: "-")
    }
}

/// Unpadded base64url (RFC 4648 section 5), as JWS asks for it (RFC 7515 section 2).
enum Base64URL {
    static func encoded(_ bytes: some Collection<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .trimmingCharacters(in: ["="])
    }

    /// `nil` unless `text` is the one way to write some bytes: no padding, no other characters, no stray bits at the
    /// end. A second spelling of a signature would be a second token.
    static func decoded(_ text: some StringProtocol) -> [UInt8]? {
        guard text.utf8.allSatisfy({ isDigit($0) }) else { return nil }
        let standard = String(text).replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        guard padding.count < 3, let data = Data(base64Encoded: standard + padding) else { return nil }
        let bytes = Array(data)
        return encoded(bytes) == String(text) ? bytes : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
