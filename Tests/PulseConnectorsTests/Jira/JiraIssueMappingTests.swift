import PulseDomain
import Testing

@testable import PulseConnectors

@Suite struct JiraIssueMappingTests {
    private func content(_ fixture: String, _ dialect: JiraDialect) throws -> PageContent {
        let connector = try JiraSample.connector()
        let walk = JiraSample.walk("issues", dialect)
        let page = JiraSample.page(
            try JiraSample.fixture(fixture), at: try connector.firstCursor(of: walk), of: walk)
        return try connector.content(of: page, walk: walk)
    }

    /// Rows as lines, for comparing with a text.
    private func text(_ content: PageContent, _ table: TableName) -> String {
        content.rows(table).joined(separator: "\n")
    }

    @Test func `a page of Cloud becomes the rows that it means`() throws {
        let content = try content("cloud-search.json", .cloud)
        let expectedItems = #"""
            id=10101 | key=PAY-1 | project_id=10000 | type_id=10004 | type=Bug | status_id=3 | status=In Progress | \#
            status_category=in_progress | title=Refund fails \#u{202E}for 👩‍👩‍👧 and \#u{FFFD} | \#
            description=See the ticket (https://example.atlassian.net/browse/OPS-7)
            @Mia
            kept
            - one
            - two | \#
            priority=High | reporter_id=5b10a2844c20165700ede21g | \#
            creator_id=557058:f58131cb-b67d-43c7-b30d-6b58d40bd077 | parent_id=10050 | sprint_id=7 | story_points=5.0 | \#
            original_estimate_seconds=3600 | remaining_estimate_seconds=1800 | time_spent_seconds=1800 | \#
            labels=["refund","q1"] | components=["API \"v2\""] | fix_versions=["2.1","2.2"] | due_on=2026-04-01 | \#
            created_at=2026-02-01T09:00:00Z | updated_at=2026-03-02T02:00:01.250000Z | \#
            url=https://example.atlassian.net/browse/PAY-1 | \#
            custom_fields={"customfield_10007":1.2345678901234567e+19,"customfield_10016":5,\#
            "customfield_10020":[{"id":6,"name":"Sprint 6","state":"closed","boardId":84},\#
            {"id":7,"name":"Sprint 7","state":"active","boardId":84}],\#
            "customfield_10021":[{"id":"10019","value":"Impediment"}]}
            id=10103 | key=PAY-3 | project_id=10000 | status_id=5 | status=Fertig | status_category=done | title= | \#
            updated_at=2026-03-02T02:00:02Z | url=https://example.atlassian.net/browse/PAY-3
            """#
        #expect(text(content, "work_items") == expectedItems)
        let expectedChanges = """
            id=20003:0 | work_item_id=10101 | author_id=5b10a2844c20165700ede21g | field=status | field_id=status | \
            from_id=1 | from_text=To Do | to_id=3 | to_text=In Progress | changed_at=2026-03-02T02:00:00.713000Z
            id=20003:1 | work_item_id=10101 | author_id=5b10a2844c20165700ede21g | field=Sprint | \
            field_id=customfield_10020 | from_id= | from_text= | to_id=7 | to_text=Sprint 7 | \
            changed_at=2026-03-02T02:00:00.713000Z
            id=20002:0 | work_item_id=10101 | field=Rank | to_text=Ranked higher | changed_at=2026-03-01T10:00:00Z
            """
        #expect(text(content, "work_item_changes") == expectedChanges)
        let expectedComments = """
            id=30001 | work_item_id=10101 | author_id=5b10a2844c20165700ede21g | body=Looks like PAY-2 | \
            created_at=2026-02-02T09:00:00Z | updated_at=2026-02-03T09:00:00Z
            id=30002 | work_item_id=10101 | created_at=2026-02-04T09:00:00Z | updated_at=2026-02-04T09:00:00Z
            """
        #expect(text(content, "work_item_comments") == expectedComments)
        let expectedWorklogs = """
            id=40001 | work_item_id=10101 | author_id=5b10a2844c20165700ede21g | seconds=1800 | body=wrote a test | \
            started_at=2026-02-05T09:00:00Z | updated_at=2026-02-05T10:00:00Z
            """
        #expect(text(content, "worklogs") == expectedWorklogs)
        let expectedLinks = """
            id=900:outward | work_item_id=10101 | other_id=10200 | other_key=OPS-7 | kind=blocks
            id=901:inward | work_item_id=10101 | other_id=10201 | other_key=OPS-8 | kind=is blocked by
            """
        #expect(text(content, "work_item_links") == expectedLinks)
        #expect(content.ids("sprint_work_items") == ["6:10101", "7:10101"])
        let expectedPeople = """
            id=5b10a2844c20165700ede21g | name=Mia Krystof | email=mia@example.com | is_bot=0 | is_active=1
            id=557058:f58131cb-b67d-43c7-b30d-6b58d40bd077 | name=Automation for Jira | is_bot=1 | is_active=1
            """
        #expect(text(content, "people") == expectedPeople)
    }

    @Test func `bad records are rejected alone, with reason and payload`() throws {
        let content = try content("cloud-search.json", .cloud)
        #expect(content.extracted == 6, "five issues, and a comment that has to be accounted for by itself")
        #expect(
            content.rejected.map(\.code) == [
                "jira.issue.no_fields", "jira.comment.no_id", "jira.issue.no_id", "jira.issue.not_object",
            ])
        #expect(content.rejected[0].recordID == "10102")
        #expect(
            String(decoding: content.rejected[0].payload, as: UTF8.self)
                == #"{"id":"10102","key":"PAY-2","fields":null}"#)
        #expect(content.isBalanced)
        #expect(content.highWater?.changedAt == Instant(parsing: "2026-03-02T02:00:02Z"))
    }

    @Test func `sets of children are told only when they are whole`() throws {
        let content = try content("cloud-search.json", .cloud)
        let sets = content.childSets.filter { $0.owner == "10101" }
        #expect(
            sets.map(\.table.rawValue).sorted() == [
                "sprint_work_items", "work_item_comments", "work_item_links", "worklogs",
            ])
        #expect(sets.first { $0.table == "work_item_comments" }?.ids == ["30001", "30002"])
        #expect(sets.first { $0.table == "work_item_links" }?.ids == ["900:outward", "901:inward"])
        let cut = try self.content("datacenter-search.json", .dataCenter)
        #expect(!cut.childSets.contains { $0.table == "worklogs" })
    }

    @Test func `Data Center's users, wiki text and Java sprints are read`() throws {
        let content = try content("datacenter-search.json", .dataCenter)
        let expected = """
            id=10001 | key=CORE-12 | project_id=10300 | type_id=3 | type=Aufgabe | status_id=10001 | status=Offen | \
            status_category=todo | title=Wiki text | description=h1. Title
            {code}x{code} see CORE-9 | reporter_id=old | assignee_id=JIRAUSER10100 | sprint_id=8 | story_points=3.0 | \
            created_at=2021-03-01T08:06:08Z | updated_at=2021-03-28T08:06:08.713000Z | \
            url=https://example.atlassian.net/browse/CORE-12 | custom_fields={"customfield_10002":3.0,
            """
        #expect(text(content, "work_items").hasPrefix(expected))
        #expect(content.ids("sprint_work_items") == ["7:10001", "8:10001"])
        #expect(
            content.rows("work_item_links") == ["id=10001:epic | work_item_id=10001 | other_key=CORE-5 | kind=has epic"]
        )
        #expect(
            content.rows("people").sorted() == [
                "id=JIRAUSER10100 | name=Fred | login=fred | email=fred@example.com | is_active=0",
                "id=old | name=Old Timer",
            ])
        #expect(content.expected == 1)
    }

    @Test func `a custom field's place among the others does not change the row`() throws {
        let bodies = [
            #""customfield_10002":2,"customfield_10001":"a""#, #""customfield_10001":"a","customfield_10002":2"#,
        ]
        let rows = try bodies.map { fields in
            try issue(#"{"id":"1","key":"PAY-1","fields":{\#(fields)}}"#).rows("work_items")
        }
        #expect(rows[0] == rows[1])
        #expect(rows[0][0].hasSuffix(#"custom_fields={"customfield_10001":"a","customfield_10002":2}"#))
    }

    private func issue(_ json: String) throws -> PageContent {
        let connector = try JiraSample.connector()
        let walk = JiraSample.walk()
        let page = JiraSample.page(
            Array(#"{"issues":[\#(json)]}"#.utf8), at: try connector.firstCursor(of: walk), of: walk)
        return try connector.content(of: page, walk: walk)
    }

    @Test(arguments: [
        ("2021-03-28T16:06:08.713+0800", "2021-03-28T08:06:08.713000Z"),
        ("2021-03-28T16:06:08Z", "2021-03-28T16:06:08Z"),
        ("2021-03-28T16:06:08.7+05:30", "2021-03-28T10:36:08.700000Z"),
    ])
    func `instants are read in every rendering`(text: String, expected: String) throws {
        let content = try issue(#"{"id":"1","key":"PAY-1","fields":{"updated":"\#(text)"}}"#)
        #expect(content.highWater?.changedAt?.iso8601 == expected)
    }

    @Test func `a rejected record that was mended is replayed as rows`() throws {
        let connector = try JiraSample.connector()
        let walk = JiraSample.walk()
        let cursor = try connector.firstCursor(of: walk)
        let rejected = try content("cloud-search.json", .cloud).rejected
        let again = try connector.content(ofRejected: rejected[0], at: cursor, walk: walk)
        #expect((again.extracted, again.rejected.count) == (1, 1))
        var mended = rejected[0]
        mended.payload = Array(#"{"id":"10102","key":"PAY-2","fields":{"summary":"now"}}"#.utf8)
        #expect(try connector.content(ofRejected: mended, at: cursor, walk: walk).ids("work_items") == ["10102"])
        var comment = rejected[1]
        comment.payload = Array(
            #"{"issue":"10103","kind":"comments","record":{"id":"9","body":"now with an id"}}"#.utf8)
        let child = try connector.content(ofRejected: comment, at: cursor, walk: walk)
        #expect(child.rows("work_item_comments") == ["id=9 | work_item_id=10103 | body=now with an id"])
        #expect(child.isBalanced)
    }

    @Test func `a changelog tells the keys that an issue had before it was moved`() throws {
        let histories = """
            {"id":"5","created":"2026-01-02T00:00:00.000+0000","items":[
              {"field":"project","from":"20","fromString":"Operations","to":"30","toString":"Platform"},
              {"field":"Key","fieldtype":"jira","from":null,"fromString":"OPS-7","to":null,"toString":"PLAT-3"}]},
            {"id":"4","created":"2026-01-01T00:00:00.000+0000","items":[
              {"field":"Key","fieldtype":"jira","from":null,"fromString":"PAY-1","to":null,"toString":"OPS-7"},
              {"field":"Key","from":null,"fromString":null,"to":null,"toString":"OPS-7"},
              {"field":"Keywords","fromString":"SHA-256","toString":"UTF-8"}]}
            """
        let content = try issue(
            #"{"id":"1","key":"PLAT-3","changelog":{"histories":[\#(histories)]},"fields":{"summary":"s"}}"#)
        #expect(content.rows("work_item_aliases") == ["id=OPS-7 | work_item_id=1", "id=PAY-1 | work_item_id=1"])
        #expect(content.ids("work_item_changes").count == 5 && content.isBalanced)
    }

    @Test func `lone surrogates and NUL characters in any text harm neither the issue nor its page`() throws {
        let text = #"a\ud83d b\u0000c \udc00\ud83d\ude00"#
        let content = try issue(
            #"""
            {"id":"1","key":"PAY-1","changelog":{"histories":[{"id":"4","created":"2026-01-01T00:00:00.000+0000",
             "items":[{"field":"\#(text)","fromString":"\#(text)","toString":"\u0000"}]}]},
             "fields":{"summary":"\#(text)","description":"\#(text)","labels":["\#(text)"],
             "customfield_10001":"\#(text)","reporter":{"accountId":"r","displayName":"\#(text)"},
             "comment":{"total":1,"comments":[{"id":"3","body":"\#(text)"}]}}},{"id":"2","key":"PAY-2","fields":{}}
            """#)
        #expect(content.ids("work_items") == ["1", "2"] && content.rejected.isEmpty && content.isBalanced)
        let mended = "a\u{FFFD} bc \u{FFFD}😀"
        #expect(content.rows("work_items")[0].contains("title=\(mended) | "))
        #expect(content.rows("work_item_comments") == ["id=3 | work_item_id=1 | body=\(mended)"])
        let bytes = content.batches.flatMap(\.arena)
        #expect(!bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil)
    }

    @Test func `a page that is no page of issues breaks the contract`() throws {
        for body in [#"{}"#, #"{"issues":{}}"#, #"{"errorMessages":["x"]}"#, "[1]"] {
            let connector = try JiraSample.connector()
            let walk = JiraSample.walk()
            let page = JiraSample.page(Array(body.utf8), at: try connector.firstCursor(of: walk), of: walk)
            #expect { try connector.content(of: page, walk: walk) } throws: {
                ($0 as? Failure)?.kind == .contractBroken
            }
        }
    }
}
