/// A configured source as it is shown: never with what it signs in with.
package struct SourceStatus: Sendable, Hashable, Codable {
    package var id: SourceID
    package var kind: SourceKind
    /// Whose limits it spends from: a hash or name of the identity, never the credential itself.
    package var identity: String
    package var jobs: [JobID]

    package init(id: SourceID, kind: SourceKind, identity: String, jobs: [JobID]) {
        self.id = id
        self.kind = kind
        self.identity = identity
        self.jobs = jobs
    }
}
