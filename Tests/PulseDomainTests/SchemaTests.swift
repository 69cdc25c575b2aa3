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
}
