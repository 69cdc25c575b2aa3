import PulseConfiguration
package import PulseConnectors
package import PulseDomain
package import PulseEngine
package import PulseHTTP

/// Fetches the secret of a source from where its configuration says.
package typealias TokenReader = @Sendable (SecretReference, SourceID) async throws -> String

/// Makes what the engine drives out of what the operator configured.
package enum SourceAssembly {
    /// Every kind of source there is; a new connector is added here.
    package static func connector(for source: SourceConfiguration) throws -> any Connector {
        switch source.kind {
        case .jira: try JiraConnector(source)
        case .github: try GitHubConnector(source)
        case .git: GitConnector(source)
        }
    }

    /// A source reached over `transport`, with the token from where the configuration says.
    package static func source(
        _ configuration: SourceConfiguration, transport: any HTTPTransport,
        token: @escaping TokenReader = { try await SecretReader.read($0, of: $1) }
    ) throws -> EngineSource {
        let secrets = SecretCache()
        let (name, user, kind) = (configuration.name, configuration.user, configuration.kind)
        return EngineSource(
            id: name, kind: kind, connector: try connector(for: configuration), transport: transport,
            authorize: { refreshing in
                guard let reference = configuration.token else { return HTTPHeaders() }
                let secret = try await secrets.secret(refreshing: refreshing) { try await token(reference, name) }
                let value =
                    switch kind {
                    case .jira: JiraConnector.authorization(user: user, token: secret)
                    case .github: GitHubConnector.authorization(token: secret)
                    case .git: ""
                    }
                return ["Authorization": value]
            },
            identity: identity(of: configuration),
            policy: .usual(for: kind, reserve: configuration.reserve))
    }

    /// Sources with the same credential at the same host share its quota. Says where the credential comes from, never
    /// what it is.
    private static func identity(of source: SourceConfiguration) -> String {
        let host = source.url.map { String($0.split(separator: "/").dropFirst().first ?? "") }
        let credential: String? =
            switch source.token {
            case .environment(let name): "$\(name)"
            case .file(let path): path
            case .command(let command): "command \(shortHash(command))"
            case nil: nil
            }
        switch source.kind {
        case .git: return source.name.rawValue
        case .jira, .github:
            return [host ?? source.kind.rawValue, source.user, credential].compactMap { $0 }.joined(separator: " ")
        }
    }

    /// FNV-1a: tells commands apart without showing what they may hold.
    private static func shortHash(_ text: String) -> String {
        let hash = text.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return String(hash, radix: 16)
    }

    /// The jobs of a source, one for each of its streams, in their order.
    ///
    /// Throws `Failure` when the configuration names a stream that the source does not have.
    package static func jobs(of configuration: SourceConfiguration, source: EngineSource) throws -> [JobDefinition] {
        let known = source.connector.streams.map(\.id)
        for stream in configuration.streams where !known.contains(stream) {
            let nearest = nearestName(to: stream.rawValue, among: known.map(\.rawValue))
            throw Failure(
                .ours, code: "config.unknown_stream",
                "Source \(configuration.name) has no stream \(stream).",
                remedy: "\(nearest.map { "Did you mean \($0)? " } ?? "")Known are "
                    + "\(known.map(\.rawValue).joined(separator: ", ")).")
        }
        let wanted = source.connector.streams.filter {
            configuration.streams.isEmpty || configuration.streams.contains($0.id)
        }
        return wanted.map { stream in
            JobDefinition(
                id: JobID(source: source.id, stream: stream.id), title: stream.title, priority: configuration.priority,
                schedule: configuration.schedule, census: stream.hasCensus ? configuration.census : nil,
                dependencies: stream.dependencies.filter { wanted.map(\.id).contains($0) }.map {
                    JobID(source: source.id, stream: $0)
                }, staleAfter: configuration.staleAfter, concurrency: configuration.concurrency)
        }
    }
}
