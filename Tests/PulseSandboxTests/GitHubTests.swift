import PulseDomain
import PulseHTTP
import PulseJSON
import Testing

@testable import PulseSandbox

@Suite struct `Simulated GitHub` {
    let time = VirtualTime()

    private func client(_ change: (inout SandboxOptions) -> Void = { _ in }, quotas: SandboxQuotas = .unlimited)
        -> NaiveClient
    {
        var options = SandboxOptions.small
        change(&options)
        return NaiveClient(sandbox: Sandbox(options, time: time, quotas: quotas))
    }

    private func pages(
        _ client: NaiveClient, _ query: String, _ variables: String,
        _ use: (JSONValue) throws -> JSONCursor
    ) async throws {
        var after: String?
        repeat {
            let next = try await client.graph(
                query, "{" + variables + ",\"after\":" + (after.map { "\"\($0)\"" } ?? "null") + "}"
            ) { root in
                #expect(root["errors"].isMissing == true)
                return try use(root["data"])
            }
            #expect(next.end != nil || !next.hasNext)
            after = next.hasNext ? next.end : nil
        } while after != nil
    }

    struct JSONCursor {
        let hasNext: Bool
        let end: String?
        init(_ info: JSONValue) {
            hasNext = info["hasNextPage"].bool ?? false
            end = info["endCursor"].string
        }
    }

    static let pullQuery = """
        query Pulls($name: String!, $after: String, $direction: OrderDirection!) {
          repository(owner: "acme", name: $name) {
            id
            pullRequests(first: 20, after: $after, orderBy: {field: UPDATED_AT, direction: $direction}) {
              totalCount
              pageInfo { hasNextPage endCursor }
              edges { cursor node { ...pull } }
            }
          }
        }
        fragment pull on PullRequest {
          id number title state updatedAt headRefOid
          author { __typename login ... on User { name } ... on Bot { databaseId } }
          commits(first: 50) { totalCount pageInfo { hasNextPage endCursor } nodes { commit { oid author { name email user { login } } } } }
          reviews(first: 30) { pageInfo { hasNextPage endCursor } nodes { id state submittedAt } }
          comments(first: 30) { pageInfo { hasNextPage endCursor } nodes { id } }
          reviewThreads(first: 20) {
            pageInfo { hasNextPage endCursor }
            nodes { id isResolved comments(first: 10) { pageInfo { hasNextPage endCursor } nodes { id } } }
          }
        }
        """

