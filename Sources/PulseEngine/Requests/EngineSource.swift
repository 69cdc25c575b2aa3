package import PulseConnectors
package import PulseDomain
package import PulseHTTP

/// A source as the engine drives it: what it is, how to reach it, and how it is limited.
package struct EngineSource: Sendable {
    package var id: SourceID
    package var kind: SourceKind
    package var connector: any Connector
    package var transport: any HTTPTransport
    package var authorize: Authorizer
    /// Whose quota it spends: the same for every source with the same credential. Never the credential itself.
    package var identity: String
    package var policy: QuotaPolicy

    package init(
        id: SourceID, kind: SourceKind, connector: any Connector, transport: any HTTPTransport,
        authorize: @escaping Authorizer, identity: String, policy: QuotaPolicy
    ) {
        self.id = id
        self.kind = kind
        self.connector = connector
        self.transport = transport
        self.authorize = authorize
        self.identity = identity
        self.policy = policy
    }

    func quota(bucket: String) -> QuotaID { QuotaID(identity: identity, bucket: bucket) }
}
