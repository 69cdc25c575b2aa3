import Foundation
package import PulseDomain

/// What `pulse-server key` does beside the accounts of the same folder.
package struct KeyAdministration: Sendable {
    private let keys: KeyFolder
    /// Of the accounts, where it is audited.
    private let accounts: String
    private let time: any TimeSource

    package init(_ keys: KeyFolder, accounts: String, time: any TimeSource) {
        self.keys = keys
        self.accounts = accounts
        self.time = time
    }

    /// Oldest first. Throws `Failure`.
    package func list() throws -> [KeyListing] { try keys.list(at: time.now) }

    /// Makes a new key, audited in every tenant whose tokens it will sign. Where no accounts are yet nobody can read an
    /// audit, and none is made. Throws `Failure`.
    package func rotate(_ algorithm: SigningAlgorithm) async throws -> KeyListing {
        guard FileManager.default.fileExists(atPath: accounts) else { return try keys.rotate(algorithm, at: time.now) }
        let store = try SQLiteAccounts.open(path: accounts)
        do {
            let made = try keys.rotate(algorithm, at: time.now)
            let tenants = Set(try await store.served()).union(try await store.users().flatMap(\.roles.keys))
            for tenant in tenants.sorted() {
                try await store.auditHere(
                    "key", made.id, in: tenant, at: time.now,
                    outcome:
                        "Made a new \(made.algorithm.rawValue) key, which signs from \(made.signsFrom.iso8601ToSecond)."
                )
            }
            await store.close()
            return made
        } catch {
            await store.close()
            throw error
        }
    }
}
