package import PulseDomain
import PulseHTTP
import PulseJSON

extension GitHubConnector {
    package func identify(through client: any SourceClient) async throws -> SourceIdentity {
        let response = try await client.send(request(GitHubStep(.identify, [])))
        let login = try ReaderPool.shared.read(response.body) { $0["data"]["viewer"]["login"].string }
        guard let login, !login.isEmpty else { throw GitHubFailures.unexpected(": it does not say who we are") }
        let version = response.headers["x-github-enterprise-version"]
        let isCloud = version == nil && url.contains("github.com/")
        let scopes = response.headers["x-oauth-scopes"]?.split(separator: ",")
            .map { $0.split(separator: " ").joined() }.filter { !$0.isEmpty }
        return SourceIdentity(
            account: login,
            product: isCloud
                ? "github.com"
                : ["GitHub Enterprise Server", Self.number(version)].compactMap(\.self)
                    .joined(separator: " "),
            dialect: isCloud ? "github.com" : "ghes", scopes: scopes ?? [], warnings: Self.warnings(scopes: scopes))
    }

    /// `3.15.2` of `enterprise-server@3.15.2`.
    private static func number(_ version: String?) -> String? {
        version.map { String($0.split(separator: "@").last ?? "") }
    }

    /// Scopes are told for classic tokens only; what finer ones may see is not told at all.
    private static func warnings(scopes: [String]?) -> [String] {
        guard let scopes else { return [] }
        var warnings: [String] = []
        if !scopes.contains("repo") {
            warnings.append("The token has no scope “repo”: private repositories are invisible to it.")
        }
        if !scopes.contains(where: { ["read:org", "write:org", "admin:org"].contains($0) }) {
            warnings.append(
                "The token has no scope “read:org”: repositories that organisations show to members may be missing.")
        }
        return warnings
    }

    package func partitions(
        of stream: StreamID, identity: SourceIdentity, through client: any SourceClient
    ) async throws -> [PartitionDescriptor] {
        guard try GitHubStream(stream) != .repositories else { return [.whole] }
        var names: [String] = []
        for organization in organizations { names += try await repositoryNames(of: organization, through: client) }
        return (names + repositories).uniqued().map {
            PartitionDescriptor(key: PartitionKey($0), title: $0, reference: $0)
        }
    }

    /// The repositories of an owner. One that GitHub hides is left out here; the stream of repositories rejects it by
    /// itself, so it is not lost without a word.
    private func repositoryNames(of owner: String, through client: any SourceClient) async throws -> [String] {
        var names: [String] = []
        var after: String?
        repeat {
            try Task.checkCancellation()
            let step = GitHubStep(.ownedRepositoryNames, [("login", owner), ("after", after)])
            let response = try await client.send(request(step))
            let next: String? = try ReaderPool.shared.read(response.body) { root in
                guard root["data"]["repositoryOwner"].kind == .object else {
                    throw GitHubFailures.notFound(GitHubFailures.quoted(owner))
                }
                let page = try ListPage(root, .owned)
                root["data"]["repositoryOwner"]["repositories"]["edges"].forEachElement { edge in
                    if let name = edge["node"]["nameWithOwner"].string { names.append(name) }
                }
                return page.hasNext ? page.end : nil
            }
            if let next, next == after { throw GitHubFailures.cursorRepeats }
            after = next
        } while after != nil
        return names
    }
}

extension GitHubStep {
    /// A query that belongs to no walk.
    init(_ query: GitHubQuery, _ variables: [(name: String, value: String?)]) {
        self.query = query
        self.variables = variables
        sizes = .page(100)
    }
}
