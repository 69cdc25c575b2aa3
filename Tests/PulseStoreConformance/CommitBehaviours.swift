import PulseDomain
import PulseStore
import Testing

let commitBehaviours: [Behaviour] = [
    Behaviour("rows are inserted as they were given, with where they came from") { fixture in
        let worker = try await Worker(fixture)
        let content = Sample.items([
            Item(id: "1", key: "PAY-1", title: "First", body: "", storyPoints: 2.5),
            Item(id: "2", key: "PAY-2", updatedAt: nil),
        ])
        let result = try await worker.commit(content)
        #expect(result.counts == RecordCounts(extracted: 2, inserted: 2))
        #expect(result.checkpoint.sequence == 1 && result.checkpoint.counts == result.counts)
        let rows = try await worker.store.dictionary(of: "work_items")
        #expect(rows.keys.sorted() == ["1", "2"])
        #expect(rows["1"]?["title"] == .text("First"))
        #expect(rows["1"]?["description"] == .text(""))
        #expect(rows["1"]?["story_points"] == .real(2.5))
        #expect(rows["1"]?["updated_at"] == .integer(Sample.start.microseconds))
        #expect(rows["1"]?["assignee_id"] == .null && rows["2"]?["updated_at"] == .null)
        #expect(rows["1"]?["source"] == .text("jira") && rows["1"]?["tenant"] == .text("acme"))
        #expect(rows["1"]?["run_id"] == .integer(worker.fence.run.rawValue))
        #expect(rows["1"]?["loaded_at"] == .integer(Sample.start.microseconds))
        #expect(rows["1"]?["deleted_at"] == .null)
        let page = try #require(try await worker.store.rawPages(of: "jira/issues", after: 0, limit: 10).first)
        #expect(rows["1"]?["page_id"] == .integer(page.id))
        #expect(try await worker.store.rowCount(of: "work_items") == 2)
    }
]
