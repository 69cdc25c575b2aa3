import PulseConnectors
import PulseDomain
import Testing

@testable import PulseEngine

@Suite struct PageValidationTests {
    /// Two items, the second without its required title when `isBroken`, and people who belong to no item.
    private func content(people: [(id: String?, name: String)], isBroken: Bool = false) -> PageContent {
        var items = RowWriter<WorkItemColumns>()
        for record in 0..<2 {
            items.beginRow(record: record)
            items.set(.id, "\(record)")
            items.set(.key, "PAY-\(record)")
            items.set(.projectID, "10")
            if !(isBroken && record == 1) { items.set(.title, "Title") }
        }
        var rows = RowWriter<PersonColumns>()
        for person in people {
            rows.beginRow(record: -1)
            rows.set(.id, person.id)
            rows.set(.name, person.name)
        }
        return PageContent(extracted: 2, batches: [items.batch, rows.batch])
    }

    private func validated(_ content: PageContent) -> PageContent {
        PageValidation.validated(content) { _ in [:] }
    }

    private func ids(_ content: PageContent, _ table: TableName) -> [RowValue] {
        content.batches.filter { $0.table.name == table }.flatMap { batch in
            (0..<batch.count).map { batch.value(row: $0, column: 0) }
        }
    }

    @Test func `a record that lacks a value goes to quarantine, and what accompanies the page stays`() throws {
        let valid = validated(content(people: [("a", "Ada"), ("b", "Bob")], isBroken: true))
        #expect(valid.extracted == 2 && valid.rejected.map(\.recordID) == ["1"])
        #expect(ids(valid, "work_items") == [.text("0")])
        #expect(ids(valid, "people") == [.text("a"), .text("b")])
    }

    @Test func `what the source sent for the record is kept, and asked for that record alone`() throws {
        let asked = Locked<[Set<Int32>]>([])
        let valid = PageValidation.validated(content(people: [(nil, "Ada")], isBroken: true)) { records in
            asked.change { $0.append(records) }
            return [1: Array("sent".utf8)]
        }
        #expect(asked.value == [[1]])
        #expect(valid.rejected.first?.payload == Array("sent".utf8))
        // Nothing is asked where every record is good.
        let good = PageValidation.validated(content(people: [(nil, "Ada")])) { _ in
            Issue.record("it was asked")
            return [:]
        }
        #expect(good.rejected.count == 1)
    }

    @Test func `an accompanying row that lacks a value goes to quarantine by itself`() throws {
        let valid = validated(
            content(people: [("a", "Ada"), (nil, "Bob"), (nil, "Cyd"), ("d", "Ünï\tcode")]))
        #expect(ids(valid, "work_items") == [.text("0"), .text("1")])
        #expect(ids(valid, "people") == [.text("a"), .text("d")])
        let people = try #require(valid.batches.last)
        try #require(people.count == 2)
        #expect(people.value(row: 1, column: PersonColumns.name.rawValue) == .text("Ünï\tcode"))
        // Each is a record of its own, so that everything is accounted for.
        #expect(valid.extracted == 4 && valid.rejected.map(\.recordID) == [nil, nil])
        let rejected = try #require(valid.rejected.first)
        #expect(rejected.code == "row.required_missing" && rejected.reason.contains("people.id"))
        #expect(String(decoding: rejected.payload, as: UTF8.self).contains("\"Bob\""))
    }

    @Test func `bad records and bad accompanying rows of one page are each left out`() {
        let valid = validated(content(people: [(nil, "Ada"), ("b", "Bob")], isBroken: true))
        #expect(ids(valid, "work_items") == [.text("0")] && ids(valid, "people") == [.text("b")])
        #expect(valid.extracted == 3 && valid.rejected.map(\.recordID) == ["1", nil])
    }

    @Test func `a page without fault stays as it is`() {
        let content = content(people: [("a", "Ada")])
        let valid = validated(content)
        #expect(valid.rejected.isEmpty && valid.extracted == 2 && ids(valid, "people") == [.text("a")])
    }
}
