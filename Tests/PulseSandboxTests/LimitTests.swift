import PulseDomain
import PulseHTTP
import PulseJSON
import Testing

@testable import PulseSandbox

@Suite struct `Limits of the simulated sources` {
    let time = VirtualTime()

    private func client(_ quotas: SandboxQuotas, faults: FaultPlan = .none) -> NaiveClient {
        NaiveClient(sandbox: Sandbox(.small, time: time, faults: faults, quotas: quotas))
    }

    @Test func `a burst empties the bucket of one endpoint, and it fills again`() async throws {
        let client = client(SandboxQuotas(jira: JiraQuota(burstCapacity: 5, burstPerSecond: 2)))
        for _ in 0..<5 { #expect(try await client.response(.get, "/rest/api/3/myself").status == 200) }
        let refused = try await client.response(.get, "/rest/api/3/myself")
        #expect(refused.status == 429)
        #expect(refused.headers["Retry-After"] == "1" && refused.headers["RateLimit-Reason"] == "jira-burst-based")
        #expect(
            refused.headers["X-RateLimit-Reset"]?.hasSuffix("Z") == true
                && refused.headers["X-RateLimit-Reset"]?.count == 17)
        #expect(client.sandbox.report().violations == 0 && client.sandbox.report().rejected == 1)
        #expect(try await client.response(.get, "/rest/api/3/field").status == 200)
        #expect(client.sandbox.report(.jiraCloud).violations == 1)
        time.advance(by: .seconds(1))
        #expect(try await client.response(.get, "/rest/api/3/myself").status == 200)
        #expect(client.sandbox.report(.jiraCloud).violations == 1)
    }

    @Test func `points are counted by what is read, and told`() async throws {
        let client = client(SandboxQuotas(jira: JiraQuota(pointsPerHour: 1_000)))
        let response = try await client.response(
            .post, "/rest/api/3/search/jql", body: #"{"jql":"project = PAY","fields":["summary"],"maxResults":50}"#)
        #expect(response.headers["Beta-RateLimit"] == #""global-app-quota";r=949;t=3600"#)
        for _ in 0..<19 {
            _ = try await client.response(
                .post, "/rest/api/3/search/jql", body: #"{"jql":"project = PAY","fields":["summary"],"maxResults":50}"#)
        }
        let refused = try await client.response(.get, "/rest/api/3/myself")
        #expect(
            refused.status == 429 && refused.headers["RateLimit-Reason"] == "jira-quota-global-based"
                && refused.headers["Retry-After"] == "3600")
        #expect(client.sandbox.report(.jiraCloud).windows.first { $0.bucket == "jira.points" }?.share == 1)
        time.advance(by: .hours(1))
        #expect(try await client.response(.get, "/rest/api/3/myself").status == 200)
    }

    @Test func `GitHub's points run out with status 200, and come back with the window`() async throws {
        let client = client(SandboxQuotas(github: GitHubQuota(points: 3)))
        for left in [2, 1, 0] {
            let response = try await client.graphQL("{ viewer { login } }")
            #expect(response.headers["x-ratelimit-remaining"] == String(left))
            #expect(response.headers["x-ratelimit-reset"] == String(time.now.seconds + 3_600))
        }
        let refused = try await client.graphQL("{ viewer { login } }")
        #expect(refused.status == 200 && String(decoding: refused.body, as: UTF8.self).contains("\"RATE_LIMIT\""))
        let report = client.sandbox.report(.github)
        // The last good answer had told that nothing is left.
        #expect(report.violations == 1 && report.rejected == 1 && report.windows.last?.used == 3)
        time.advance(by: .hours(1))
        #expect(try await client.graphQL("{ viewer { login } }").headers["x-ratelimit-remaining"] == "2")
        #expect(client.sandbox.report(.github).windows.map(\.used) == [3, 1])
    }

    @Test func `too many queries a minute meet the secondary limit, which grows for who goes on`() async throws {
        let client = client(SandboxQuotas(github: GitHubQuota(pointsPerMinute: 4)))
        for _ in 0..<4 { #expect(try await client.graphQL("{ viewer { login } }").status == 200) }
        let refused = try await client.graphQL("{ viewer { login } }")
        #expect(refused.status == 403 && refused.headers["retry-after"] == "60")
        let again = try await client.graphQL("{ viewer { login } }")
        #expect(
            again.status == 200 && again.headers["retry-after"] == "120"
                && String(decoding: again.body, as: UTF8.self).contains("secondary rate limit"))
        time.advance(by: .seconds(120))
        #expect(try await client.graphQL("{ viewer { login } }").headers["retry-after"] == nil)
    }

    @Test func `Data Center tells its bucket`() async throws {
        var client = client(SandboxQuotas(jira: JiraQuota(dataCenterCapacity: 2, dataCenterPerSecond: 1)))
        client.isDataCenter = true
        let first = try await client.response(.get, "/rest/api/2/myself")
        #expect(
            first.headers["X-RateLimit-Remaining"] == "1" && first.headers["X-RateLimit-FillRate"] == "1"
                && first.headers["Retry-After"] == "0")
        _ = try await client.response(.get, "/rest/api/2/myself")
        #expect(try await client.response(.get, "/rest/api/2/myself").status == 429)
    }
}

