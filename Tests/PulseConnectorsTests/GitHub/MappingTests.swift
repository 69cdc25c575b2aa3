import PulseDomain
import PulseHTTP
import Testing

@testable import PulseConnectors

@Suite struct `Pages of GitHub as rows` {
    typealias PR = PullRequestText

    private func content(_ stream: GitHubStream, _ body: [UInt8], _ course: GitHubCursor.Course = .list) throws
        -> PageContent
    {
        let fixture = try GitHubFixture()
        let walk = fixture.walk(stream)
        let page = RawPage(
            partition: walk.partition, cursor: try GitHubCursor(course).encoded(), request: "POST /graphql X",
            body: body, fetchedAt: walk.startedAt, correlation: "c")
        return try fixture.connector.content(of: page, walk: walk)
    }

    @Test func `a page of pull requests gives these rows`() throws {
        let content = try content(.pullRequests, GoldenPage.bytes("pull-requests.json"), .forward)
        #expect(try GoldenPage.description(of: content) == GoldenPage.text("pull-requests.rows.txt"))
        #expect(content.isAccountedFor)
    }

    @Test func `the same page gives the same content`() throws {
        let body = try GoldenPage.bytes("pull-requests.json")
        let first = GoldenPage.description(of: try content(.pullRequests, body, .forward))
        #expect(try GoldenPage.description(of: content(.pullRequests, body, .forward)) == first)
    }

    @Test func `a rejected record is loaded when its payload is mended`() throws {
        let fixture = try GitHubFixture()
        let page = try content(.pullRequests, GoldenPage.bytes("pull-requests.json"), .forward)
        var record = try #require(page.rejected.first)
        let text = String(decoding: record.payload, as: UTF8.self)
        record.payload = Array(text.replacing("\"title\":null", with: "\"title\":\"found\"").utf8)
        let again = try fixture.connector.content(
            ofRejected: record, at: GitHubCursor(.forward).encoded(), walk: fixture.walk(.pullRequests))
        let row = try #require(again.tableRows("pull_requests").first)
        #expect(row.text("title") == "found" && row.text("repository_id") == "R_kgDOAAAAAQ")
        #expect(again.childSets.isEmpty)
    }

    @Test func `a page that is not JSON breaks the contract, and says where`() throws {
        let failure = #expect(throws: Failure.self) { try content(.releases, Array("{\"data\":".utf8)) }
        #expect(failure?.kind == .contractBroken)
    }

