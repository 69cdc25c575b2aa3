import Foundation
import PulseDomain
import PulseStore
import Testing

/// A former version as an object.
private func document(_ version: RowVersion?) throws -> [String: Any] {
    let json = try #require(version?.json)
    return try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
}

let versionBehaviours: [Behaviour] = [
    Behaviour("a changed row keeps its former versions") { fixture in
        let worker = try await Worker(fixture)
        try await worker.commit(Sample.items([Item(id: "1", key: "A-1", title: "one \"quoted\"")]))
        let second = try await worker.next()
        let later = Sample.start + .hours(1)
        try await second.commit(Sample.items([Item(id: "1", key: "A-1", title: "two")]), at: later)
        try await second.commit(Sample.items([Item(id: "1", key: "A-1", title: "three")]), at: later + .hours(1))
        let versions = try await worker.store.versions(of: "work_items", row: RowID(source: "jira", id: "1"))
        #expect(versions.count == 2)
        #expect(versions.last?.replacedBy == second.fence.run && versions.last?.replacedAt == later)
        let oldest = try document(versions.last)
        #expect(oldest["title"] as? String == "one \"quoted\"" && oldest["labels"] as? [String] == ["a", "b"])
        #expect(oldest["run_id"] as? Int64 == worker.fence.run.rawValue)
        #expect(try document(versions.first)["title"] as? String == "two")
        #expect(try await worker.store.versions(of: "work_items", row: RowID(source: "git", id: "1")).isEmpty)
    },
    Behaviour("former versions are not kept when they are not wanted") { fixture in
        let worker = try await Worker(fixture)
        for title in ["one", "two"] {
            let page = Sample.page(Sample.items([Item(id: "1", key: "A-1", title: title)]))
            let checkpoint = Checkpoint(
                partition: worker.partition, run: worker.fence.run, mode: .full, cursor: nil, savedAt: Sample.start)
            _ = try await worker.store.commit(
                Batch(pages: [page], checkpoint: checkpoint, keepsRowVersions: false), fence: worker.fence)
        }
        #expect(try await worker.store.versions(of: "work_items", row: RowID(source: "jira", id: "1")).isEmpty)
        #expect(try await worker.store.dictionary(of: "work_items")["1"]?["title"] == .text("two"))
    },
    Behaviour("an older version never replaces a newer one, of the item or of what it owns") { fixture in
        let worker = try await Worker(fixture)
        let newer = Sample.start + .hours(1)
        var conversation = Conversation(
            items: [Item(id: "1", key: "A-1", title: "new", updatedAt: newer)],
            comments: [Comment(id: "c1", item: "1"), Comment(id: "c2", item: "1")])
        try await worker.commit(conversation.content)
        conversation.items[0].updatedAt = Sample.start
        conversation.items[0].title = "old"
        conversation.comments.removeLast()
        #expect(try await worker.commit(conversation.content).counts == RecordCounts(extracted: 1, unchanged: 1))
        #expect(try await worker.store.dictionary(of: "work_items")["1"]?["title"] == .text("new"))
        #expect(try await worker.store.ids(of: "work_item_comments") == ["c1", "c2"])
        conversation.items[0].updatedAt = newer
        conversation.items[0].title = "mapped better"
        #expect(try await worker.commit(conversation.content).counts.updated == 1)
        #expect(try await worker.store.dictionary(of: "work_items")["1"]?["title"] == .text("mapped better"))
    },
]
