import PulseConnectors
import PulseDomain
import PulseStore
import Testing

let linkBehaviours: [Behaviour] = [
    Behaviour("links find their item whichever comes first, item or link") { fixture in
        for (tenant, linksFirst) in [(TenantID("links-first"), true), (TenantID("items-first"), false)] {
            let world = try await LinkWorld(fixture, tenant: tenant)
            if linksFirst { try await world.loadLinks() }
            try await world.load([Item(id: "1", key: "PAY-1"), Item(id: "2", key: "PAY-2")])
            if !linksFirst { try await world.loadLinks() }
            for table in ["work_item_pull_requests", "work_item_commits"] as [TableName] {
                let links = try await world.links(table)
                #expect(links == ["x:PAY-1": "jira/1", "x:PAY-2": "jira/2", "x:PAY-3": nil])
            }
        }
    },
    Behaviour("an item that moves keeps its former key as an alias, and links by both find it") { fixture in
        let world = try await LinkWorld(fixture)
        try await world.load([Item(id: "1", key: "PAY-1")])
        try await world.loadLinks()
        try await world.load([Item(id: "1", key: "PAY-3")])
        #expect(try await world.items.store.dictionary(of: "work_item_aliases")["PAY-1"]?["work_item_id"] == .text("1"))
        #expect(try await world.links() == ["x:PAY-1": "jira/1", "x:PAY-2": nil, "x:PAY-3": "jira/1"])
        // Another item gets the former key: today's key comes before a former one.
        try await world.load([Item(id: "9", key: "PAY-1")])
        #expect(try await world.links() == ["x:PAY-1": "jira/9", "x:PAY-2": nil, "x:PAY-3": "jira/1"])
        // It moves back and forth.
        try await world.load([Item(id: "9", key: "PAY-2")])
        try await world.load([Item(id: "1", key: "PAY-1")])
        try await world.load([Item(id: "1", key: "PAY-3")])
        #expect(try await world.links() == ["x:PAY-1": "jira/1", "x:PAY-2": "jira/9", "x:PAY-3": "jira/1"])
    },
    Behaviour("an item that moves to another project stays one row, whichever project is looked at first") { fixture in
        for (tenant, isCountedFirst) in [(TenantID("moved-first"), false), (TenantID("counted-first"), true)] {
            let world = try await LinkWorld(fixture, tenant: tenant)
            let store = world.items.store
            try await world.load([Item(id: "1", key: "PAY-1"), Item(id: "2", key: "PAY-2")])
            try await world.loadLinks(to: ["PAY-1", "OPS-7"])
            #expect(try await world.links() == ["x:PAY-1": "jira/1", "x:OPS-7": nil])
            let later = Sample.start + .hours(1)
            let counting = try await world.items.next(.census)
            let project = CensusScope(table: "work_items", column: "project_id", value: "10")
            let end = CensusEnd(scope: project, startedAt: later, holdAbove: 0.9)
            if isCountedFirst {
                // The project that it left lacks it, before the one that it came to tells.
                let finding = try await counting.commit(PageContent(censusIDs: ["2"]), at: later, census: end).finding
                #expect(finding?.records == 1)
                #expect(try await world.links() == ["x:PAY-1": nil, "x:OPS-7": nil])
            }
            let other = try await Worker(store, partition: Sample.partition("OPS", tenant: tenant))
            let moved = Item(id: "1", key: "OPS-7", updatedAt: later, project: "20")
            try await other.commit(Sample.items([moved]), at: later)
            if !isCountedFirst {
                let finding = try await counting.commit(PageContent(censusIDs: ["2"]), at: later, census: end).finding
                #expect(finding == nil)
            }
            let rows = try await store.dictionary(of: "work_items")
            #expect(rows.keys.sorted() == ["1", "2"])
            #expect(rows["1"]?["key"] == .text("OPS-7") && rows["1"]?["project_id"] == .text("20"))
            let aliases = try await store.dictionary(of: "work_item_aliases")
            #expect(aliases.mapValues { $0["work_item_id"] } == ["PAY-1": .text("1")])
            #expect(try await world.links() == ["x:PAY-1": "jira/1", "x:OPS-7": "jira/1"])
        }
    },
    Behaviour("links by a former key find the item in either order") { fixture in
        let world = try await LinkWorld(fixture)
        try await world.load([Item(id: "1", key: "PAY-1")])
        try await world.load([Item(id: "1", key: "PAY-2")])
        try await world.loadLinks()
        #expect(try await world.links() == ["x:PAY-1": "jira/1", "x:PAY-2": "jira/1", "x:PAY-3": nil])
    },
    Behaviour("aliases that a connector tells are used too") { fixture in
        let world = try await LinkWorld(fixture)
        try await world.loadLinks()
        var aliases = RowWriter<WorkItemAliasColumns>()
        aliases.beginRow(record: 0)
        aliases.set(.id, "PAY-3")
        aliases.set(.workItemID, "1")
        var content = Sample.items([Item(id: "1", key: "PAY-1")])
        content.batches.append(aliases.batch)
        try await world.items.commit(content)
        #expect(try await world.links() == ["x:PAY-1": "jira/1", "x:PAY-2": nil, "x:PAY-3": "jira/1"])
    },
    Behaviour("links of items that are gone point nowhere, until the items are back") { fixture in
        let world = try await LinkWorld(fixture)
        try await world.loadLinks()
        try await world.load([Item(id: "1", key: "PAY-1"), Item(id: "2", key: "PAY-2")])
        let later = Sample.start + .hours(1)
        let census = CensusEnd(scope: CensusScope(table: "work_items"), startedAt: later, holdAbove: 0.9)
        let counting = try await world.items.next(.census)
        let finding = try #require(
            try await counting.commit(PageContent(censusIDs: ["2"]), at: later, census: census).finding)
        #expect(try await world.links() == ["x:PAY-1": nil, "x:PAY-2": "jira/2", "x:PAY-3": nil])
        _ = try await world.items.store.undoTombstones(finding.id, at: later)
        #expect(try await world.links() == ["x:PAY-1": "jira/1", "x:PAY-2": "jira/2", "x:PAY-3": nil])
    },
    Behaviour("loading links again leaves what was derived") { fixture in
        let world = try await LinkWorld(fixture)
        try await world.load([Item(id: "1", key: "PAY-1")])
        try await world.loadLinks()
        #expect(try await world.loadLinks().counts == RecordCounts(extracted: 1, unchanged: 1))
        #expect(try await world.loadLinks(score: 0.5).counts == RecordCounts(extracted: 1, updated: 1))
        #expect(try await world.links() == ["x:PAY-1": "jira/1", "x:PAY-2": nil, "x:PAY-3": nil])
    },
]

