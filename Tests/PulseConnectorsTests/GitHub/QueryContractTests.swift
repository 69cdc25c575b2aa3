import Testing

@testable import PulseConnectors

@Suite struct `The queries sent to GitHub` {
    @Test(arguments: GitHubQuery.all.map(\.name))
    func `are what GitHub's schema allows`(_ name: String) throws {
        let query = try #require(GitHubQuery.all.first { $0.name == name })
        let document = try GraphQLDocument(query.text)
        #expect(document.operation == name)
        #expect(try GraphQLSchema.extract().faults(in: document) == [])
    }

    @Test func `have distinct names, so that an answer can be told by its operation`() {
        #expect(Set(GitHubQuery.all.map(\.name)).count == GitHubQuery.all.count)
    }

    @Test(arguments: GitHubQuery.all.map(\.name))
    func `ask what they cost`(_ name: String) throws {
        let query = try #require(GitHubQuery.all.first { $0.name == name })
        #expect(query.text.contains("rateLimit { cost limit remaining resetAt used }"))
    }

    /// A query that is wrong in one way, and what is said about it.
    struct Wrong: Sendable, CustomTestStringConvertible {
        var text: String
        var fault: String
        var testDescription: String { fault }
    }

    @Test(arguments: [
        Wrong(text: "query Q { viewer { logn } }", fault: "User has no field logn"),
        Wrong(text: "query Q { repository(owner: \"a\") { id } }", fault: "Query.repository needs name"),
        Wrong(
            text: "query Q { repository(owner: \"a\", name: \"b\", x: 1) { id } }", fault: "Query.repository takes no x"
        ),
        Wrong(text: "query Q { viewer }", fault: "Query.viewer selects too much or too little"),
        Wrong(
            text: "query Q($n: Int!) { repository(owner: \"a\", name: $n) { id } }",
            fault: "Query.repository(name) is String!, $n is Int!"),
        Wrong(text: "query Q($n: Int!) { viewer { login } }", fault: "variable $n is never used"),
        Wrong(
            text: "query Q { viewer { repositories { totalCount } } }",
            fault: "User.repositories is not bounded by first"),
        Wrong(
            text: "query Q { viewer { repositories(first: 101) { totalCount } } }",
            fault: "User.repositories(first) cannot be 101"),
        Wrong(
            text: "query Q { viewer { repositories(first: 1, orderBy: {field: AGE, direction: ASC}) { totalCount } } }",
            fault: "User.repositories(orderBy)(field) cannot be AGE"),
        Wrong(text: "query Q { viewer { ...x } }", fault: "fragment x is missing"),
        Wrong(text: "query Q { viewer { ... on Commit { oid } } }", fault: "Commit is never a User"),
    ])
    func `would be found wrong by this check`(_ wrong: Wrong) throws {
        #expect(try GraphQLSchema.extract().faults(in: GraphQLDocument(wrong.text)) == [wrong.fault])
    }

    /// Sizes that the connector ever uses.
    static let sizes = [1, 2, 25, 50, 100].map(GitHubSizes.page) + [.light]

    @Test(arguments: GitHubQuery.all.map(\.name), sizes)
    func `stay within the allowed nodes, at the price that is reckoned with`(_ name: String, _ sizes: GitHubSizes)
        throws
    {
        let query = try #require(GitHubQuery.all.first { $0.name == name })
        let document = try GraphQLDocument(query.text)
        let counted = document.requestsAndNodes(sizes)
        #expect(query.nodes(sizes) == counted.nodes)
        #expect(counted.nodes <= 500_000)
        // Half a point is rounded up.
        #expect(query.cost(sizes) == max(1, Int((Double(counted.requests) / 100).rounded())))
    }

    @Test func `cost what the published formula says`() {
        // 1 for the list, 25 each for labels, commits, reviews, comments and threads, 25 x 6 for the threads' comments.
        #expect(GitHubQuery.pullRequests.cost(.page(25)) == 3)
        #expect(GitHubQuery.pullRequests.cost(.page(100)) == 11)
        #expect(GitHubQuery.pullRequests.cost(.light) == 1)
        #expect(GitHubQuery.commitHistory.cost(.page(100)) == 1)
        #expect(GitHubQuery.pullRequests.nodes(.page(100)) == 100 + 100 * (100 + 20 + 20 + 20 + 6 + 48))
    }
}

extension GraphQLDocument {
    /// Requests and nodes by GitHub's formula, counted from the text itself.
    func requestsAndNodes(_ sizes: GitHubSizes) -> (requests: Int, nodes: Int) { count(selections, 1, sizes) }

    private func count(_ selections: [Selection], _ parents: Int, _ sizes: GitHubSizes) -> (requests: Int, nodes: Int) {
        var (requests, nodes) = (0, 0)
        for selection in selections {
            let inner: (requests: Int, nodes: Int)
            switch selection {
            case .inline(_, let selections): inner = count(selections, parents, sizes)
            case .spread(let name): inner = count(fragments[name]?.selections ?? [], parents, sizes)
            case .field(let field):
                guard let first = field.arguments.first(where: { $0.name == "first" })?.value else {
                    inner = count(field.selections, parents, sizes)
                    break
                }
                let size: Int =
                    switch first {
                    case .variable("nested"): sizes.nested
                    case .variable("threads"): sizes.threads
                    case .variable("threadComments"): sizes.threadComments
                    case .literal(let number): Int(number) ?? 0
                    default: sizes.first
                    }
                let below = count(field.selections, parents * size, sizes)
                inner = (parents + below.requests, parents * size + below.nodes)
            }
            requests += inner.requests
            nodes += inner.nodes
        }
        return (requests, nodes)
    }
}
