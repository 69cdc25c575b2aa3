import PulseDomain
import PulseStore
import Testing

let textBehaviours: [Behaviour] = [
    Behaviour("texts come back byte for byte, whatever is in them") { fixture in
        let worker = try await Worker(fixture)
        let texts = [
            "", " ", "'", "\"; DROP TABLE work_items; --", "?1 :a @b $c",
            "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467} \u{1F1E9}\u{1F1EA}",
            "e\u{301} is not \u{E9}", "\u{202E}right to left\u{202C}", "\u{1B}[31mred\u{7}\r\n\t",
            "\u{FEFF}mark \u{FFFD}\u{FFFF}",
            "%s %n", "NULL", "\u{10FFFF}", "\\u0000", String(repeating: "\u{1F4A5}x", count: 200_000),
        ]
        let items = texts.enumerated().map { Item(id: "\($0.offset)", key: "A-\($0.offset)", body: $0.element) }
        #expect(try await worker.commit(Sample.items(items)).counts.inserted == texts.count)
        let rows = try await worker.store.dictionary(of: "work_items")
        for (index, text) in texts.enumerated() {
            guard case .text(let stored) = rows["\(index)"]?["description"] else {
                Issue.record("text \(index) is not there")
                continue
            }
            #expect(Array(stored.utf8) == Array(text.utf8), "text \(index)")
        }
        #expect(try await worker.commit(Sample.items(items)).counts.unchanged == texts.count)
    },
    Behaviour("texts that look alike are different ids and values") { fixture in
        let worker = try await Worker(fixture)
        let items = [
            Item(id: "e\u{301}", key: "A-1"), Item(id: "\u{E9}", key: "A-2"), Item(id: "E", key: "A-3"),
            Item(id: "e", key: "A-4"),
        ]
        #expect(try await worker.commit(Sample.items(items)).counts.inserted == 4)
        #expect(try await worker.store.rowCount(of: "work_items") == 4)
        var changed = items[3]
        changed.title = "title"
        #expect(try await worker.commit(Sample.items([changed])).counts.updated == 1)
    },
    Behaviour("a text of NUL bytes is stored without them") { fixture in
        let worker = try await Worker(fixture)
        try await worker.commit(Sample.items([Item(id: "1\u{0}", key: "A-1", body: "a\u{0}b\u{0}")]))
        #expect(try await worker.store.dictionary(of: "work_items")["1"]?["description"] == .text("ab"))
    },
    Behaviour("hostile names of jobs, partitions, sources and reasons are only texts") { fixture in
        let hostile = "x'); DELETE FROM runs; --\u{1F4A5}/\""
        let store = try await fixture.open(TenantID(hostile))
        let partition = PartitionID(
            tenant: TenantID(hostile), source: SourceID("s/\(hostile)"), stream: "st", key: PartitionKey(hostile))
        let worker = try await Worker(store, partition: partition)
        try await worker.commit(Conversation.content)
        #expect(try await store.checkpoint(of: partition)?.partition == partition)
        #expect(try await store.newestCheckpoints(of: partition.job).keys.map(\.rawValue) == [hostile])
        #expect(try await store.rowCount(of: "work_items") == 2)
        #expect(try await store.rawPages(of: partition.job, after: 0, limit: 1).first?.page.partition == partition)
    },
]
