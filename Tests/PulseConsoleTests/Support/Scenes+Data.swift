import PulseDomain

/// What was loaded: enough work items for two pages, and nothing else.
extension Scene {
    static let workItems = UnifiedSchema.table(of: WorkItemColumns.self)
    static let workItemCount = 250

    static func tables() -> [TableStatus] {
        UnifiedSchema.tables.map { TableStatus(name: $0.name, rows: $0.name == "work_items" ? workItemCount : 0) }
    }

    static func workItem(_ number: Int) -> DataRow {
        let isBug = number % 2 == 0
        let values: [String: RowValue] = [
            "id": .text(String(10_000 + number)), "key": .text("PAY-\(number)"), "project_id": .text("10"),
            "type": .text(isBug ? "Bug" : "Story"), "status": .text(number % 3 == 0 ? "Done" : "In Progress"),
            "title": .text(number == 200 ? "Refund fails for the second card" : "Show the receipt in the app"),
            "story_points": number % 5 == 0 ? .null : .real(Double(number % 5)),
            "created_at": .integer((moment - .hours(number)).microseconds),
            "custom_fields": .text(#"{"team":"checkout","risk":[1,2]}"#), "tenant": .text("acme"),
            "source": .text("jira-cloud"), "run_id": .integer(812), "loaded_at": .integer(moment.microseconds),
        ]
        return DataRow(values: workItems.allColumns.map { values[$0.name] ?? .null })
    }

    /// As a store answers.
    static func rows(_ filter: RowFilter) -> [DataRow] {
        guard filter.table == workItems.name else { return [] }
        let all = (0..<workItemCount).map(workItem).filter { row in
            filter.conditions.allSatisfy { row.value(of: $0.column, in: workItems) == $0.value }
        }
        let first = filter.after.flatMap { after in all.firstIndex { ($0.id(in: workItems) ?? after) > after } }
        return Array(all[(filter.after == nil ? 0 : first ?? all.count)...].prefix(filter.limit))
    }
}
