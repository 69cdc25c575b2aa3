import PulseAPI
package import PulseDomain
import PulseHTTP

/// Engines that run elsewhere (`pulse-server engine`), as a gateway is told of them.
package struct RemoteEngines: Sendable {
    /// Where an engine is, and whose data it works on.
    package struct Address: Sendable, Hashable {
        package var tenant: TenantID
        /// `https://engine-1:8000`, without a slash at its end.
        package var url: String

        /// Reads `URL` or `TENANT=URL`. `nil` when it is neither.
        package init?(_ text: String, otherwise tenant: TenantID) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let url = parts[parts.count - 1]
            guard let scheme = ["https://", "http://"].first(where: { url.lowercased().hasPrefix($0) }),
                url.count > scheme.count, !url.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }),
                !url.contains("?"), !url.contains("#"), !url.contains("@"), parts.count == 1 || !parts[0].isEmpty
            else { return nil }
            self.tenant = parts.count == 2 ? TenantID(parts[0]) : tenant
            self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        }

        /// Whether the internal key would cross a network readable.
        package var isReadable: Bool {
            guard url.lowercased().hasPrefix("http://") else { return false }
            let host = url.dropFirst(7).prefix { $0 != "/" }
            return !["localhost", "127.", "[::1]"].contains { host.hasPrefix($0) }
        }
    }

    let addresses: [Address]
    /// The internal key.
    let key: String
    /// PEM with certificates that are trusted besides the system's.
    let caFile: String?

    /// Throws `Failure` when the key's file cannot be used.
    package init(_ addresses: [Address], keyFile: String, caFile: String? = nil) throws {
        self.addresses = addresses
        key = try InternalKey.read(keyFile)
        self.caFile = caFile
    }

    /// A pool for each tenant, over one transport. `onChange` is told when one of them stands otherwise than before.
    func pools(
        over transport: CurlTransport, time: any TimeSource,
        onChange: @escaping @Sendable (TenantID, EnginePool.Change) -> Void = { _, _ in }
    ) -> [(tenant: TenantID, pool: EnginePool)] {
        Dictionary(grouping: addresses, by: \.tenant).sorted { $0.key < $1.key }.map { tenant, addresses in
            (
                tenant,
                EnginePool(addresses.map { member($0, over: transport, time: time) }, time: time) {
                    onChange(tenant, $0)
                }
            )
        }
    }

    private func member(
        _ address: Address, over transport: CurlTransport, time: any TimeSource
    ) -> EnginePool.Member {
        var limits = APIClient.Limits()
        // The pool tries elsewhere, and the gateway's own reader of events asks again.
        limits.tries = 1
        limits.reconnects = false
        limits.connectTimeout = .seconds(3)
        let itself = Acting(Principal("gateway"), as: .viewer, in: address.tenant)
        let remote = RemoteOperations(
            APIClient(
                base: address.url, transport: transport, tokens: TokenKeeper(constant: key), time: time,
                limits: limits, headers: { (Acting.current ?? itself).headers }))
        return EnginePool.Member(name: address.url, operations: remote) { try await remote.engine().trouble }
    }
}