    @Test(arguments: ["ASC", "DESC"])
    func `a client that follows every page finds everything`(direction: String) async throws {
        let client = client {
            $0.github.pullRequests = 900; $0.github.repositories = 3
        }
        let truth = client.sandbox.groundTruth()
        var pulls: Set<String> = []
        var parts: [String: Set<String>] = [:]
        var open: [(id: String, connection: String, after: String)] = []
        for name in truth.repositories.values.map({ $0.split(separator: "/")[1] }) {
            var last = direction == "ASC" ? "" : "~"
            try await pages(
                client, Self.pullQuery,
                #""name":"\#(name)","direction":"\#(direction)""#
            ) { data in
                let list = data["repository"]["pullRequests"]
                list["edges"].forEachElement { edge in
                    let pull = edge["node"]
                    let id = pull["id"].string ?? ""
                    let updated = pull["updatedAt"].string ?? ""
                    #expect(direction == "ASC" ? updated >= last : updated <= last)
                    last = updated
                    #expect(pulls.insert(id).inserted)
                    #expect(pull["state"].string?.lowercased() == truth.pullRequests[id]?.state)
                    #expect(pull["headRefOid"].string == truth.pullRequests[id]?.headCommit)
                    pull["commits"]["nodes"].forEachElement {
                        parts["commits", default: []].insert("\(id):\($0["commit"]["oid"].string ?? "")")
                    }
                    for part in ["reviews", "comments"] {
                        pull[named: part]["nodes"].forEachElement {
                            parts[part, default: []].insert($0["id"].string ?? "")
                        }
                    }
                    for part in ["commits", "reviews", "comments", "reviewThreads"] {
                        let cursor = JSONCursor(pull[named: part]["pageInfo"])
                        if cursor.hasNext { open.append((id, part, cursor.end ?? "")) }
                    }
                    pull["reviewThreads"]["nodes"].forEachElement { thread in
                        thread["comments"]["nodes"].forEachElement {
                            parts["comments", default: []].insert($0["id"].string ?? "")
                        }
                        let cursor = JSONCursor(thread["comments"]["pageInfo"])
                        if cursor.hasNext {
                            open.append((thread["id"].string ?? "", "threadComments", cursor.end ?? ""))
                        }
                    }
                }
                return JSONCursor(list["pageInfo"])
            }
        }
        #expect(pulls == Set(truth.pullRequests.keys))
        #expect(!open.isEmpty)
        while let (id, connection, after) = open.popLast() {
            let isThread = connection == "threadComments"
            let name = isThread ? "comments" : connection
            let type = isThread ? "PullRequestReviewThread" : "PullRequest"
            let fields =
                connection == "commits"
                ? "commit { oid }"
                : connection == "reviewThreads"
                    ? "id comments(first: 100) { pageInfo { hasNextPage endCursor } nodes { id } }" : "id"
            let query =
                "query($id: ID!, $after: String) { node(id: $id) { ... on \(type) { \(name)(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { \(fields) } } } } }"
            try await client.graph(query, #"{"id":"\#(id)","after":"\#(after)"}"#) { root in
                let list = root["data"]["node"][named: name]
                list["nodes"].forEachElement { item in
                    switch connection {
                    case "commits": parts["commits", default: []].insert("\(id):\(item["commit"]["oid"].string ?? "")")
                    case "reviewThreads":
                        item["comments"]["nodes"].forEachElement {
                            parts["comments", default: []].insert($0["id"].string ?? "")
                        }
                        let cursor = JSONCursor(item["comments"]["pageInfo"])
                        if cursor.hasNext { open.append((item["id"].string ?? "", "threadComments", cursor.end ?? "")) }
                    default: parts[name, default: []].insert(item["id"].string ?? "")
                    }
                }
                let cursor = JSONCursor(list["pageInfo"])
                if cursor.hasNext { open.append((id, connection, cursor.end ?? "")) }
            }
        }
        #expect(parts["commits"] == truth.pullRequestCommits)
        #expect(parts["reviews"] == truth.reviews)
        #expect(parts["comments"] == truth.pullRequestComments)
    }

