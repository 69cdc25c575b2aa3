import Foundation
import PulseDomain
import PulseHTTP
import PulseSandbox
import PulseSandboxServer
import Testing

/// What comes over the network is what the sandbox says.
@Suite(.timeLimit(.minutes(2))) struct SameAnswersTests {
    static func sandbox(_ options: SandboxOptions = .small, quotas: SandboxQuotas = .unlimited) -> Sandbox {
        Sandbox(options, time: HeldTime(), quotas: quotas)
    }

    struct Question: Sendable, CustomTestStringConvertible {
        var door: Served.Door
        var path: String
        var body: String?
        var testDescription: String { "\(door) \(path)" }
    }

    @Test(arguments: [
        Question(door: .cloud, path: "/rest/api/3/serverInfo"),
        Question(door: .cloud, path: "/rest/api/3/project/search?maxResults=3&startAt=1"),
        Question(door: .cloud, path: "/rest/api/3/nothing/here"),
        Question(
            door: .cloud, path: "/rest/api/3/search/jql",
            body: #"{"jql":"summary ~ \"München\" order by id","maxResults":10,"fields":["summary"]}"#),
        Question(door: .dataCenter, path: "/rest/api/2/search?jql=order%20by%20key&maxResults=7&fields=summary,status"),
        Question(door: .github, path: "/graphql", body: #"{"query":"{ viewer { login } rateLimit { limit } }"}"#),
        Question(door: .github, path: "/graphql", body: #"{"query":"{ nonsense"}"#),
    ])
    func `status, body and every header are those of the sandbox`(_ question: Question) async throws {
        try await Served.serving(Self.sandbox()) { served in
            // A second sandbox: what the first answer cost must not show in the other.
            let twin = Served(
                sandbox: Self.sandbox(), server: served.server, group: served.group, port: 0, client: served.client)
            let expected = try await twin.askDirectly(question.door, question.path, body: question.body)
            let got = try await served.ask(question.door, question.path, body: question.body)
            #expect(got.status == expected.status)
            #expect(got.body == expected.body)
            for field in expected.headers {
                #expect(got.headers[field.name] == field.value, "\(field.name)")
            }
        }
    }

    @Test func `walking through a whole project over the network gives the pages that the sandbox gives`() async throws
    {
        @Sendable func pages(_ ask: (String) async throws -> HTTPResponse) async throws -> [[UInt8]] {
            var pages: [[UInt8]] = []
            var token = ""
            while true {
                let response = try await ask(
                    #"{"jql":"project = PAY order by id","maxResults":50,"fields":["*all"],"expand":"changelog"\#(token)}"#
                )
                try #require(response.status == 200)
                pages.append(response.body)
                let page = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
                guard let next = page?["nextPageToken"] as? String else { return pages }
                token = #","nextPageToken":"\#(next)""#
            }
        }
        try await Served.serving(Self.sandbox()) { served in
            let direct = try await pages { try await served.askDirectly(.cloud, "/rest/api/3/search/jql", body: $0) }
            let remote = try await pages { try await served.ask(.cloud, "/rest/api/3/search/jql", body: $0) }
            #expect(direct.count > 3)
            #expect(remote == direct)
        }
    }

    @Test(arguments: Served.Door.allCases) func `a wrong credential is refused as the provider does`(
        _ door: Served.Door
    ) async throws {
        try await Served.serving(Self.sandbox()) { served in
            let path = door == .github ? "/graphql" : "/rest/api/2/myself"
            let request = served.request(
                door, path, body: door == .github ? "{}" : nil,
                credential: door == .cloud ? "Basic bm9ib2R5Ondyb25n" : "Bearer wrong")
            let response = try await served.client.send(request)
            #expect(response.status == 401)
            if door == .cloud { #expect(response.headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED") }
        }
    }

    @Test func `a limit arrives with its headers`() async throws {
        let quotas = SandboxQuotas(jira: JiraQuota(burstCapacity: 2, burstPerSecond: 1))
        try await Served.serving(Self.sandbox(quotas: quotas)) { served in
            var responses: [HTTPResponse] = []
            for _ in 0..<3 { responses.append(try await served.ask(.cloud, "/rest/api/3/myself")) }
            #expect(responses.map(\.status) == [200, 200, 429])
            let headers = responses[2].headers
            #expect(headers["Retry-After"] == "1")
            #expect(headers["X-RateLimit-Remaining"] == "0")
            #expect(headers["RateLimit-Reason"] == "jira-burst-based")
            #expect(headers["X-RateLimit-Limit"] == "2")
        }
    }

    @Test func `a page of megabytes arrives whole, compressed for who takes that`() async throws {
        var options = SandboxOptions.small
        options.jira.customFields = 400
        let query = #"{"jql":"project = PAY order by id","maxResults":100,"fields":["*all"]}"#
        try await Served.serving(Self.sandbox(options)) { served in
            let direct = try await served.askDirectly(.cloud, "/rest/api/3/search/jql", body: query)
            let remote = try await served.ask(.cloud, "/rest/api/3/search/jql", body: query)
            #expect(direct.body.count > 3 << 20)
            #expect(remote.body == direct.body)
            #expect(remote.headers["Content-Encoding"] == "gzip")
            let raw = try RawClient(port: served.port)
            await raw.send("GET /jira/rest/api/3/field HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await raw.receive(until: "\r\n\r\n").contains("ncoding: gzip") == false)
        }
    }

    @Test func `a client that keeps the provider's name is served by it`() async throws {
        try await Served.serving(Self.sandbox()) { served in
            let raw = try RawClient(port: served.port)
            await raw.send("GET /rest/api/3/serverInfo HTTP/1.1\r\nHost: acme.atlassian.net:443\r\n\r\n")
            #expect(await raw.receive(until: "deploymentType").contains("HTTP/1.1 200"))
        }
    }
}