@Suite struct `Faults of the simulated sources` {
    let time = VirtualTime()

    private func client(_ faults: FaultPlan) -> NaiveClient {
        NaiveClient(sandbox: Sandbox(.small, time: time, faults: faults, quotas: .unlimited))
    }

    @Test func `an outage begins and ends on time, for its source only`() async throws {
        let client = client(
            FaultPlan(windows: [
                FaultWindow(.jira, from: .seconds(10), lasting: .seconds(20), .status(503, retryAfter: .seconds(7)))
            ]))
        #expect(try await client.response(.get, "/rest/api/3/myself").status == 200)
        time.advance(by: .seconds(10))
        let broken = try await client.response(.get, "/rest/api/3/myself")
        #expect(broken.status == 503 && broken.headers["Retry-After"] == "7")
        #expect(try await client.graphQL("{ viewer { login } }").status == 200)
        time.advance(by: .seconds(20))
        #expect(try await client.response(.get, "/rest/api/3/myself").status == 200)
    }

    @Test func `a project and a repository fail by themselves`() async throws {
        let client = client(
            FaultPlan(windows: [
                FaultWindow(.project("PAY"), from: .zero, lasting: .hours(1), .status(500)),
                FaultWindow(.repository("payments"), from: .zero, lasting: .hours(1), .status(500)),
            ]))
        await #expect(throws: NaiveClient.Refused.self) { try await client.searchPage("project = \"PAY\"", token: nil) }
        #expect(try await client.searchPage("project = \"CHK\"", token: nil).count > 1_000)
        let query = "query($name: String!) { repository(owner: \"acme\", name: $name) { id } }"
        #expect(try await client.graphQL(query, #"{"name":"payments"}"#).status == 500)
        #expect(try await client.graphQL(query, #"{"name":"checkout"}"#).status == 200)
    }

    @Test func `connections are refused, reset and timed out`() async throws {
        for (effect, code) in [
            (FaultEffect.refusedConnection, "http.cannot_connect"), (.reset, "http.connection_lost"),
            (.timeout, "http.timed_out"),
        ] {
            let client = client(FaultPlan(windows: [FaultWindow(.everything, from: .zero, lasting: .hours(1), effect)]))
            let error = await #expect(throws: HTTPError.self) { try await client.response(.get, "/rest/api/3/myself") }
            #expect(error?.code == code)
        }
    }

    @Test func `answers are cut off, or web pages, or empty pages with a token`() async throws {
        func page(_ effect: FaultEffect) async throws -> HTTPResponse {
            try await client(FaultPlan(windows: [FaultWindow(.everything, from: .zero, lasting: .hours(1), effect)]))
                .response(
                    .post, "/rest/api/3/search/jql", body: #"{"jql":"project = PAY","fields":["*all"],"maxResults":10}"#
                )
        }
        let cut = try await page(.truncated)
        var reader = JSONReader()
        #expect(cut.status == 200)
        #expect(throws: JSONError.self) { try reader.read(cut.body) { $0.count } }
        #expect(try await page(.html).headers["Content-Type"] == "text/html; charset=utf-8")
        let empty = try await page(.emptyPages)
        try reader.read(empty.body) {
            #expect($0["issues"].count == 0 && $0["nextPageToken"].string != nil && $0["isLast"].bool == false)
        }
    }

