import Crypto
import PulseDomain

/// The refresh token that follows one that is spent, so made that it can be made again for whoever spent it.
///
/// An answer may be lost after its token was spent. The client asks again then, and would be taken for a thief. It is not
/// when it proves to be the same one, by the access token that came with the spent refresh token: it gets the same
/// successor, for a while and until that is used. Who has only the refresh token, or comes later, ends the session as before
/// (RFC 9700 section 4.14.2), and of two that got the same successor the second to use it does.
struct RefreshSuccessor: Sendable {
    /// How long the same client is answered again. A link may be down for some minutes.
    static let grace = Duration.minutes(10)

    /// Kept beside the spent token; without that token it is worth nothing.
    let salt: [UInt8]
    /// The digest of what proves that it is the same client; `nil` where it proved nothing.
    let proof: [UInt8]?
    /// The successor itself.
    let text: String

    /// The digest that is kept of it.
    var digest: [UInt8] { Secret.digest(text) }

    init(of token: String, provenBy accessToken: String?, salt: [UInt8]) {
        self.salt = salt
        proof = accessToken.map(Secret.digest)
        var code = HMAC<SHA256>(key: SymmetricKey(data: salt))
        code.update(data: Array("refresh \(token.utf8.count) \(token)\(accessToken ?? "")".utf8))
        text = "pulse_rt_" + Base64.encodeForURL(Array(code.finalize()))
    }
}
