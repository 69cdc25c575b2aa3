import PulseDomain
import PulseHTTP
import Testing

@testable import PulseConnectors

@Suite struct JiraIdentifyTests {
    private static let catalogue = #"""
        [{"id":"summary","name":"Summary","schema":{"type":"string","system":"summary"}},
         {"id":"customfield_10020","name":"Sprint","schema":{"type":"array","custom":"com.pyxis.greenhopper.jira:gh-sprint"}},
         {"id":"customfield_10014","name":"Epic Link","schema":{"type":"any","custom":"com.pyxis.greenhopper.jira:gh-epic-link"}},
         {"id":"customfield_10016","name":"Story point estimate","schema":{"type":"number","custom":"com.pyxis.greenhopper.jira:jsw-story-points"}},
         {"id":"customfield_10030","name":"Story Points","schema":{"type":"number","custom":"com.atlassian.jira.plugin.system.customfieldtypes:float"}},
         {"id":"customfield_10031","name":"Story Points","schema":{"type":"number","custom":"com.atlassian.jira.plugin.system.customfieldtypes:float"}},
         {"id":"customfield_10021","name":"Flagged","schema":{"type":"array","custom":"com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes"}},
         {"id":"customfield_10040","name":"Story Points","schema":{"type":"string"}}]
        """#

    /// A site by the ends of its paths; what is not listed is not found.
    private func site(
        _ answers: [String: HTTPResponse], user: String? = "me@example.com", projects: [String] = []
    ) throws -> ScriptedClient {
        let usual: [String: HTTPResponse] = [
            "serverInfo": .json(#"{"version":"1001.0.0-SNAPSHOT","deploymentType":"Cloud"}"#),
            "myself": .json(#"{"accountId":"5b10","displayName":"Mia","active":true,"timeZone":"Australia/Sydney"}"#),
            "mypermissions": .json(#"{"permissions":{"BROWSE_PROJECTS":{"havePermission":true}}}"#),
            "field": .json(Self.catalogue),
            "board": .json(
                #"{"isLast":true,"total":3,"values":[{"id":84,"name":"Payments","type":"scrum","location":{"projectKey":"PAY"}},{"id":85,"name":"Ops","type":"simple","location":{"projectKey":"OPS"}},{"id":92,"name":"K","type":"kanban"}]}"#
            ),
        ]
        return ScriptedClient(
            try JiraSample.connector(user: user, projects: projects)
        ) { request, _ in
            let path = request.line(base: "https://example.atlassian.net")
            let last = path.split(separator: "/").last.map(String.init) ?? ""
            let board = path.contains("/board/") ? path.split(separator: "/").suffix(2).joined(separator: "/") : last
            return answers[board] ?? usual[board] ?? .json(#"{"errorMessages":["gone"]}"#, status: 404)
        }
    }

    private func configuration(_ field: String, project: String) -> HTTPResponse {
        .json(
            #"{"estimation":{"type":"field","field":{"fieldId":"\#(field)"}},"location":{"type":"project","id":"\#(project)"}}"#
        )
    }

    @Test func `Cloud is recognised, with account, zone and the fields that boards name`() async throws {
        let client = try site([
            "84/configuration": configuration("customfield_10031", project: "10000"),
            "85/configuration": configuration("customfield_10016", project: "10001"),
        ])
        let identity = try await client.connector.identify(through: client)
        #expect(identity.product == "Jira Cloud")
        #expect(identity.dialect == "cloud")
        #expect((identity.account, identity.timeZone) == ("Mia", "Australia/Sydney"))
        #expect(identity.scopes == ["BROWSE_PROJECTS"])
        #expect(identity.warnings == [])
        let details = JiraDetails(identity.details)
        #expect(details.sprintFields == [10_020])
        #expect(details.epicFields == [10_014])
        #expect(details.flagFields == [10_021])
        #expect(details.estimateFields == [10_016, 10_031, 10_030])
        #expect(details.estimates(project: "10000") == [10_031, 10_016, 10_031, 10_030])
        #expect(details.estimates(project: "777") == [10_016, 10_031, 10_030])
        #expect(details.boards == ["84": "Payments", "85": "Ops", "92": "K"])
        #expect(client.requests.contains { $0.http.url.hasSuffix("/rest/api/3/myself") })
    }

    @Test func `Data Center is spoken to in version 2`() async throws {
        let client = try site(
            [
                "serverInfo": .json(#"{"version":"10.3.1","deploymentType":"Server"}"#),
                "myself": .json(#"{"key":"JIRAUSER10100","name":"fred","displayName":"Fred"}"#),
            ], user: nil)
        let identity = try await client.connector.identify(through: client)
        #expect((identity.product, identity.dialect) == ("Jira Data Center 10.3.1", "datacenter"))
        #expect(client.requests.allSatisfy { !$0.http.url.contains("/rest/api/3/") })
    }

    @Test(arguments: [
        ("myself", HTTPResponse.json(#"{"displayName":"Anonymous"}"#), "jira.anonymous"),
        ("myself", .json("Client must be authenticated to access this resource.", status: 401), "jira.unauthorised"),
        ("myself", .json("<html>log in</html>"), "jira.unauthorised"),
        ("serverInfo", .json("<html>404</html>", status: 404), "jira.not_found"),
        ("serverInfo", .json("{}"), "jira.page.shape"),
    ])
    func `a login that would look like empty data fails`(path: String, answer: HTTPResponse, code: String) async throws
    {
        let client = try site([path: answer])
        await #expect {
            try await client.connector.identify(through: client)
        } throws: { error in
            guard let failure = error as? Failure else { return false }
            return failure.code == code && !failure.remedy.isEmpty
        }
    }

    @Test func `what is missing is warned of`() async throws {
        let client = try site([
            "mypermissions": .json(#"{"permissions":{"BROWSE_PROJECTS":{"havePermission":false}}}"#),
            "myself": .json(#"{"accountId":"5b10","displayName":"Mia","active":false}"#),
            "board": .json(#"{"message":"no licence"}"#, status: 403),
        ])
        let identity = try await client.connector.identify(through: client)
        #expect(identity.warnings.count == 3)
        #expect(identity.scopes == [])
        #expect(JiraDetails(identity.details).estimateFields == [10_016, 10_030, 10_031])
    }

    @Test func `only boards of configured projects are asked how they estimate`() async throws {
        let client = try site(
            ["85/configuration": configuration("customfield_10030", project: "10001")], projects: ["ops"])
        let identity = try await client.connector.identify(through: client)
        #expect(JiraDetails(identity.details).estimateFields == [10_030, 10_016, 10_031])
        #expect(client.requests.filter { $0.http.url.hasSuffix("/configuration") }.count == 1)
    }

    @Test(arguments: [nil, "", "example.atlassian.net", "https://x/?a=b"])
    func `an address that is none is refused with a remedy`(url: String?) {
        #expect {
            try JiraConnector(SourceConfiguration(name: "tracker", kind: .jira, url: url))
        } throws: { ($0 as? Failure)?.code == "jira.config.url" }
    }
}
