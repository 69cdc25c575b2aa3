import Foundation
import PulseDomain

@testable import PulseConnectors

/// Pages and rows that lie beside the tests as files.
enum GoldenPage {
    static func bytes(_ name: String, file: String = #filePath) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
        return Array(try Data(contentsOf: folder.appendingPathComponent("Fixtures/\(name)")))
    }

    static func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    /// Every row of a page as text: the table, then a line for each value.
    static func description(of content: PageContent) -> String {
        var lines: [String] = []
        for batch in content.batches {
            for row in 0..<batch.count {
                lines.append("\(batch.table.name) of record \(batch.records[row])")
                for (position, column) in batch.table.columns.enumerated() {
                    let value = batch.value(row: row, column: position)
                    if let text = text(value, column.type) { lines.append("    \(column.name) = \(text)") }
                }
            }
        }
        for set in content.childSets {
            lines.append("complete \(set.table) of \(set.owner): \(set.ids.joined(separator: " "))")
        }
        for record in content.rejected {
            lines.append("rejected \(record.recordID ?? "-") \(record.code): \(record.reason)")
        }
        lines.append("extracted \(content.extracted), newest \(content.highWater?.changedAt?.iso8601 ?? "-")")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func text(_ value: RowValue, _ type: ColumnType) -> String? {
        switch value {
        case .null: nil
        case .integer(let integer):
            switch type {
            case .instant: Instant(microseconds: integer).iso8601
            case .boolean: integer == 0 ? "no" : "yes"
            case .text, .integer, .real, .json: "\(integer)"
            }
        case .real(let real): "\(real)"
        case .text(let text): text.debugDescription
        }
    }
}
