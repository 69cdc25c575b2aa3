import PulseConnectors
import PulseDomain
import Testing

@Suite struct RowWriterTests {
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

    @Test func `bytes are written as they are, contiguous or not, without NULs`() {
        var rows = RowWriter<CommitColumns>()
        let texts: [[UInt8]] = [Array("plain".utf8), [], [0], [0x61, 0, 0, 0x62, 0], Array("naïve \u{1F600}".utf8)]
        for text in texts {
            rows.beginRow(record: 0)
            rows.set(.id, utf8: text)
            rows.set(.message, utf8: text.lazy.map { $0 })
            let written = RowValue.text(String(decoding: text.filter { $0 != 0 }, as: UTF8.self))
            #expect(rows.batch.value(row: rows.count - 1, column: CommitColumns.id.rawValue) == written)
            #expect(rows.batch.value(row: rows.count - 1, column: CommitColumns.message.rawValue) == written)
        }
    }
}
