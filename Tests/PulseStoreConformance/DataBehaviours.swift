import PulseDomain
import PulseStore
import Testing

let dataBehaviours: [Behaviour] = [
    Behaviour("rows are listed by source and id, page by page") { fixture in
        let worker = try await Worker(fixture)
        let other = try await Worker(worker.store, partition: Sample.partition(source: "aaa"))
        try await worker.commit(Sample.items(["3", "1", "2"].map { Item(id: $0, key: "A-\($0)") }))
        try await other.commit(Sample.items([Item(id: "9", key: "B-9")]))
        func ids(after: RowID?, limit: Int) async throws -> [RowValue] {
            try await worker.store.rows(of: "work_items", includingDeleted: false, after: after, limit: limit).map {
                $0[0]
            }
        }
        #expect(try await ids(after: nil, limit: 10) == ["9", "1", "2", "3"].map { .text($0) })
        #expect(try await ids(after: nil, limit: 2) == ["9", "1"].map { .text($0) })
        #expect(try await ids(after: RowID(source: "jira", id: "1"), limit: 2) == ["2", "3"].map { .text($0) })
    },
    Behaviour("rows are chosen by any column that holds no JSON") { fixture in
        let worker = try await Worker(fixture)
        try await worker.commit(Sample.items(["1", "2", "3"].map { Item(id: $0, key: "A-\($0)") }))
        func ids(_ column: String, _ value: RowValue, after: RowID? = nil) async throws -> [RowValue] {
            try await worker.store.rows(
                RowFilter(
                    table: "work_items", conditions: [.init(column: column, value: value)], after: after, limit: 10)
            ).map { $0[0] }
        }
        #expect(try await ids("key", .text("A-2")) == [.text("2")])
        #expect(try await ids("key", .text("A-2'; --")).isEmpty)
        #expect(try await ids("source", .text("jira"), after: RowID(source: "jira", id: "2")) == [.text("3")])
        #expect(try await ids("deleted_at", .null).count == 3)
        #expect(try await ids("deleted_at", .integer(Sample.start.microseconds)).isEmpty)
        #expect(try await ids("run_id", .integer(Int64.max)).isEmpty)
        let table = try #require(UnifiedSchema.table("work_items"))
        for column in table.columns + Table.provenance {
            let value: RowValue =
                switch column.type {
                case .text: .text("none")
                case .integer: .integer(-1)
                case .real: .real(-0.5)
                case .boolean: .integer(1)
                case .instant: .integer(1)
                case .json: .null
                }
            if column.type == .json {
                await #expect(throws: StoreError.self) { try await ids(column.name, value) }
            } else {
                #expect(try await ids(column.name, value).isEmpty, "\(column.name)")
            }
        }
        await #expect(throws: StoreError.self) { try await ids("key\" = '' OR \"key", .text("")) }
        await #expect(throws: StoreError.self) { try await ids("key", .integer(1)) }
    },
    Behaviour("every unified table takes, keeps and renews a row") { fixture in
        let worker = try await Worker(fixture)
        for table in UnifiedSchema.tables {
            func content(_ salt: Int64) -> PageContent {
                var batch = RowBatch(table)
                batch.beginRow(record: 0)
                for (position, column) in table.columns.enumerated() where !column.isDerived {
                    switch column.type {
                    case .text: batch.set(position, text: position == 0 ? "id" : "\(column.name) \(salt)")
                    case .json: batch.set(position, text: "[\(salt)]")
                    case .integer, .boolean: batch.set(position, integer: salt)
                    case .instant: batch.set(position, integer: Sample.start.microseconds + salt)
                    case .real: batch.set(position, real: Double(salt) + 0.5)
                    }
                }
                return PageContent(extracted: 1, batches: [batch])
            }
            #expect(try await worker.commit(content(0)).counts == RecordCounts(extracted: 1, inserted: 1))
            #expect(try await worker.commit(content(0)).counts == RecordCounts(extracted: 1, unchanged: 1))
            #expect(try await worker.commit(content(1)).counts == RecordCounts(extracted: 1, updated: 1))
            let expected = content(1).batches[0]
            let row = try #require(try await worker.store.dictionary(of: table.name)["id"])
            for (position, column) in table.columns.enumerated() where !column.isDerived {
                #expect(row[column.name] == expected.value(row: 0, column: position), "\(table.name).\(column.name)")
            }
            #expect(try await worker.store.rowCount(of: table.name) == (table.name == "work_item_aliases" ? 2 : 1))
            #expect(try await worker.store.versions(of: table.name, row: RowID(source: "jira", id: "id")).count == 1)
        }
    },
    Behaviour("a table that is not in the schema is refused") { fixture in
        let store = try await fixture.open(Sample.tenant)
        await #expect(throws: StoreError.self) { try await store.rowCount(of: "runs") }
        await #expect(throws: StoreError.self) {
            try await store.rows(of: "x; DROP TABLE runs", includingDeleted: true, after: nil, limit: 1)
        }
        await #expect(throws: StoreError.self) { try await store.versions(of: "", row: RowID(source: "a", id: "b")) }
    },
    Behaviour("a sound database has nothing to say, also after everything that happens to it") { fixture in
        let worker = try await Worker(fixture)
        try await worker.commit(Conversation.content)
        try await worker.commit(Sample.items([Item(id: "1", key: "OPS-1")]))
        _ = try await worker.store.prune(.rawPages, before: Sample.start + .hours(1), limit: 10)
        #expect(try await worker.store.check().isEmpty)
    },
    Behaviour("a closed store refuses every call") { fixture in
        let store = try await fixture.open(Sample.tenant)
        await store.close()
        await store.close()
        await #expect(throws: StoreError.closed) { try await store.jobs() }
        await #expect(throws: StoreError.closed) { try await store.addRun(Sample.newRun()) }
        #expect(try await fixture.open(Sample.tenant).jobs().isEmpty)
    },
    Behaviour("what was committed is there when the store is opened again") { fixture in
        let worker = try await Worker(fixture)
        try await worker.commit(Conversation.content)
        await worker.store.close()
        let again = try await fixture.open(Sample.tenant)
        #expect(try await again.rowCount(of: "work_items") == 2)
        #expect(try await again.checkpoint(of: worker.partition)?.sequence == 1)
        #expect(try await again.run(worker.fence.run)?.counts.inserted == 2)
    },
]
