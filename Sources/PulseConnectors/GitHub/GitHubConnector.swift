package import PulseDomain
package import PulseHTTP
import PulseJSON

/// Reads github.com and GitHub Enterprise Server over GraphQL.
package struct GitHubConnector: Connector {
    /// The breaker that guards all requests.
    package static let endpoint: EndpointID = "graphql"
    /// The quota bucket that all requests spend from, as GitHub names it in `x-ratelimit-resource`.
    package static let bucket = "graphql"
    /// Required: GitHub answers 403 with a web page to requests without one.
    package static let userAgent = "Pulse-ETL"

    let source: SourceID
    /// Where requests go.
    package let url: String
    let organizations: [String]
    let repositories: [String]

    /// The value of the `Authorization` header.
    package static func authorization(token: String) -> String { "bearer \(token)" }

    /// Takes the address, the organisations (or persons) and the repositories of a source. Throws `Failure` (`ours`)
    /// when it names nothing to load, or a repository that is not written as `owner/name`.
    package init(_ configuration: SourceConfiguration) throws {
        source = configuration.name
        url = Self.endpointURL(configuration.url)
        organizations = configuration.organizations.uniqued()
        repositories = configuration.repositories.uniqued()
        for repository in repositories { _ = try GitHubRepositoryName(repository) }
        if organizations.isEmpty && repositories.isEmpty { throw GitHubFailures.nothingConfigured(source) }
    }

    package var streams: [StreamDescriptor] { GitHubStream.allCases.map(\.descriptor) }

    package func firstCursor(of walk: Walk) throws -> Cursor {
        let stream = try GitHubStream(walk.partition.stream)
        switch stream {
        case .pullRequests: return try PullRequestWalk.start(walk).encoded()
        case .commits: return try CommitWalk.start(walk).encoded()
        case .releases, .deployments: return try GitHubCursor(walk.mode == .census ? .census : .list).encoded()
        case .repositories:
            var cursor = GitHubCursor(.list)
            cursor.owners = organizations.isEmpty ? nil : organizations
            cursor.listed = repositories.isEmpty ? nil : repositories
            return try cursor.encoded()
        }
    }

    package func verdict(on response: HTTPResponse, to request: SourceRequest) -> ResponseVerdict {
        GitHubVerdict.on(response, to: request)
    }

    /// The GraphQL address that an operator's address means: a bare host is a GitHub Enterprise Server.
    static func endpointURL(_ configured: String?) -> String {
        guard var url = configured, !url.isEmpty else { return "https://api.github.com/graphql" }
        while url.hasSuffix("/") { url.removeLast() }
        if url.hasSuffix("/graphql") { return url }
        let host = url.split(separator: "/").dropFirst().first.map(String.init) ?? ""
        if host == "github.com" || host == "www.github.com" { return "https://api.github.com/graphql" }
        // The addresses that other tools are given: of the REST interface, or of the folder of both.
        for end in ["/v3", "/api"] where url.hasSuffix(end) { url.removeLast(end.utf8.count) }
        // api.github.com, and api.NAME.ghe.com of GitHub Enterprise Cloud with data residency.
        return url + (host.hasPrefix("api.") ? "/graphql" : "/api/graphql")
    }

    /// A request for `step`, without the credential.
    func request(_ step: GitHubStep) -> SourceRequest {
        let headers: HTTPHeaders = [
            "User-Agent": Self.userAgent, "Content-Type": "application/json", "Accept": "application/json",
            // Ids in the present format also for old objects, so that a row keeps its id
            // (docs.github.com, "Migrating GraphQL global node IDs").
            "X-Github-Next-Global-ID": "1",
        ]
        // A POST that is redirected would become a GET.
        let http = HTTPRequest(
            method: .post, url: url, headers: headers, body: step.body, followsRedirects: false)
        return SourceRequest(
            http, endpoint: Self.endpoint, bucket: Self.bucket, cost: step.query.cost(step.sizes))
    }
}

extension [String] {
    /// Each once, whatever its case: names at GitHub do not differ by case.
    func uniqued() -> [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0.lowercased()).inserted }
    }
}
