import PulseDomain
import PulseHTTP
import Testing

@testable import PulseConnectors

/// Projects, catalogues, versions and sprints.
@Suite struct JiraListTests {
    private func text(_ contents: [PageContent], _ table: TableName) -> String {
        contents.flatMap { $0.rows(table) }.joined(separator: "\n")
    }

    @Test func `projects of Cloud come page by page, and only the configured ones are loaded`() async throws {
        let first = #"""
            {"total":3,"isLast":false,"values":[
             {"id":"10000","key":"PAY","name":"Payments","projectTypeKey":"software","description":"Money",
              "lead":{"accountId":"5b10","displayName":"Mia"}},
             {"id":"10001","key":"OTHER","name":"Other"}]}
            """#
        let second = #"{"total":3,"isLast":true,"values":[{"id":"10002","key":"OLD","name":null,"archived":true}]}"#
        let client = ScriptedClient(try JiraSample.connector(projects: ["pay", "OLD"]), bodies: [first, second])
        let (_, contents) = try await JiraSample.walkThrough(client, JiraSample.walk("projects", pageSize: 2))
        let expected = """
            id=10000 | key=PAY | name=Payments | kind=software | lead_id=5b10 | \
            url=https://example.atlassian.net/browse/PAY | is_archived=0 | description=Money
            id=10002 | key=OLD | name=OLD | url=https://example.atlassian.net/browse/OLD | is_archived=1
            """
        #expect(text(contents, "projects") == expected)
        #expect(contents.map(\.filtered) == [1, 0])
        #expect(contents.allSatisfy { $0.isBalanced })
        #expect(client.requests[1].said.contains("startAt=2"))
        #expect(client.requests[0].said.contains("keys=PAY&keys=OLD"))
    }

    @Test func `Data Center lists its projects at once`() async throws {
        let client = ScriptedClient(
            try JiraSample.connector(user: nil), bodies: [#"[{"id":"1","key":"A","name":"a"},{"key":"B"},null]"#])
        let (_, contents) = try await JiraSample.walkThrough(client, JiraSample.walk("projects", .dataCenter))
        #expect(contents[0].ids("projects") == ["1"])
        #expect(contents[0].rejected.map(\.code) == ["jira.project.no_id", "jira.project.no_id"])
        #expect(client.requests[0].http.url.contains("/rest/api/2/project?"))
    }

    @Test func `issue types and statuses of one name stay apart by id`() async throws {
        let types = #"""
            [{"id":"1","name":"Bug","subtask":false,"hierarchyLevel":0},{"id":"2","name":"Bug","scope":{"type":"PROJECT",
             "project":{"id":"10000"}}},{"id":"3","name":"Teilaufgabe","untranslatedName":"Sub-task","subtask":true},
             {"id":"4","name":"Initiative","hierarchyLevel":2},{"id":"5","name":"Epos","hierarchyLevel":1},
             {"id":"6","name":"User Story"},{"id":7,"name":"Task"}]
            """#
        let client = ScriptedClient(try JiraSample.connector(), bodies: [types])
        let (_, contents) = try await JiraSample.walkThrough(client, JiraSample.walk("issue_types"))
        let expected = """
            id=1 | name=Bug | category=bug | is_subtask=0
            id=2 | name=Bug | category=bug | is_subtask=0 | project_id=10000
            id=3 | name=Teilaufgabe | category=subtask | is_subtask=1
            id=4 | name=Initiative | category=other | is_subtask=0
            id=5 | name=Epos | category=epic | is_subtask=0
            id=6 | name=User Story | category=story | is_subtask=0
            id=7 | name=Task | category=task | is_subtask=0
            """
        #expect(text(contents, "work_item_types") == expected)
        let statuses = #"""
            [{"id":"1","name":"Open","statusCategory":{"id":2,"key":"new"}},{"id":"2","name":"Open","statusCategory":
             {"id":4,"key":"indeterminate"},"scope":{"project":{"id":"10000"}}},{"id":"3","name":"Zu","statusCategory":
             {"id":3}},{"id":"4","name":"?","statusCategory":{"id":1,"key":"undefined"}},{"id":"5","name":"-"}]
            """#
        let other = ScriptedClient(try JiraSample.connector(), bodies: [statuses])
        let (_, statusContents) = try await JiraSample.walkThrough(other, JiraSample.walk("statuses"))
        let expectedStatuses = """
            id=1 | name=Open | category=todo
            id=2 | name=Open | category=in_progress | project_id=10000
            id=3 | name=Zu | category=done
            id=4 | name=? | category=unknown
            id=5 | name=- | category=unknown
            """
        #expect(text(statusContents, "statuses") == expectedStatuses)
    }

    @Test func `versions become releases of their project`() async throws {
        let body = #"""
            {"total":2,"values":[{"id":"10","name":"2.1","description":"notes","released":true,"releaseDate":"2026-03-01",
             "projectId":10000},{"id":"11","name":null,"released":false,"releaseDate":"2027-03-01"}]}
            """#
        let client = ScriptedClient(try JiraSample.connector(), bodies: [body])
        let (_, contents) = try await JiraSample.walkThrough(client, JiraSample.walk("versions"))
        let expected = """
            id=10 | name=2.1 | project_id=10000 | is_draft=0 | body=notes | published_at=2026-03-01T00:00:00Z | \
            url=https://example.atlassian.net/projects/PAY/versions/10
            id=11 | name=11 | project_id=10000 | is_draft=1 | url=https://example.atlassian.net/projects/PAY/versions/11
            """
        #expect(text(contents, "releases") == expected)
    }

    @Test func `sprints are walked board by board, and boards that have none are passed over`() async throws {
        @Sendable func sprint(_ id: Int, _ origin: Int) -> String {
            #"{"id":\#(id),"name":"S\#(id)","state":"ACTIVE","originBoardId":\#(origin),"startDate":"2015-04-11T15:22:00.000+10:00"}"#
        }
        let client = ScriptedClient(try JiraSample.connector()) { request, _ in
            let said = request.said
            if said.contains("/board/84/sprint") {
                return .json(
                    said.contains("startAt=0")
                        ? #"{"isLast":false,"values":[\#(sprint(1, 84))]}"#
                        : #"{"isLast":true,"values":[\#(sprint(2, 99))]}"#)
            }
            if said.contains("/board/85/") {
                return .json(#"{"errorMessages":["The board does not support sprints"]}"#, status: 400)
            }
            if said.contains("/board/86/") { return .json("{}", status: 404) }
            if said.contains("/board/87/") { return .json(#"{"isLast":true,"values":[\#(sprint(1, 84))]}"#) }
            return .json(
                said.contains("startAt=0")
                    ? #"{"total":5,"values":[{"id":84,"type":"scrum"},{"id":85,"type":"simple"},{"id":92,"type":"kanban"}]}"#
                    : #"{"total":5,"values":[{"id":86,"type":"scrum"},{"id":87,"type":"scrum"}]}"#)
        }
        let (pages, contents) = try await JiraSample.walkThrough(client, JiraSample.walk("sprints"))
        let first =
            "id=1 | name=S1 | state=active | board_id=84 | board_name=Payments board | starts_at=2015-04-11T05:22:00Z"
        let expected = """
            \(first)
            id=2 | name=S2 | state=active | board_id=99 | starts_at=2015-04-11T05:22:00Z
            \(first)
            """
        #expect(text(contents, "sprints") == expected)
        #expect(contents.allSatisfy { $0.isBalanced })
        #expect(pages.count == 5)
    }

    @Test func `the last board may be gone`() async throws {
        let client = ScriptedClient(try JiraSample.connector()) { request, _ in
            request.said.contains("/sprint")
                ? .json("{}", status: 404) : .json(#"{"isLast":true,"values":[{"id":84,"type":"scrum"}]}"#)
        }
        let (pages, contents) = try await JiraSample.walkThrough(client, JiraSample.walk("sprints"))
        #expect(pages.count == 2)
        #expect(contents.allSatisfy { $0.batches.isEmpty })
    }

    @Test func `a list that shrinks while it is read is read again`() {
        var position = JiraListPosition()
        position.start = 50
        position.total = 100
        let anew = position.next(count: 49, total: 99, isLast: true, requested: 50)
        #expect(anew?.start == 0)
        #expect(anew?.restarts == 1)
        #expect(position.next(count: 20, total: 100, isLast: false, requested: 50)?.start == 70, "short pages go on")
        #expect(position.next(count: 50, total: 100, isLast: true, requested: 50) == nil)
        #expect(position.next(count: 0, total: 100, isLast: false, requested: 50) == nil)
        #expect(JiraListPosition().next(count: 30, total: nil, isLast: nil, requested: 50) == nil)
        #expect(JiraListPosition().next(count: 50, total: nil, isLast: nil, requested: 50)?.start == 50)
    }

    @Test func `issues are divided by project, and a configured one that is hidden is walked too`() async throws {
        let body = #"""
            {"isLast":true,"total":3,"values":[{"id":"10000","key":"PAY","name":"Payments"},{"id":"1","key":"X"},
             {"id":"2","key":"OLD","archived":true}]}
            """#
        let client = ScriptedClient(try JiraSample.connector(projects: ["PAY", "HIDDEN"]), bodies: [body])
        let found = try await client.connector.partitions(
            of: "issues", identity: JiraSample.walk().identity, through: client)
        #expect(
            found == [
                PartitionDescriptor(key: "PAY", title: "Payments", reference: "10000"),
                PartitionDescriptor(key: "HIDDEN", title: "HIDDEN", reference: ""),
            ])
        let whole = try await client.connector.partitions(
            of: "sprints", identity: JiraSample.walk().identity, through: client)
        #expect(whole == [.whole])
    }

    @Test func `streams fill tables that exist, and depend on streams that exist`() throws {
        let streams = try JiraSample.connector().streams
        let ids = Set(streams.map(\.id))
        #expect(streams.flatMap(\.dependencies).allSatisfy(ids.contains))
        #expect(streams.flatMap(\.tables).allSatisfy { UnifiedSchema.table($0) != nil })
        #expect(streams.filter(\.hasCensus).map(\.id) == ["issues"])
    }
}
