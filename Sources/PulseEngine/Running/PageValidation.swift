import PulseDomain

/// Holds what a connector made of a page to the schema, before it reaches the store: a row without a required value
/// takes its record to quarantine instead of failing the whole page.
enum PageValidation {
    static func validated(_ content: PageContent) -> PageContent {
        var offenders: [Int32: String] = [:]
        for batch in content.batches {
            let required = batch.table.columns.indices.filter { !batch.table.columns[$0].isNullable }
            for row in 0..<batch.count {
                for column in required where batch.cell(row: row, column: column).kind == .null {
                    let name = "\(batch.table.name).\(batch.table.columns[column].name)"
                    offenders[batch.records[row]] = name
                }
            }
        }
        guard !offenders.isEmpty else { return content }
        var valid = content
        valid.batches = content.batches.map { $0.removing(records: Set(offenders.keys)) }
        for (record, column) in offenders.sorted(by: { $0.key < $1.key }) where record >= 0 {
            valid.rejected.append(
                RejectedRecord(
                    recordID: content.mainID(ofRecord: record), code: "row.required_missing",
                    reason: "The record has no value for \(column), which the schema requires.",
                    payload: content.rowsAsJSON(ofRecord: record)))
        }
        return valid
    }
}

extension PageContent {
    /// The id of the first row of a record.
    fileprivate func mainID(ofRecord record: Int32) -> String? {
        for batch in batches {
            guard let row = batch.records.firstIndex(of: record) else { continue }
            if case .text(let id) = batch.value(row: row, column: 0) { return id }
        }
        return nil
    }

    /// What the connector made of the record: table, a tab, its values, a line each.
    fileprivate func rowsAsJSON(ofRecord record: Int32) -> [UInt8] {
        var text = ""
        for batch in batches {
            for row in 0..<batch.count where batch.records[row] == record {
                let values = batch.table.columns.indices.map { column in
                    switch batch.value(row: row, column: column) {
                    case .null: "null"
                    case .integer(let value): String(value)
                    case .real(let value): String(value)
                    case .text(let value): "\"\(value)\""
                    }
                }
                text += "\(batch.table.name)\t\(values.joined(separator: "\t"))\n"
            }
        }
        return Array(text.utf8)
    }
}