    @Test func `history, releases and deployments are complete; an empty repository has no branch`() async throws {
        let client = client()
        let truth = client.sandbox.groundTruth()
        var (commits, releases, deployments) = (Set<String>(), Set<String>(), Set<String>())
        var empty = 0
        for name in truth.repositories.values.map({ $0.split(separator: "/")[1] }) {
            let query = """
                query($name: String!, $after: String) { repository(owner: "acme", name: $name) { id defaultBranchRef { name target { oid ... on Commit {
                history(first: 100, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { oid message parents(first: 5) { totalCount } } } } } } } }
                """
            try await pages(client, query, #""name":"\#(name)""#) {
                data in
                let repository = data["repository"]
                if repository["defaultBranchRef"].isNull { empty += 1 }
                let history = repository["defaultBranchRef"]["target"]["history"]
                history["nodes"].forEachElement {
                    commits.insert("\(repository["id"].string ?? ""):\($0["oid"].string ?? "")")
                }
                return JSONCursor(history["pageInfo"])
            }
            for (connection, direction) in [("releases", "ASC"), ("deployments", "DESC")] {
                let query =
                    "query($name: String!, $after: String) { repository(owner: \"acme\", name: $name) { \(connection)(first: 10, after: $after, orderBy: {field: CREATED_AT, direction: \(direction)}) { pageInfo { hasNextPage endCursor } edges { cursor node { id createdAt } } } } }"
                try await pages(client, query, #""name":"\#(name)""#) { data in
                    let list = data["repository"][named: connection]
                    list["edges"].forEachElement { edge in
                        if connection == "releases" {
                            releases.insert(edge["node"]["id"].string ?? "")
                        } else {
                            deployments.insert(edge["node"]["id"].string ?? "")
                        }
                    }
                    return JSONCursor(list["pageInfo"])
                }
            }
        }
        #expect(commits == truth.commits && !commits.isEmpty)
        #expect(
            releases == truth.releases && deployments == truth.deployments && !releases.isEmpty && !deployments.isEmpty)
        #expect(empty == 1)
    }

    @Test func `aliases, fragments, inclusion and type names are answered`() async throws {
        let query = """
            query Q($full: Boolean!) {
              rateLimit { cost limit remaining resetAt used }
              me: viewer { ...who name @skip(if: $full) }
              one: repository(owner: "acme", name: "checkout") { nameWithOwner pullRequests(first: 1) { nodes { ... on Node { __typename id } number @include(if: $full) } } }
            }
            fragment who on Actor { __typename login }
            """
        try await client().graph(query, #"{"full":true}"#) { root in
            let data = root["data"]
            #expect(
                data["me"]["__typename"].string == "User" && data["me"]["login"].string == "adaokafor"
                    && data["me"]["name"].isMissing)
            #expect(data["one"]["nameWithOwner"].string == "acme/checkout")
            #expect(data["one"]["pullRequests"]["nodes"][0]["__typename"].string == "PullRequest")
            #expect(data["one"]["pullRequests"]["nodes"][0]["number"].int64 == 1)
            #expect(data["rateLimit"]["cost"].int64 == 1)
        }
    }

    @Test(arguments: [
        ("{ viewer { nope } }", "undefinedField"),
        ("{ repository(owner: \"acme\") { id } }", "missingRequiredArguments"),
        ("{ viewer { login(x: 1) } }", "argumentNotAccepted"), ("{ viewer }", "selectionMismatch"),
        ("{ viewer { login", "Unexpected end"),
        ("{ organization(login: \"acme\") { repositories { totalCount } } }", "MISSING_PAGINATION_BOUNDARIES"),
        ("{ organization(login: \"acme\") { repositories(first: 101) { totalCount } } }", "EXCESSIVE_PAGINATION"),
        ("{ repository(owner: \"acme\", name: \"nope\") { id } }", "NOT_FOUND"),
        ("{ node(id: \"xyz\") { id } }", "NOT_FOUND"),
        (
            "{ organization(login: \"acme\") { repositories(first: 1, after: \"zzz\") { totalCount } } }",
            "INVALID_CURSOR_ARGUMENTS"
        ),
        (
            "{ organization(login: \"acme\") { repositories(first: 100) { nodes { pullRequests(first: 100) { nodes { reviews(first: 100) { totalCount } } } } } } }",
            "MAX_NODE_LIMIT_EXCEEDED"
        ),
    ])
    func `mistakes are told as GitHub tells them`(query: String, words: String) async throws {
        let response = try await client().graphQL(query)
        #expect(response.status == 200)
        #expect(String(decoding: response.body, as: UTF8.self).contains(words))
    }

    @Test func `the price follows the documented formula`() async throws {
        let query =
            "{ rateLimit { cost nodeCount } organization(login: \"acme\") { repositories(first: 100) { nodes { pullRequests(first: 50) { nodes { labels(first: 60) { totalCount } } } } } } }"
        try await client {
            $0.github.heavyNodes = 500_000; $0.github.limitedNodes = 500_000
        }.graph(query) { root in
            // 1 + 100 + 100 x 50 requests.
            #expect(root["data"]["rateLimit"]["cost"].int64 == 51)
            #expect(root["data"]["rateLimit"]["nodeCount"].int64 == 305_100)
        }
    }

    @Test func `a heavy page is a 502 that costs more, a large one loses parts`() async throws {
        let query =
            "{ organization(login: \"acme\") { repositories(first: 100) { nodes { pullRequests(first: 50) { nodes { id labels(first: 60) { totalCount } } } } } } }"
        let heavy = client { $0.github.heavyNodes = 300_000 }
        let before = time.now
        #expect(try await heavy.graphQL(query).status == 502)
        #expect(time.now - before >= .seconds(10))
        #expect(heavy.sandbox.report(.github).windows.last?.used == 102)
        let limited = client {
            $0.github.heavyNodes = 400_000; $0.github.limitedNodes = 300_000
        }
        try await limited.graph(query) { root in
            #expect(root["data"]["organization"]["repositories"]["nodes"].count == 8)
            #expect(root["errors"][0]["type"].string == "RESOURCE_LIMITS_EXCEEDED")
        }
    }

    @Test func `a wrong token is bad credentials`() async throws {
        let response = try await client().graphQL("{ viewer { login } }", token: "wrong")
        #expect(response.status == 401)
        #expect(String(decoding: response.body, as: UTF8.self).contains("Bad credentials"))
    }
}
