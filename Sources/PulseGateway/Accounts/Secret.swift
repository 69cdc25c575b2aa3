import Crypto
import PulseDomain

/// Random secrets that are handed out once and kept as a digest.
///
/// A digest without salt is enough: nobody guesses 256 random bits.
enum Secret {
    /// So many random bytes in unpadded base64url (RFC 4648 section 5).
    static func text(bytes: Int, using generator: inout some RandomNumberGenerator) -> String {
        Base64.encodeForURL((0..<bytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
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
