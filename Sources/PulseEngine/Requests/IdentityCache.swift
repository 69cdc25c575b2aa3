import Foundation
import PulseConnectors
package import PulseDomain
package import PulseStore

/// Who we are at each source: asked before runs, remembered for an hour, and kept in the store for work without the
/// network.
package actor IdentityCache {
    private let store: any Store
    private let time: any TimeSource
    private var known: [SourceID: (identity: SourceIdentity, at: Instant)] = [:]
    private static let age: Duration = .hours(1)

    package init(store: any Store, time: any TimeSource) {
        self.store = store
        self.time = time
    }

    /// The identity, asked anew when it is older than an hour.
    func identity(of source: EngineSource, through client: GatedClient) async throws -> SourceIdentity {
        if let entry = known[source.id], time.now - entry.at < Self.age, time.now >= entry.at { return entry.identity }
        let identity = try await source.connector.identify(through: client)
        let json = try JSONEncoder().encode(identity)
        try await store.setNote(Self.note(source.id), to: String(decoding: json, as: UTF8.self))
        // Last: an identity that was not stored is asked again.
        known[source.id] = (identity, time.now)
        return identity
    }

    /// What was learned last, without asking; a failure when nothing ever was.
    func remembered(of source: SourceID) async throws -> SourceIdentity {
        if let entry = known[source] { return entry.identity }
        guard let json = try await store.note(Self.note(source)) else {
            throw Failure(
                .ours, code: "source.unknown_identity", "Nothing is known about \(source) yet.",
                remedy: "Run one of its jobs first.")
        }
        let identity = try JSONDecoder().decode(SourceIdentity.self, from: Data(json.utf8))
        known[source] = (identity, .epoch)
        return identity
    }

    /// Makes the next run ask again.
    func forget(_ source: SourceID) { known[source] = nil }

    private static func note(_ source: SourceID) -> String { "identity:\(source)" }
}
