import PulseDomain

/// Holds what a connector made of a page to the schema, before it reaches the store: a row without a required value
/// takes its record to quarantine instead of failing the whole page. A row that only accompanies the records (a person)
/// goes there by itself.
enum PageValidation {
    /// - Parameter payloads: what the source sent for some records of the page, by their positions, so that they can be
    ///   replayed; asked only when there are such.
    static func validated(
        _ content: PageContent, payloads: (Set<Int32>) throws -> [Int32: [UInt8]]
    ) rethrows -> PageContent {
        var offenders: [Int32: String] = [:]
        var strays: [(batch: Int, row: Int, column: String)] = []
        for (index, batch) in content.batches.enumerated() {
            let required = batch.table.columns.indices.filter { !batch.table.columns[$0].isNullable }
            for row in 0..<batch.count {
                for column in required where batch.cell(row: row, column: column).kind == .null {
                    let name = "\(batch.table.name).\(batch.table.columns[column].name)"
                    if batch.records[row] >= 0 {
                        offenders[batch.records[row]] = name
                    } else {
                        strays.append((index, row, name))
                        break
                    }
                }
            }
        }
        guard !offenders.isEmpty || !strays.isEmpty else { return content }
        var valid = content
        for (index, rows) in Dictionary(grouping: strays, by: \.batch) {
            valid.batches[index] = content.batches[index].removing(rows: Set(rows.map(\.row)))
        }
        let records = Set(offenders.keys)
        if !records.isEmpty { valid.batches = valid.batches.map { $0.removing(records: records) } }
        let sent = records.isEmpty ? [:] : try payloads(records)
        for (record, column) in offenders.sorted(by: { $0.key < $1.key }) {
            valid.rejected.append(
                rejection(
                    content.mainID(ofRecord: record), column, sent[record] ?? content.rowsAsText(ofRecord: record)))
        }
        for stray in strays {
            // No record of the page accounts for it: it is one of its own.
            valid.extracted += 1
            let batch = content.batches[stray.batch]
            var id: String?
            if case .text(let text) = batch.value(row: stray.row, column: 0) { id = text }
            valid.rejected.append(rejection(id, stray.column, Array(batch.line(ofRow: stray.row).utf8)))
        }
        return valid
    }

    private static func rejection(_ id: String?, _ column: String, _ payload: [UInt8]) -> RejectedRecord {
        RejectedRecord(
            recordID: id, code: "row.required_missing",
            reason: "The record has no value for \(column), which the schema requires.", payload: payload)
    }
}

extension RowBatch {
    /// What the connector made of a row: table and values, with tabs between them.
    fileprivate func line(ofRow row: Int) -> String {
        let values = table.columns.indices.map { column in
            switch value(row: row, column: column) {
            case .null: "null"
            case .integer(let value): String(value)
            case .real(let value): String(value)
            case .text(let value): "\"\(value)\""
            }
        }
        return "\(table.name)\t\(values.joined(separator: "\t"))\n"
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

    /// The rows of a record, a line each.
    fileprivate func rowsAsText(ofRecord record: Int32) -> [UInt8] {
        var text = ""
        for batch in batches {
            for row in 0..<batch.count where batch.records[row] == record { text += batch.line(ofRow: row) }
        }
        return Array(text.utf8)
    }
}
