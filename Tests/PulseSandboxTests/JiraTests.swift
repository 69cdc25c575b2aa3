import PulseDomain
import PulseHTTP
import PulseJSON
import Testing

@testable import PulseSandbox

@Suite struct `Simulated Jira` {
    let time = VirtualTime()

    private func client(_ change: (inout SandboxOptions) -> Void = { _ in }, faults: FaultPlan = .none) -> NaiveClient {
        var options = SandboxOptions.small
        change(&options)
        return NaiveClient(sandbox: Sandbox(options, time: time, faults: faults))
    }

    @Test func `the same seed gives the same bytes, another seed others`() async throws {
        func bytes(seed: UInt64) async throws -> [[UInt8]] {
            let client = NaiveClient(
                sandbox: Sandbox(
                    {
                        var options = SandboxOptions.small; options.seed = seed; return options
                    }(), time: VirtualTime()))
            return [
                try await client.searchPage("project = PAY ORDER BY updated ASC, key ASC", token: nil),
                try await client.response(.get, "/rest/api/3/project/search").body,
                try await client.graphQL(
                    "{ organization(login: \"acme\") { repositories(first: 5) { nodes { name pullRequests(first: 20) { nodes { id title } } } } } }"
                ).body,
            ]
        }
        let first = try await bytes(seed: 5)
        #expect(try await bytes(seed: 5) == first)
        #expect(try await bytes(seed: 6)[0] != first[0])
    }

    @Test(arguments: ["updated ASC, key ASC", "updated DESC", "key ASC", "id DESC", "created ASC", ""])
    func `a client that follows every page finds everything, once`(order: String) async throws {
        let client = client()
        let truth = client.sandbox.groundTruth()
        var loaded = NaiveClient.Loaded()
        for project in ["PAY", "CHK", "MOB", "SRCH"] {
            try await client.load("project = \(project)\(order.isEmpty ? "" : " ORDER BY \(order)")", into: &loaded)
        }
        #expect(Set(loaded.issues.keys) == Set(truth.issues.keys))
        #expect(loaded.issues == truth.issues.mapValues(\.key))
        #expect(loaded.titles == truth.issues.compactMapValues(\.title))
        #expect(loaded.changes == truth.changes)
        #expect(loaded.comments == truth.comments)
        #expect(loaded.worklogs == truth.worklogs)
        #expect(loaded.links == truth.links)
        #expect(loaded.sprintIssues == truth.sprintIssues)
        #expect(truth.issues.count == 600 && truth.changes.count > 3_000 && truth.links.count > 20)
    }

    @Test func `pages of a search are in order, and none repeats`() async throws {
        let client = client()
        var keys: [Int] = []
        var token: String?
        var reader = JSONReader()
        repeat {
            let body = try await client.searchPage(
                "project = \"PAY\" ORDER BY key ASC", token: token, fields: #"["id"]"#, size: 7)
            token = try reader.read(body) { root in
                root["issues"].forEachElement { keys.append(Int($0["id"].string ?? "") ?? 0) }
                #expect(root["isLast"].bool == root["nextPageToken"].isMissing)
                #expect(root["total"].isMissing && root["startAt"].isMissing)
                return root["nextPageToken"].string
            }
        } while token != nil
        #expect(keys == keys.sorted() && Set(keys).count == keys.count && !keys.isEmpty)
    }

    @Test func `a window of updates is exact to the millisecond`() async throws {
        let client = client()
        let truth = client.sandbox.groundTruth()
        let times = truth.issues.filter { $0.value.key.hasPrefix("PAY-") }.values.map(\.updatedAt).sorted()
        let (from, to) = (times[40].milliseconds, times[120].milliseconds)
        var loaded = NaiveClient.Loaded()
        try await client.load(
            "project = PAY AND updated >= \(from) AND updated < \(to) ORDER BY updated ASC, key ASC", into: &loaded)
        let expected = truth.issues.filter {
            $0.value.key.hasPrefix("PAY-") && $0.value.updatedAt.milliseconds >= from
                && $0.value.updatedAt.milliseconds < to
        }
        #expect(Set(loaded.issues.keys) == Set(expected.keys))
    }

    @Test func `without a list of fields an issue is its id`() async throws {
        let response = try await client().response(.get, "/rest/api/3/search/jql?jql=project%20%3D%20PAY&maxResults=2")
        var reader = JSONReader()
        try reader.read(response.body) { root in
            #expect(root["issues"].count == 2)
            #expect(
                root["issues"][0]["id"].string != nil && root["issues"][0]["key"].isMissing
                    && root["issues"][0]["fields"].isMissing)
        }
    }

