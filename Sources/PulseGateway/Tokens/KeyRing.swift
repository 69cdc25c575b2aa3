package import PulseDomain

/// The keys that tokens are signed and checked with, as of one moment.
struct KeyRing: Sendable {
    /// Oldest first.
    private(set) var keys: [SigningKey]

    init(_ keys: [SigningKey]) { self.keys = keys.sorted { ($0.signsFrom, $0.id) < ($1.signsFrom, $1.id) } }

    subscript(_ id: String) -> SigningKey? { keys.first { $0.id == id } }

    /// The newest key whose time has come; `nil` when there is none.
    func signing(at now: Instant) -> SigningKey? { keys.last { $0.signsFrom <= now } }

    /// Keys that no token can refer to any more: another has been signing for as long as a token lives.
    func isSpent(_ key: SigningKey, at now: Instant, lifetime: Duration) -> Bool {
        keys.contains { $0.signsFrom > key.signsFrom && $0.signsFrom + lifetime < now }
    }

    /// The public keys (RFC 7517 section 5).
    var jwks: String {
        "{\"keys\":[" + keys.compactMap { $0.publicJWK?.json }.joined(separator: ",") + "]}"
    }
}

/// One key for people: never the key itself.
package struct KeyListing: Sendable, Hashable {
    package var id: String
    package var algorithm: SigningAlgorithm
    package var createdAt: Instant
    package var signsFrom: Instant
    /// Whether it is the one that signs now.
    package var isSigning: Bool
}
