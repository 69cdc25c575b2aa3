import Foundation
import Glibc
package import PulseDomain

/// The keys of the gateway, one file each, that only their owner may read.
///
/// A key that another process makes (`pulse-server key rotate`) signs only some minutes later, when the running gateway has
/// read it and those who check tokens by its published keys have asked for them again.
package struct KeyFolder: Sendable {
    package let path: String
    /// How long a token lives, with what clocks may differ: so long a key is kept after the next one signs.
    private let lifetime: Duration

    package init(path: String, lifetime: Duration = TokenSettings.usualLifetime + TokenSettings.leeway) {
        self.path = path
        self.lifetime = lifetime
    }

    /// How long a new key is published before it signs; a gateway reads the folder more often.
    package static let announcement = Duration.minutes(5)

    /// Reads the keys, makes the first one where there is none, and takes spent ones away. Throws `Failure` when a
    /// file cannot be used, or others may read it.
    func ring(_ algorithm: SigningAlgorithm, at now: Instant) throws -> KeyRing {
        try makeFolder()
        var ring = try read()
        if ring.signing(at: now) == nil {
            // Nobody has a token yet, so there is nobody to announce it to.
            try write(newKey(algorithm, at: now, signsFrom: now))
            ring = try read()
        }
        for key in ring.keys where ring.isSpent(key, at: now, lifetime: lifetime) { unlink(file(of: key.id)) }
        return KeyRing(ring.keys.filter { !ring.isSpent($0, at: now, lifetime: lifetime) })
    }

    /// Makes a key that signs from `announcement` on, or at once when there is none. Throws `Failure`.
    package func rotate(_ algorithm: SigningAlgorithm, at now: Instant) throws -> KeyListing {
        try makeFolder()
        let isFirst = try read().signing(at: now) == nil
        let key = newKey(algorithm, at: now, signsFrom: isFirst ? now : now + Self.announcement)
        try write(key)
        return KeyListing(key, isSigning: isFirst)
    }

    /// Oldest first. Throws `Failure`.
    package func list(at now: Instant) throws -> [KeyListing] {
        let ring = try read()
        let signing = ring.signing(at: now)?.id
        return ring.keys.map { KeyListing($0, isSigning: $0.id == signing) }
    }

    // MARK: Files

    private func newKey(_ algorithm: SigningAlgorithm, at now: Instant, signsFrom: Instant) -> SigningKey {
        var generator = SystemRandomNumberGenerator()
        return SigningKey(
            algorithm, id: Secret.text(bytes: 12, using: &generator), createdAt: now, signsFrom: signsFrom)
    }

    private func file(of id: String) -> String { "\(path)/\(id).key" }

    private func makeFolder() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Failure(
                .ours, code: "key.folder", "The folder \(path) for signing keys cannot be made.",
                remedy: "Make it so that the gateway's user owns it, or choose another with --data.")
        }
    }

    private func read() throws -> KeyRing {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return KeyRing([]) }
        return KeyRing(
            try names.filter { $0.hasSuffix(".key") }.map { name in
                let file = "\(path)/\(name)"
                try PrivateFile.check(file)
                guard let data = FileManager.default.contents(atPath: file),
                    let document = FlatJSON(Array(data)), let key = SigningKey(document: document),
                    name == "\(key.id).key"
                else {
                    throw Failure(
                        .ours, code: "key.unreadable", "The file \(file) is not a signing key.",
                        remedy: "Move it away; `pulse-server key rotate` makes a new one.")
                }
                return key
            })
    }

    private func write(_ key: SigningKey) throws {
        try PrivateFile.write(Array((key.document.json + "\n").utf8), to: file(of: key.id))
    }
}

extension KeyListing {
    init(_ key: SigningKey, isSigning: Bool) {
        self.init(
            id: key.id, algorithm: key.algorithm, createdAt: key.createdAt, signsFrom: key.signsFrom,
            isSigning: isSigning)
    }
}
