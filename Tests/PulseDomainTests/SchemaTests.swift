import PulseDomain
import Testing

@Suite struct SchemaTests {
    @Test func `every table of the design is there, once`() {
        let names = UnifiedSchema.tables.map(\.name.rawValue)
        #expect(Set(names).count == names.count)
        let designed = """
            projects work_item_types statuses work_items work_item_aliases work_item_changes work_item_comments worklogs
            work_item_links sprints sprint_work_items releases repositories pull_requests pull_request_commits
            pull_request_reviews pull_request_comments commits builds deployments people work_item_pull_requests
            work_item_commits
            """.split(whereSeparator: \.isWhitespace).map(String.init)
        #expect(Set(names) == Set(designed))
    }

    @Test(arguments: UnifiedSchema.tables)
    func `a table is well formed`(table: Table) {
        #expect(table.columns.first?.name == "id" && table.columns.first?.isNullable == false)
        #expect(Set(table.columns.map(\.name)).count == table.columns.count)
        #expect(table.meaning.hasSuffix(".") && table.columns.allSatisfy { $0.meaning.hasSuffix(".") })
        for column in table.columns {
            if let target = column.refersTo { #expect(UnifiedSchema.table(target) != nil, "\(column.name)") }
        }
        if let owner = table.owner { #expect(table.columns[owner].refersTo != nil) }
        #expect(Set(table.columns.map(\.name)).isDisjoint(with: Table.provenance.map(\.name)))
    }

    @Test func `owners come before what they own`() {
        for (index, table) in UnifiedSchema.tables.enumerated() {
            guard let owner = table.owner.flatMap({ table.columns[$0].refersTo }) else { continue }
            #expect(UnifiedSchema.tables[..<index].contains { $0.name == owner }, "\(table.name)")
        }
    }

    @Test func `rows keep what is written and lose NUL bytes`() {
        var rows = RowWriter<CommitColumns>()
        rows.beginRow(record: 0)
        rows.set(.id, "r:1")
        rows.set(.message, "a\0b")
        rows.set(.isMerge, true)
        rows.set(.authoredAt, Instant(seconds: 5))
        rows.beginRow(record: 1)
        rows.set(.id, "r:2")
        #expect(rows.batch.value(row: 0, column: CommitColumns.message.rawValue) == .text("ab"))
        #expect(rows.batch.value(row: 0, column: CommitColumns.isMerge.rawValue) == .integer(1))
        #expect(rows.batch.value(row: 0, column: CommitColumns.authoredAt.rawValue) == .integer(5_000_000))
        #expect(rows.batch.value(row: 1, column: CommitColumns.message.rawValue) == .null)
        let kept = rows.batch.removing(records: [0])
        #expect(kept.count == 1 && kept.value(row: 0, column: 0) == .text("r:2"))
    }
}
