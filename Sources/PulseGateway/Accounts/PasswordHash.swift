import Crypto
import CryptoExtras
import Foundation

/// A password as it is kept: scrypt (RFC 7914) with its salt and parameters, so that they can grow with machines.
package struct PasswordHash: Sendable, Hashable {
    /// How much work a guess costs.
    package struct Cost: Sendable, Hashable {
        /// A power of two: memory and time grow with it.
        package var rounds: Int
        package var blockSize: Int
        package var parallelism: Int

        package init(rounds: Int, blockSize: Int, parallelism: Int) {
            self.rounds = rounds
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        /// 32 MiB and about a tenth of a second: OWASP's Password Storage Cheat Sheet, second of its equal choices for
        /// scrypt (N=2^15, r=8, p=3), so that several logins at once fit into a small server.
        package static let usual = Cost(rounds: 1 << 15, blockSize: 8, parallelism: 3)
    }

    var cost: Cost
    var salt: [UInt8]
    var key: [UInt8]

    /// A hash of `password` with a salt of its own. Heavy; never on an event loop.
    init(of password: String, cost: Cost = .usual) throws {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        self.cost = cost
        self.salt = salt
        key = try Self.derive(password, salt, cost)
    }

    /// Whether `password` is the one. The time taken does not depend on where they differ.
    func matches(_ password: String) throws -> Bool {
        let other = try Self.derive(password, salt, cost)
        return key.isEqualInConstantTime(to: other)
    }

    private static func derive(_ password: String, _ salt: [UInt8], _ cost: Cost) throws -> [UInt8] {
        // The same password typed on different keyboards may come composed or decomposed.
        let bytes = Array(password.precomposedStringWithCanonicalMapping.utf8)
        let key = try KDF.Scrypt.deriveKey(
            from: bytes, salt: salt, outputByteCount: 32, rounds: cost.rounds, blockSize: cost.blockSize,
            parallelism: cost.parallelism)
        return key.withUnsafeBytes { Array($0) }
    }

    // MARK: As text

    /// `scrypt$N$r$p$salt$key`, the last two in Base64.
    var text: String {
        let numbers = [cost.rounds, cost.blockSize, cost.parallelism].map(String.init)
        return (["scrypt"] + numbers + [Data(salt).base64EncodedString(), Data(key).base64EncodedString()])
            .joined(separator: "$")
    }

    /// `nil` when it is not such a text.
    init?(text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0] == "scrypt", let rounds = Int(parts[1]), let blockSize = Int(parts[2]),
            let parallelism = Int(parts[3]), let salt = Data(base64Encoded: parts[4]),
            let key = Data(base64Encoded: parts[5]), rounds > 1, rounds & (rounds - 1) == 0, blockSize > 0,
            parallelism > 0, key.count == 32
        else { return nil }
        cost = Cost(rounds: rounds, blockSize: blockSize, parallelism: parallelism)
        self.salt = Array(salt)
        self.key = Array(key)
    }
}

extension [UInt8] {
    /// Compares without telling by its time where the first difference is. Lengths are not secret.
    func isEqualInConstantTime(to other: [UInt8]) -> Bool {
        guard count == other.count else { return false }
        var difference: UInt8 = 0
        for (left, right) in zip(self, other) { difference |= left ^ right }
        return difference == 0
    }
}