    @Test(arguments: [false, true])
    func `what may not be seen any more is an empty list that calls itself whole`(isDataCenter: Bool) async throws {
        var client = client(
            FaultPlan(windows: [FaultWindow(.project("PAY"), from: .zero, lasting: .hours(1), .silentlyEmpty)]))
        client.isDataCenter = isDataCenter
        let path = isDataCenter ? "/rest/api/2/search" : "/rest/api/3/search/jql"
        for (project, isHidden) in [("PAY", true), ("CHK", false)] {
            let body = "{\"jql\":\"project = \(project)\",\"fields\":[\"summary\"],\"maxResults\":10}"
            try await client.read(.post, path, body: body) { page in
                #expect(page["issues"].kind == .array && (page["issues"].count == 0) == isHidden)
                #expect(page["nextPageToken"].isMissing == (isHidden || isDataCenter))
                #expect(isDataCenter ? (page["total"].int64 == 0) == isHidden : page["isLast"].bool == isHidden)
            }
        }
    }

    @Test func `repositories whose lists may not be seen have empty ones`() async throws {
        let client = client(
            FaultPlan(windows: [
                FaultWindow(.repository("payments"), from: .zero, lasting: .hours(1), .silentlyEmpty)
            ]))
        let query = """
            query($name: String!) { repository(owner: "acme", name: $name) { id
                pullRequests(first: 5) { totalCount nodes { id } pageInfo { hasNextPage endCursor } }
                releases(first: 5) { edges { cursor } } } }
            """
        for (name, isHidden) in [("payments", true), ("checkout", false)] {
            let response = try await client.graphQL(query, "{\"name\":\"\(name)\"}")
            var reader = JSONReader()
            try reader.read(response.body) { root in
                let repository = root["data"]["repository"]
                #expect(response.status == 200 && root["errors"].isMissing && repository["id"].string != nil)
                let pulls = repository["pullRequests"]
                #expect((pulls["totalCount"].int64 == 0) == isHidden && (pulls["nodes"].count == 0) == isHidden)
                #expect(pulls["pageInfo"]["endCursor"].isNull == isHidden)
                #expect(!isHidden || pulls["pageInfo"]["hasNextPage"].bool == false)
                #expect(repository["releases"]["edges"].kind == .array)
            }
        }
    }

    @Test func `bad records can be told from good ones by the truth alone`() async throws {
        let client = client(FaultPlan(seed: 3, records: RecordFaults(poisonOneIn: 20, oddTextOneIn: 10)))
        let truth = client.sandbox.groundTruth()
        var loaded = NaiveClient.Loaded()
        for project in ["PAY", "CHK", "MOB", "SRCH"] { try await client.load("project = \(project)", into: &loaded) }
        #expect(loaded.rejected == truth.poisoned && !truth.poisoned.isEmpty)
        #expect(Set(loaded.issues.keys) == Set(truth.issues.keys))
        #expect(truth.issues.values.contains { $0.title == nil })
        for (id, issue) in truth.issues { if let title = issue.title { #expect(loaded.titles[id] == title) } }
    }

    @Test func `credentials expire and can be renewed; the server's clock may be wrong`() async throws {
        let client = client(FaultPlan(clockSkew: .seconds(-90), credentialsExpireAfter: .hours(1)))
        let good = try await client.response(.get, "/rest/api/3/myself")
        #expect(good.status == 200)
        #expect(good.headers["Date"].flatMap { HTTPDate.parse($0) } == time.now.seconds - 90)
        time.advance(by: .hours(1))
        #expect(try await client.response(.get, "/rest/api/3/myself").status == 401)
        client.sandbox.renewCredentials()
        #expect(try await client.response(.get, "/rest/api/3/myself").status == 200)
    }

    @Test func `months of drawn faults come and go, the same for the same seed`() async throws {
        func statuses(seed: UInt64) async throws -> [Int] {
            let time = VirtualTime()
            let client = NaiveClient(
                sandbox: Sandbox(.small, time: time, faults: .simulation(seed: seed), quotas: .unlimited))
            var statuses: [Int] = []
            for _ in 0..<1_000 {
                time.advance(by: .minutes(20))
                do { statuses.append(try await client.response(.get, "/rest/api/3/project/search").status) } catch {
                    statuses.append(0)
                }
            }
            return statuses
        }
        let first = try await statuses(seed: 11)
        #expect(try await statuses(seed: 11) == first)
        #expect(try await statuses(seed: 12) != first)
        #expect(first.count { $0 != 200 } > 8 && first.count { $0 == 200 } > 850)
        #expect(Set(first).isSuperset(of: [0, 200, 503]))
    }
}