    @Test(arguments: [
        ("ORDER BY updated ASC", "Unbounded JQL"), ("project = NOPE", "does not exist for the field 'project'"),
        ("updated >= \\\"2026-01-01T00:00:00Z\\\"", "is invalid"), ("nonsense = 1", "Field 'nonsense' does not exist"),
        ("project = PAY AND", "Error in the JQL Query"), ("key = PAY-99999", "An issue with key"),
    ])
    func `queries are refused in Jira's words`(jql: String, words: String) async throws {
        let response = try await client().response(.post, "/rest/api/3/search/jql", body: #"{"jql":"\#(jql)"}"#)
        #expect(response.status == 400)
        #expect(String(decoding: response.body, as: UTF8.self).contains(words))
    }

    @Test func `a token belongs to its query, and unknown members are refused`() async throws {
        let client = client()
        var reader = JSONReader()
        let token = try reader.read(try await client.searchPage("project = PAY", token: nil, size: 5)) {
            $0["nextPageToken"].string
        }
        await #expect(throws: NaiveClient.Refused.self) { try await client.searchPage("project = CHK", token: token) }
        let response = try await client.response(
            .post, "/rest/api/3/search/jql", body: #"{"jql":"project = PAY","startAt":3}"#)
        #expect(response.status == 400)
    }

    @Test(arguments: ["2", "3", "latest"])
    func `the old search is gone`(version: String) async throws {
        let response = try await client().response(.get, "/rest/api/\(version)/search?jql=project=PAY")
        #expect(response.status == 410)
        #expect(String(decoding: response.body, as: UTF8.self).contains("CHANGE-2046"))
    }

    @Test func `a long changelog is cut at forty, newest first, and whole elsewhere`() async throws {
        let client = client()
        let url = "/rest/api/3/search/jql?jql=key%20in%20(PAY-9,PAY-3)&fields=updated&expand=changelog"
        var ids: [String] = []
        try await client.read(.get, url) { root in
            root["issues"].forEachElement { issue in
                let log = issue["changelog"]
                #expect(log["histories"].count == 40 && (log["total"].int64 ?? 0) > 40)
                #expect((log["histories"][0]["created"].string ?? "") > (log["histories"][39]["created"].string ?? ""))
                #expect(issue["fields"].count == 1)
                ids.append(issue["id"].string ?? "")
            }
        }
        #expect(ids.count == 2)
        var found = 0
        var token: String?
        var numeric = 0
        repeat {
            let next = token.map { #","nextPageToken":"\#($0)""# } ?? ""
            token = try await client.read(
                .post, "/rest/api/3/changelog/bulkfetch",
                body: #"{"issueIdsOrKeys":["PAY-9","PAY-3"],"maxResults":50\#(next)}"#
            ) { root in
                root["issueChangeLogs"].forEachElement { log in
                    found += log["changeHistories"].count
                    log["changeHistories"].forEachElement { if $0["created"].kind == .number { numeric += 1 } }
                }
                return root["nextPageToken"].string
            }
        } while token != nil
        let world = JiraWorld(options: .small, startsAt: client.sandbox.startsAt.milliseconds)
        let expected = try ids.reduce(0) { $0 + world.historyCount(try #require(world.record(Int($1) ?? 0))) }
        #expect(found == expected && numeric == expected)
    }

    @Test func `catalogues have what the contract says`() async throws {
        let client = client()
        try await client.read(.get, "/rest/api/3/serverInfo") { #expect($0["deploymentType"].string == "Cloud") }
        try await client.read(.get, "/rest/api/3/myself") {
            #expect($0["timeZone"].string == "Asia/Kolkata" && $0["accountId"].string != nil)
        }
        try await client.read(.get, "/rest/api/3/mypermissions?permissions=BROWSE_PROJECTS") {
            #expect($0["permissions"]["BROWSE_PROJECTS"]["havePermission"].bool == true)
        }
        try await client.read(.get, "/rest/api/3/project/search?maxResults=3") { root in
            #expect(root["values"].count == 3 && root["total"].int64 == 4 && root["isLast"].bool == false)
            #expect(root["values"][0]["key"].string == "CHK")
        }
        try await client.read(.get, "/rest/api/3/status") {
            #expect($0.count == 14 && $0[13]["scope"]["type"].string == "PROJECT")
        }
        try await client.read(.get, "/rest/api/3/issuetype") { #expect($0.count == 10) }
        try await client.read(.get, "/rest/api/3/field") { root in
            var points = 0
            root.forEachElement { if $0["name"].isString("Story Points") { points += 1 } }
            #expect(points == 2)
        }
        try await client.read(.get, "/rest/agile/1.0/board") {
            #expect($0["values"].count == 4 && $0["isLast"].bool == true)
        }
        try await client.read(.get, "/rest/agile/1.0/board/1/configuration") {
            #expect($0["estimation"]["field"]["fieldId"].string == "customfield_10026")
        }
        try await client.read(.get, "/rest/agile/1.0/board/1/sprint?startAt=50") {
            #expect($0["values"].count > 0 && $0["values"][0]["originBoardId"].int64 == 1)
        }
        try await client.read(.get, "/rest/api/3/project/PAY/version") { #expect($0["values"].count >= 8) }
    }

    @Test func `nobody sees nothing, and a wrong token is refused`() async throws {
        let sandbox = client().sandbox
        let base = sandbox.options.jira.url
        let search = try await sandbox.send(HTTPRequest(url: base + "/rest/api/3/search/jql?jql=project=PAY"))
        #expect(search.status == 400)
        let projects = try await sandbox.send(HTTPRequest(url: base + "/rest/api/3/project/search"))
        #expect(projects.status == 200 && String(decoding: projects.body, as: UTF8.self).contains("\"total\":0"))
        let wrong = try await sandbox.send(
            HTTPRequest(url: base + "/rest/api/3/myself", headers: ["Authorization": "Basic bm86bm8="]))
        #expect(wrong.status == 401 && wrong.headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED")
        await #expect(throws: HTTPError.cannotResolveHost(HTTPError.Origin(host: "elsewhere.example"))) {
            try await sandbox.send(HTTPRequest(url: "https://elsewhere.example/"))
        }
    }

    @Test func `Data Center pages by offset and writes sprints as Java does`() async throws {
        var client = client()
        client.isDataCenter = true
        var ids: Set<String> = []
        var start = 0
        var total = 0
        var hasJavaSprint = false
        repeat {
            (start, total) = try await client.read(
                .get,
                "/rest/api/2/search?jql=project%20%3D%20PAY%20ORDER%20BY%20key&startAt=\(start)&maxResults=60&fields=*all&expand=changelog"
            ) { root in
                root["issues"].forEachElement { issue in
                    ids.insert(issue["id"].string ?? "")
                    #expect(issue["changelog"]["total"].int64 == Int64(issue["changelog"]["histories"].count))
                    #expect(
                        issue["fields"]["reporter"]["accountId"].isMissing
                            && issue["fields"]["reporter"]["name"].string != nil)
                    if issue["fields"]["customfield_11020"][0].string?.hasPrefix(
                        "com.atlassian.greenhopper.service.sprint.Sprint@") == true
                    {
                        hasJavaSprint = true
                    }
                }
                return (start + root["issues"].count, Int(root["total"].int64 ?? 0))
            }
        } while start < total
        #expect(ids == Set(client.sandbox.groundTruth().issues.filter { $0.value.key.hasPrefix("PAY-") }.keys))
        #expect(hasJavaSprint)
        #expect(try await client.response(.get, "/rest/api/2/issue/PAY-1/changelog").status == 404)
        #expect(try await client.response(.get, "/rest/api/2/project/search").status == 404)
    }

    @Test func `issues that are kept in memory are the same as those made anew`() async throws {
        let (plain, cached) = (
            client { $0.jira.eventsPerHour = 60 },
            client {
                $0.jira.eventsPerHour = 60; $0.jira.cacheInMegabytes = 2
            }
        )
        for _ in 0..<3 {
            for _ in 0..<2 {
                let jql = "project = PAY ORDER BY updated DESC"
                #expect(try await plain.searchPage(jql, token: nil) == cached.searchPage(jql, token: nil))
            }
            time.advance(by: .hours(6))
        }
    }

    @Test func `an issue with all its fields is about thirteen kilobytes`() async throws {
        let client = client()
        let body = try await client.searchPage("project = PAY", token: nil)
        #expect((9_000...18_000).contains(body.count / 100))
    }
}
