package import PulseDomain
import PulseStore
import Testing

/// A value of a view, as it is compared between stores: instants are ISO 8601 texts, truths 0 or 1.
package enum Answer: Sendable, Hashable, CustomStringConvertible {
    case none
    case number(Double)
    case text(String)

    package var description: String {
        switch self {
        case .none: "-"
        case .number(let number): "\(number)"
        case .text(let text): text
        }
    }

    static func hour(_ text: String) -> Answer {
        // Hours of Monday 2025-01-06, in the second week of its year.
        .text("2025-01-06T\(text):00Z")
    }
}

extension Answer: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByNilLiteral
{
    package init(stringLiteral text: String) { self = .text(text) }
    package init(integerLiteral number: Int) { self = .number(Double(number)) }
    package init(floatLiteral number: Double) { self = .number(number) }
    package init(nilLiteral: ()) { self = .none }
}

/// Rows of the unified schema, told by their columns, and what views make of them.
package struct ViewWorld {
    package let fixture: any StoreFixture
    private let worker: Worker
    private let tenant: TenantID

    package init(_ fixture: any StoreFixture, tenant: TenantID = "acme", source: SourceID = "jira") async throws {
        self.fixture = fixture
        self.tenant = tenant
        worker = try await Worker(fixture, partition: Sample.partition(source: source, tenant: tenant))
    }

    /// Loads rows. Required columns that are left out get something of their type.
    package func load<Columns: TableColumns>(_ type: Columns.Type, _ rows: [[Columns: Answer]]) async throws {
        var batch = RowBatch(UnifiedSchema.table(of: type))
        for row in rows {
            batch.beginRow(record: -1)
            for column in Columns.allCases {
                let declared = column.column
                switch (row[column] ?? nil, declared.type) {
                case (.text(let text), .instant):
                    batch.set(column.rawValue, integer: try #require(Instant(parsing: text), "\(text)").microseconds)
                case (.text(let text), _): batch.set(column.rawValue, text: text)
                case (.number(let number), .real): batch.set(column.rawValue, real: number)
                case (.number(let number), _): batch.set(column.rawValue, integer: Int64(number))
                case (.none, _) where declared.isNullable: break
                case (.none, .text), (.none, .json): batch.set(column.rawValue, text: "[]")
                case (.none, _): batch.set(column.rawValue, integer: 0)
                }
            }
        }
        try await worker.commit(PageContent(batches: [batch]))
    }

    /// From now on only `ids` are there of a table; what the others owned goes with them.
    package func keepOnly(_ ids: [String], of table: TableName) async throws {
        let later = Sample.start + .days(1)
        let census = try await worker.next(.census)
        try await census.commit(
            PageContent(censusIDs: ids), at: later,
            census: CensusEnd(scope: CensusScope(table: table), startedAt: later, holdAbove: 1))
    }

    /// The rows of a view, which the tenant asks for.
    package func rows(of view: String) async throws -> [[String: Answer]] {
        try await fixture.rows(ofView: view, tenant: tenant)
    }

    /// Holds the rows of a view, by the text of one column, against what is told of them.
    func expect(
        _ view: String, by key: String, _ expected: [String: [String: Answer]],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        var found: [String: [String: Answer]] = [:]
        for row in try await rows(of: view) {
            let name = row[key, default: nil].description
            #expect(found[name] == nil, "\(view) has several rows for \(name)", sourceLocation: sourceLocation)
            found[name] = row
        }
        #expect(found.keys.sorted() == expected.keys.sorted(), sourceLocation: sourceLocation)
        for (name, columns) in expected {
            for (column, value) in columns {
                let answer = found[name]?[column]
                #expect(answer == value, "\(view), \(name): \(column)", sourceLocation: sourceLocation)
            }
        }
    }
}
