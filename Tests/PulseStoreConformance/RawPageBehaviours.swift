import PulseDomain
import PulseStore
import Testing

let rawPageBehaviours: [Behaviour] = [
    Behaviour("raw pages come back byte for byte, in the order of their commits") { fixture in
        let worker = try await Worker(fixture)
        var bodies = ["{}", String(repeating: #"{"key":"PAY-1"},"#, count: 50_000), "\u{1F4A5}\u{0}x"].map {
            Array($0.utf8)
        }
        var state: UInt64 = 1
        bodies.append(
            (0..<70_000).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 33)
            })
        bodies.append([])
        let pages = bodies.enumerated().map { index, body in
            var page = Sample.page(Sample.items([Item(id: "\(index)", key: "A-\(index)")]), cursor: "{\"n\":\(index)}")
            page.raw.body = body
            page.raw.fetchedAt = Sample.start + .seconds(index)
            return page
        }
        try await worker.commit(pages)
        let stored = try await worker.store.rawPages(of: "jira/issues", after: 0, limit: 10)
        #expect(stored.map(\.page) == pages.map(\.raw))
        #expect(stored.allSatisfy { $0.run == worker.fence.run })
        let rest = try await worker.store.rawPages(of: "jira/issues", after: stored[1].id, limit: 2)
        #expect(rest.map(\.id) == stored[2...3].map(\.id))
        #expect(try await worker.store.rawPages(of: "git/commits", after: 0, limit: 10).isEmpty)
    },
    Behaviour("raw pages are not kept when they are not wanted") { fixture in
        let worker = try await Worker(fixture)
        try await worker.commit(Conversation.content, keepsRawPages: false)
        #expect(try await worker.store.rawPages(of: "jira/issues", after: 0, limit: 10).isEmpty)
        #expect(try await worker.store.dictionary(of: "work_items")["1"]?["page_id"] == .null)
    },
    Behaviour("old pages are pruned in bounded steps, and their ids are not used again") { fixture in
        let worker = try await Worker(fixture)
        for index in 0..<5 {
            var page = Sample.page(Sample.items([Item(id: "\(index)", key: "A-\(index)")]))
            page.raw.fetchedAt = Sample.start + .seconds(index)
            try await worker.commit([page])
        }
        let ids = try await worker.store.rawPages(of: "jira/issues", after: 0, limit: 10).map(\.id)
        let limit = Sample.start + .seconds(5)
        #expect(try await worker.store.prune(.rawPages, before: Sample.start, limit: 10) == 0)
        #expect(try await worker.store.prune(.rawPages, before: limit, limit: 2) == 2)
        #expect(try await worker.store.rawPages(of: "jira/issues", after: 0, limit: 10).map(\.id) == Array(ids[2...]))
        #expect(try await worker.store.prune(.rawPages, before: limit, limit: 10) == 3)
        try await worker.commit(Sample.items([Item(id: "9", key: "A-9")]))
        let next = try #require(try await worker.store.rawPages(of: "jira/issues", after: 0, limit: 10).first)
        #expect(next.id > ids[4])
    },
    Behaviour("transforming a kept page anew renews its rows and nothing that came later") { fixture in
        let worker = try await Worker(fixture)
        try await worker.commit(Conversation.content)
        let page = try #require(try await worker.store.rawPages(of: "jira/issues", after: 0, limit: 1).first)
        var later = Conversation()
        later.items = [Item(id: "2", key: "PAY-2", title: "Later")]
        later.comments = []
        try await worker.commit(later.content)
        var anew = Conversation()
        anew.items[0].title = "Mapped better"
        anew.items[1].title = "Mapped better"
        anew.comments.removeAll { $0.id == "c2" }
        let run = try await worker.store.addRun(Sample.newRun()).id
        let now = Sample.start + .days(1)
        let counts = try await worker.store.commitRetransform(of: page, content: anew.content, run: run, at: now)
        #expect(counts == RecordCounts(extracted: 2, updated: 1, unchanged: 1))
        let items = try await worker.store.dictionary(of: "work_items")
        #expect(items["1"]?["title"] == .text("Mapped better") && items["2"]?["title"] == .text("Later"))
        #expect(items["1"]?["page_id"] == .integer(page.id))
        // c2 was made by this page and is not made any more; c3 is gone since.
        #expect(try await worker.store.ids(of: "work_item_comments") == ["c1"])
    },
    Behaviour("a page that can be read better empties the quarantine that it had filled") { fixture in
        let worker = try await Worker(fixture)
        var content = Sample.items([Item(id: "1", key: "A-1")], extracted: 3)
        content.rejected = ["8", "9"].map { RejectedRecord(recordID: $0, code: "c", reason: "r", payload: [1]) }
        try await worker.commit(content)
        let page = try #require(try await worker.store.rawPages(of: "jira/issues", after: 0, limit: 1).first)
        var better = Sample.items([Item(id: "1", key: "A-1"), Item(id: "8", key: "A-8")], extracted: 3)
        better.rejected = [content.rejected[1]]
        let counts = try await worker.store.commitRetransform(
            of: page, content: better, run: worker.fence.run, at: Sample.start)
        #expect(counts == RecordCounts(extracted: 3, inserted: 1, unchanged: 1, quarantined: 1))
        let waiting = try await worker.store.quarantine(QuarantineFilter())
        #expect(waiting.map(\.record.recordID) == ["9"])
    },
]