    @Test func `a body of a megabyte and NUL characters go through`() throws {
        let body = String(repeating: #"line\u0000 \"x\" "#, count: 100_000)
        let node = PR(1, "2026-01-01T00:00:00Z").json.replacing(#""body":"""#, with: #""body":"\#(body)""#)
        let page = "{\"data\":" + PR.list("pullRequests", [#"{"cursor":"c","node":\#(node)}"#]) + "}"
        let content = try content(.pullRequests, Array(page.utf8), .forward)
        let text = try #require(content.tableRows("pull_requests").first?.text("body"))
        #expect(text.utf8.count == 100_000 * 9 && !text.utf8.contains(0))
    }

    @Test func `releases take the tag for a missing name, and keep drafts`() throws {
        let edges = [
            """
            {"cursor":"1","node":{"id":"RE_1","name":null,"tagName":"v1","description":null,"isDraft":false,\
            "isPrerelease":true,"createdAt":"2026-01-01T00:00:00Z","publishedAt":"2026-01-02T00:00:00Z",\
            "url":"https://x","tagCommit":{"oid":"a1"},"author":{"__typename":"User","id":"U_1","login":"ada","name":null}}}
            """,
            """
            {"cursor":"2","node":{"id":"RE_2","name":"Two","tagName":"v2","description":"notes","isDraft":true,\
            "isPrerelease":false,"createdAt":"2026-01-01T00:00:00Z","publishedAt":null,"url":"https://x",\
            "tagCommit":null,"author":null}}
            """, #"{"cursor":"3","node":{"id":"RE_3","name":"no tag"}}"#,
        ]
        let content = try content(.releases, Array("{\"data\":\(PR.list("releases", edges))}".utf8))
        let rows = content.tableRows("releases")
        #expect(rows.map { $0.text("name") } == ["v1", "Two"])
        #expect(rows[0].text("commit_id") == "a1" && rows[0].integer("is_prerelease") == 1)
        #expect(rows[1].integer("is_draft") == 1 && rows[1]["published_at"] == nil && rows[1]["author_id"] == nil)
        #expect(content.rejected.map(\.code) == ["github.release.incomplete"])
        #expect(content.tableRows("people").first?.text("name") == "ada")
        #expect(content.isAccountedFor)
    }

    @Test(arguments: [
        ("SUCCESS", "succeeded"), ("ACTIVE", "succeeded"), ("FAILURE", "failed"), ("ERROR", "failed"),
        ("IN_PROGRESS", "in_progress"), ("PENDING", "pending"), ("QUEUED", "pending"), ("WAITING", "pending"),
        ("INACTIVE", "inactive"), ("DESTROYED", "inactive"), ("ABANDONED", "pending"), ("NEW_ONE", "unknown"),
    ])
    func `a deployment has the state of its latest status`(_ state: String, _ expected: String) throws {
        let edge = """
            {"cursor":"1","node":{"id":"DE_1","environment":"production","commitOid":"a1","state":"ACTIVE",\
            "createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:01Z","ref":null,\
            "creator":{"__typename":"Bot","login":"ci","id":"BOT_1"},\
            "latestStatus":{"state":"\(state)","createdAt":"2026-01-01T00:05:00Z","updatedAt":"2026-01-01T00:05:00Z"}}}
            """
        let content = try content(.deployments, Array("{\"data\":\(PR.list("deployments", [edge]))}".utf8))
        let row = try #require(content.tableRows("deployments").first)
        #expect(row.text("state") == expected)
        #expect(row.instant("updated_at") == "2026-01-01T00:05:00Z")
        #expect((row["finished_at"] != nil) == ["SUCCESS", "FAILURE", "ERROR"].contains(state))
        #expect(content.tableRows("people").first?.integer("is_bot") == 1)
    }

    @Test func `GitHub's states and a deployment without a status are known to the schema`() throws {
        let states = try GraphQLSchema.extract().types
        let known = (states["DeploymentState"]?.names ?? []).union(states["DeploymentStatusState"]?.names ?? [])
        #expect(known.count >= 11 && known.allSatisfy { ListMapper.deploymentState($0) != "unknown" })
        #expect(ListMapper.deploymentState(nil) == "unknown")
    }

    @Test func `an account and an address are people of their own, each once, and noreply of an account is nobody`()
        throws
    {
        func commit(_ hash: String, _ email: String, _ user: String) -> String {
            PR.commit(hash).replacing("Ada@Example.com", with: email).replacing(
                "\"user\":null", with: "\"user\":\(user)")
        }
        let ada = #"{"id":"U_1","login":"ada","name":"Ada Lovelace"}"#
        let node = PR(
            1, "2026-01-01T00:00:00Z",
            parts: [
                "commits": PR.part([
                    commit("a", "1+ada@users.noreply.github.com", ada), commit("b", "Ada@X.org", ada),
                    commit("c", "ada@x.ORG", ada), commit("d", "7+ci[bot]@users.noreply.github.com", "null"),
                    commit("e", "", "null"),
                ])
            ])
        let content = try content(.pullRequests, Array("{\"data\":\(PR.page([node]))}".utf8), .forward)
        let people = content.tableRows("people")
        #expect(people.map { $0.text("id") } == ["U_1", "ada@x.org", "7+ci[bot]@users.noreply.github.com"])
        #expect(people[1].text("login") == "ada" && people[1].text("name") == "Ada Lovelace")
        #expect(people[0]["email"] == nil && people[2].integer("is_bot") == 1)
        #expect(
            content.tableRows("pull_request_commits").map { $0.text("author_email") } == [
                "1+ada@users.noreply.github.com", "ada@x.org", "ada@x.org", "7+ci[bot]@users.noreply.github.com", nil,
            ])
    }

    @Test(arguments: [
        ("1234567+ada@users.noreply.github.com", "ada"), ("ada@users.noreply.github.com", "ada"),
        ("9+dependabot[bot]@users.noreply.github.com", "dependabot[bot]"), ("ada@users.noreply.ghe.example", "ada"),
        ("noreply@github.com", nil), ("ada@example.com", nil), ("no address", nil),
    ])
    func `a noreply address tells the login`(_ address: String, _ login: String?) {
        #expect(PersonRows.noreplyLogin(address) == login)
    }
}

@Suite struct `The other streams of GitHub` {
    typealias PR = PullRequestText

    private func owned(_ names: [String?], end: String? = nil) -> String {
        let edges = names.map { name in
            guard let name else { return #"{"cursor":"n","node":null}"# }
            return """
                {"cursor":"at \(name)","node":{"id":"R_\(name)","nameWithOwner":"octo/\(name)","url":"https://x",\
                "description":null,"isPrivate":true,"isArchived":false,"isFork":false,"createdAt":"2026-01-01T00:00:00Z",\
                "pushedAt":null,"updatedAt":"2026-01-02T00:00:00Z","primaryLanguage":null,"defaultBranchRef":null}}
                """
        }
        return """
            {"repositoryOwner":{"id":"O_1","repositories":{"totalCount":9,"pageInfo":{"hasNextPage":\(end != nil),\
            "endCursor":\(end.map { "\"\($0)\"" } ?? "null")},"edges":[\(edges.joined(separator: ","))]}}}
            """
    }

    @Test func `repositories come from every owner and from every name, also where one is gone`() async throws {
        let fixture = try GitHubFixture(organizations: ["octo", "ada"], repositories: ["x/one", "x/gone"])
        let run = try await fixture.run(
            fixture.walk(.repositories),
            [
                .data("OwnedRepositories", owned(["a"], end: "e1")),
                .data(
                    "OwnedRepositories", owned(["b", nil]),
                    errors: #"[{"type":"FORBIDDEN","path":["repositoryOwner","repositories","edges",1,"node"]}]"#),
                .data("OwnedRepositories", owned(["late"])),
                .data("OwnedRepositories", owned(["c"])),
                .data(
                    "ListedRepository",
                    #"{"repository":{"id":"R_one","nameWithOwner":"x/one","defaultBranchRef":{"name":"main"}}}"#),
                .errors("ListedRepository", #"[{"type":"NOT_FOUND","message":"?","path":["repository"]}]"#),
            ])
        #expect(run.unused == 0)
        #expect(
            run.requests.map { $0.variables["login"] ?? $0.variables["name"] } == [
                "octo", "octo", "octo", "ada", "one", "gone",
            ])
        #expect(run.ids("repositories") == ["R_a", "R_b", "R_late", "R_c", "R_one"])
        #expect(run.rows("repositories").last?.text("default_branch") == "main")
        #expect(run.rejected.map(\.code) == ["github.repository.gone"])
        #expect(run.isBalanced)
    }

    @Test func `an owner that GitHub does not know is said so, not taken for an empty one`() async throws {
        let fixture = try GitHubFixture(organizations: ["nobody"], repositories: [])
        let failure = await #expect(throws: Failure.self) {
            try await fixture.run(
                fixture.walk(.repositories), [.data("OwnedRepositories", #"{"repositoryOwner":null}"#)])
        }
        #expect(failure?.kind == .notFound && failure?.sentence.contains("nobody") == true)
    }

    @Test func `partitions are all repositories of the owners and those named, each once`() async throws {
        let fixture = try GitHubFixture(organizations: ["octo"], repositories: ["Octo/B", "x/one"])
        let client = ScriptedGitHub(
            fixture.connector,
            [
                .data("OwnedRepositoryNames", owned(["a"], end: "e")),
                .data("OwnedRepositoryNames", owned(["b", nil])),
            ])
        let identity = SourceIdentity(account: "ada", product: "github.com")
        let partitions = try await fixture.connector.partitions(of: "commits", identity: identity, through: client)
        #expect(partitions.map(\.reference) == ["octo/a", "octo/b", "x/one"])
        #expect(partitions.map(\.key) == ["octo/a", "octo/b", "x/one"])
        let whole = try await fixture.connector.partitions(of: "repositories", identity: identity, through: client)
        #expect(whole == [.whole])
    }

    @Test func `deployments are walked back two weeks before the watermark, because their state changes later`()
        async throws
    {
        let fixture = try GitHubFixture()
        func edge(_ id: String, _ createdAt: String) -> String {
            #"{"cursor":"\#(id)","node":{"id":"\#(id)","createdAt":"\#(createdAt)","state":"ACTIVE"}}"#
        }
        let run = try await fixture.run(
            fixture.walk(
                .deployments, .incremental, watermark: Watermark(changedAt: Instant(parsing: "2026-03-20T00:00:00Z"))),
            [
                .data(
                    "Deployments",
                    PR.list(
                        "deployments", [edge("D5", "2026-03-21T00:00:00Z"), edge("D4", "2026-03-19T00:00:00Z")],
                        end: "4")),
                .data(
                    "Deployments",
                    PR.list(
                        "deployments", [edge("D3", "2026-03-06T00:00:00Z"), edge("D2", "2026-03-05T23:00:00Z")],
                        end: "2")),
            ])
        #expect(run.ids("deployments") == ["D5", "D4", "D3", "D2"])
        #expect(run.watermark?.changedAt == Instant(parsing: "2026-03-21T00:00:00Z"))
    }

    @Test func `releases are walked whole each time`() async throws {
        let fixture = try GitHubFixture()
        let edge = #"{"cursor":"1","node":{"id":"RE_1","tagName":"v1","createdAt":"2020-01-01T00:00:00Z"}}"#
        let run = try await fixture.run(
            fixture.walk(
                .releases, .incremental, watermark: Watermark(changedAt: Instant(parsing: "2026-03-20T00:00:00Z"))),
            [
                .data("Releases", PR.list("releases", [edge], end: "e")),
                .errors("Releases", #"[{"type":"INVALID_CURSOR_ARGUMENTS","message":"x"}]"#),
                .data("Releases", PR.list("releases", [edge])),
            ])
        #expect(run.requests.map { $0.variables["after"] } == ["null", "e", "null"])
        #expect(run.watermark?.changedAt == Instant(parsing: "2026-03-20T00:00:00Z"))
    }
}

@Suite struct `Getting to know a GitHub` {
    private func identity(_ headers: HTTPHeaders, url: String? = nil) async throws -> SourceIdentity {
        let connector = try GitHubConnector(
            SourceConfiguration(name: "hub", kind: .github, url: url, repositories: ["octo/app"]))
        let client = ScriptedGitHub(
            connector,
            [
                .init(
                    operation: "Identify",
                    response: .gitHub(#"{"data":{"rateLimit":null,"viewer":{"login":"ada"}}}"#, headers: headers))
            ])
        let identity = try await connector.identify(through: client)
        #expect(client.seen[0].headers["User-Agent"] == GitHubConnector.userAgent)
        return identity
    }

    @Test func `a classic token tells its scopes`() async throws {
        let identity = try await identity(["X-OAuth-Scopes": "repo, read:org"])
        #expect(identity.account == "ada" && identity.product == "github.com")
        #expect(identity.scopes == ["repo", "read:org"] && identity.warnings.isEmpty)
    }

    @Test func `missing scopes are warned of`() async throws {
        let identity = try await identity(["X-OAuth-Scopes": ""])
        #expect(identity.warnings.count == 2 && identity.scopes.isEmpty)
    }

    @Test func `a finer token tells none, which is no reason to warn`() async throws {
        #expect(try await identity([:]).warnings.isEmpty)
    }

    @Test func `an Enterprise Server tells its version`() async throws {
        let identity = try await identity(
            ["X-GitHub-Enterprise-Version": "enterprise-server@3.15.2"], url: "https://git.example.com")
        #expect(identity.product == "GitHub Enterprise Server 3.15.2" && identity.dialect == "ghes")
    }

    @Test func `nobody is nobody`() async throws {
        let fixture = try GitHubFixture()
        let client = ScriptedGitHub(fixture.connector, [.data("Identify", #"{"viewer":{"login":null}}"#)])
        await #expect(throws: Failure.self) { try await fixture.connector.identify(through: client) }
    }

    @Test(arguments: [
        (nil, "https://api.github.com/graphql"), ("", "https://api.github.com/graphql"),
        ("https://github.com/", "https://api.github.com/graphql"),
        ("https://api.github.com", "https://api.github.com/graphql"),
        ("https://api.github.com/graphql", "https://api.github.com/graphql"),
        ("https://git.example.com", "https://git.example.com/api/graphql"),
        ("https://git.example.com/api/v3/", "https://git.example.com/api/graphql"),
        ("http://127.0.0.1:8080/graphql", "http://127.0.0.1:8080/graphql"),
        ("https://api.acme.ghe.com", "https://api.acme.ghe.com/graphql"),
    ])
    func `an address means an interface`(_ configured: String?, _ url: String) {
        #expect(GitHubConnector.endpointURL(configured) == url)
    }

    @Test func `a token becomes a header`() {
        #expect(GitHubConnector.authorization(token: "t=1") == "bearer t=1")
    }

    @Test(arguments: ["octo", "octo/", "/app", "a/b/c", ""])
    func `a repository is written owner and name`(_ name: String) {
        #expect(throws: Failure.self) {
            try GitHubConnector(SourceConfiguration(name: "hub", kind: .github, repositories: [name]))
        }
    }

    @Test func `a source that names nothing is a mistake`() {
        #expect(throws: Failure.self) { try GitHubConnector(SourceConfiguration(name: "hub", kind: .github)) }
    }

    @Test func `a stream that does not exist is refused`() {
        #expect(throws: Failure.self) { try GitHubStream("issues") }
    }

    @Test func `every stream names tables that exist, its own first`() throws {
        let connector = try GitHubFixture().connector
        #expect(connector.streams.map(\.id.rawValue) == GitHubStream.allCases.map(\.rawValue))
        for stream in connector.streams {
            #expect(stream.tables.allSatisfy { UnifiedSchema.table($0) != nil })
            #expect(stream.tables[0].rawValue == stream.id.rawValue)
        }
    }
}
