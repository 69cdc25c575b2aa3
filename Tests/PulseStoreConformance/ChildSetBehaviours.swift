import PulseConnectors
import PulseDomain
import PulseStore
import Testing

let childSetBehaviours: [Behaviour] = [
    Behaviour("rows that an owner no longer lists are gone, and back when it lists them again") { fixture in
        let worker = try await Worker(fixture)
        try await worker.commit(Conversation.content)
        var less = Conversation()
        less.comments.removeAll { $0.id == "c2" }
        let later = Sample.start + .hours(1)
        #expect(
            try await worker.commit(less.content, at: later).counts
                == RecordCounts(extracted: 2, updated: 1, unchanged: 1))
        #expect(try await worker.store.ids(of: "work_item_comments") == ["c1", "c3"])
        #expect(try await worker.store.rowCount(of: "work_item_comments") == 2)
        let gone = try await worker.store.dictionary(of: "work_item_comments", includingDeleted: true)["c2"]
        #expect(gone?["deleted_at"] == .integer(later.microseconds))
        #expect(try await worker.commit(less.content).counts == RecordCounts(extracted: 2, unchanged: 2))
        #expect(
            try await worker.commit(Conversation.content).counts == RecordCounts(extracted: 2, updated: 1, unchanged: 1)
        )
        #expect(try await worker.store.ids(of: "work_item_comments") == ["c1", "c2", "c3"])
        let back = try await worker.store.dictionary(of: "work_item_comments")["c2"]
        #expect(back?["deleted_at"] == .null && back?["tombstone_id"] == .null)
    },
    Behaviour("an empty set takes all, a missing set none, and only of its owner and source") { fixture in
        let worker = try await Worker(fixture)
        try await worker.commit(Conversation.content)
        let other = try await Worker(worker.store, partition: Sample.partition(source: "jira-two"))
        try await other.commit(Conversation.content)
        var content = Conversation.content
        content.batches.removeLast()
        content.childSets = []
        try await worker.commit(content)
        #expect(try await worker.store.rowCount(of: "work_item_comments") == 6)
        content.childSets = [ChildSet(table: "work_item_comments", owner: "1", ids: [])]
        #expect(try await worker.commit(content).counts == RecordCounts(extracted: 2, updated: 1, unchanged: 1))
        #expect(try await worker.store.rowCount(of: "work_item_comments") == 4)
    },
    Behaviour("an owner that comes twice in a batch has what its last page lists") { fixture in
        let worker = try await Worker(fixture)
        let full = Conversation()
        var less = full
        less.comments.removeAll { $0.id == "c2" }
        for (first, last, expected) in [(less, full, ["c1", "c2", "c3"]), (full, less, ["c1", "c3"])] {
            try await worker.commit([first, last].map { Sample.page($0.content, in: worker.partition) })
            #expect(try await worker.store.ids(of: "work_item_comments") == expected)
        }
    },
    Behaviour("large sets are compared whole") { fixture in
        let worker = try await Worker(fixture)
        var conversation = Conversation()
        conversation.comments = (0..<100).map { Comment(id: "c\($0)", item: "1") }
        try await worker.commit(conversation.content)
        conversation.comments.remove(at: 57)
        try await worker.commit(conversation.content)
        let ids = try await worker.store.ids(of: "work_item_comments")
        #expect(ids.count == 99 && !ids.contains("c57"))
    },
    Behaviour("what goes with an owner that its set no longer lists comes back with it") { fixture in
        let partition = Sample.partition(source: "github", stream: "pulls")
        let worker = try await Worker(fixture, partition: partition)
        func content(listing ids: [String]) -> PageContent {
            var (pulls, reviews) = (RowWriter<PullRequestColumns>(), RowWriter<PullRequestReviewColumns>())
            for (record, id) in ids.enumerated() {
                pulls.beginRow(record: record)
                pulls.set(.id, id)
                pulls.set(.number, Int64(record))
                pulls.set(.repositoryID, "r")
                pulls.set(.title, "t")
                pulls.set(.state, "open")
            }
            if ids.contains("p1") && ids.count == 2 {
                reviews.beginRow(record: 0)
                reviews.set(.id, "v1")
                reviews.set(.pullRequestID, "p1")
                reviews.set(.state, "approved")
            }
            return PageContent(
                extracted: ids.count, batches: [pulls.batch, reviews.batch],
                childSets: [ChildSet(table: "pull_requests", owner: "r", ids: ids)])
        }
        try await worker.commit(content(listing: ["p1", "p2"]))
        try await worker.commit(content(listing: ["p2"]))
        #expect(try await worker.store.ids(of: "pull_requests") == ["p2"])
        #expect(try await worker.store.ids(of: "pull_request_reviews").isEmpty)
        var back = content(listing: ["p1"])
        back.childSets = []
        try await worker.commit(back)
        #expect(try await worker.store.ids(of: "pull_request_reviews") == ["v1"])
    },
]