/// Items of one source, and a pull request and commit of another that tell three keys.
private struct LinkWorld {
    let items: Worker
    let code: Worker

    init(_ fixture: any StoreFixture, tenant: TenantID = Sample.tenant) async throws {
        items = try await Worker(fixture, partition: Sample.partition(tenant: tenant))
        code = try await Worker(
            items.store, partition: Sample.partition("o/r", source: "github", stream: "pulls", tenant: tenant))
    }

    func load(_ rows: [Item]) async throws { try await items.commit(Sample.items(rows)) }

    @discardableResult
    func loadLinks(
        to keys: [String] = ["PAY-1", "PAY-2", "PAY-3"], score: Double = 0.9
    ) async throws -> CommitResult {
        var (pulls, commits) = (RowWriter<WorkItemPullRequestColumns>(), RowWriter<WorkItemCommitColumns>())
        for key in keys {
            pulls.beginRow(record: 0)
            pulls.set(.id, "x:\(key)")
            pulls.set(.pullRequestID, "x")
            pulls.set(.key, key)
            pulls.set(.evidence, #"["title"]"#)
            pulls.set(.score, score)
            commits.beginRow(record: 0)
            commits.set(.id, "x:\(key)")
            commits.set(.commitID, "x")
            commits.set(.key, key)
            commits.set(.evidence, #"["message"]"#)
            commits.set(.score, score)
        }
        return try await code.commit(PageContent(extracted: 1, batches: [pulls.batch, commits.batch]))
    }

    /// What links point to, as `source/id`.
    func links(_ table: TableName = "work_item_pull_requests") async throws -> [String: String?] {
        try await code.store.dictionary(of: table).mapValues { row in
            guard case .text(let source) = row["work_item_source"], case .text(let id) = row["work_item_id"] else {
                return nil
            }
            return "\(source)/\(id)"
        }
    }
}
