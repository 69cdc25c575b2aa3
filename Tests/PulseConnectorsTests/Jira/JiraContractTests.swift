import PulseDomain
import PulseHTTP
import Testing

@testable import PulseConnectors

@Suite struct JiraContractTests {
    /// Every request, with small, usual and excessive values.
    private func all(_ dialect: JiraDialect, size: Int) -> [SourceRequest] {
        let requests = JiraRequests(base: "https://example.atlassian.net", dialect: dialect)
        let ids = (0..<1_500).map { String(10_000 + $0) }
        var all = [
            requests.serverInfo(), requests.myself(), requests.permissions(), requests.fieldCatalogue(),
            requests.issueTypes(), requests.statuses(), requests.versions(project: "PAY", start: size, size: size),
            requests.boards(start: size), requests.boardConfiguration(board: 84),
            requests.sprints(board: 84, start: size), requests.comments(issue: "10001", start: size, size: size),
            requests.worklogs(issue: "10001", start: size, size: size),
            requests.projects(start: size, size: size, keys: []),
            requests.projects(start: size, size: size, keys: ["PAY", "OPS"]),
            requests.projects(start: size, size: size, keys: ids),
        ]
        let jql = [JQL.all(project: "PAY"), JQL.changed(project: #"A "B"\"#, from: 0, to: 1_767_225_600_000)]
        switch dialect {
        case .cloud:
            for jql in jql {
                for idsOnly in [true, false] {
                    all.append(requests.search(jql: jql, token: nil, size: size, idsOnly: idsOnly))
                    all.append(requests.search(jql: jql, token: "a=b+c", size: size, idsOnly: idsOnly))
                }
            }
            all.append(requests.changelog(issue: "10001", start: size))
            all.append(requests.changelogs(issues: ids, token: nil, size: size))
            all.append(requests.changelogs(issues: ["1"], token: "UxAQBFRF", size: size))
        case .dataCenter:
            for jql in jql {
                for idsOnly in [true, false] {
                    all.append(requests.search(jql: jql, start: size, size: size, idsOnly: idsOnly))
                }
            }
            all.append(requests.issueWithChangelog(issue: "10001"))
        }
        return all
    }

    @Test(arguments: [1, 100, 100_000])
    func `every request to Cloud is valid against Atlassian's documents`(size: Int) {
        for request in all(.cloud, size: size) {
            #expect(JiraContract.cloud.violations(of: request) == [], "\(request.http.url)")
        }
    }

    @Test(arguments: [1, 100, 100_000])
    func `every request to Data Center is valid against its reference`(size: Int) {
        for request in all(.dataCenter, size: size) {
            #expect(JiraContract.dataCenter.violations(of: request) == [], "\(request.http.url)")
        }
    }

    @Test func `the check finds what is wrong`() {
        let base = "https://example.atlassian.net/rest/api/3"
        func problems(_ method: HTTPMethod, _ url: String, _ body: String? = nil) -> [String] {
            let http = HTTPRequest(method: method, url: url, body: body.map { Array($0.utf8) })
            return JiraContract.cloud.violations(of: SourceRequest(http, endpoint: "search", bucket: "burst"))
        }
        #expect(problems(.post, "\(base)/search/jql", #"{"jql":"x","startAt":0}"#) == ["body may not have startAt"])
        #expect(problems(.post, "\(base)/search/jql", #"{"fields":"id"}"#) == ["body.fields is no array"])
        #expect(problems(.get, "\(base)/search?jql=x") == ["no such path: /rest/api/3/search"])
        #expect(problems(.get, "\(base)/project/search?maxResults=200") == ["maxResults is above 100"])
        #expect(problems(.get, "\(base)/project/search?status=gone") == ["status may not be gone"])
        #expect(problems(.post, "\(base)/changelog/bulkfetch", "{}") == ["body lacks issueIdsOrKeys"])
    }

    @Test func `no search is unbounded, and moments have no zone`() {
        #expect(
            JQL.changed(project: "PAY", from: -5, to: nil)
                == #"project = "PAY" AND updated >= 0 ORDER BY updated ASC, key ASC"#)
        #expect(
            JQL.changed(project: #"P"A\Y"#, from: 1_767_225_600_123, to: 1_767_225_700_000)
                == #"project = "P\"A\\Y" AND updated >= 1767225600123 AND updated < 1767225700000 "#
                + "ORDER BY updated ASC, key ASC")
        #expect(JQL.all(project: "PAY") == #"project = "PAY" ORDER BY key ASC"#)
    }

    @Test func `searches ask for fields and changelogs, a census for ids`() {
        let requests = JiraRequests(base: "https://example.atlassian.net", dialect: .cloud)
        #expect(
            requests.search(jql: "x", token: nil, size: 250, idsOnly: false).said
                == #"{"jql":"x","maxResults":100,"fields":["*all","-attachment","-thumbnail","-votes","-watches","#
                + #""-lastViewed"],"expand":"changelog"}"#)
        #expect(
            requests.search(jql: "x", token: "t", size: 9_000, idsOnly: true).said
                == #"{"jql":"x","maxResults":5000,"fields":["id"],"nextPageToken":"t"}"#)
    }

    @Test(arguments: [
        ("me@example.com", "tok=en", "Basic bWVAZXhhbXBsZS5jb206dG9rPWVu"), ("a", "b", "Basic YTpi"),
        ("ä", "", "Basic w6Q6"), (nil, "pat", "Bearer pat"), ("", "pat", "Bearer pat"),
    ])
    func `Cloud takes Basic, Data Center a bearer token`(user: String?, token: String, expected: String) {
        #expect(JiraConnector.authorization(user: user, token: token) == expected)
    }
}
