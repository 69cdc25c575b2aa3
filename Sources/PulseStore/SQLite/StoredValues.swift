import Foundation
import GRDB
import PulseDomain

/// How values with parts are kept in one column.
enum StoredValue {
    /// A value as JSON with sorted keys.
    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func json(_ value: (some Encodable)?) throws -> String? { try value.map { try json($0) } }

    static func value<Value: Decodable>(_ type: Value.Type = Value.self, json: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(json.utf8))
    }

    static func value<Value: Decodable>(_ type: Value.Type = Value.self, json: String?) throws -> Value? {
        try json.map { try value(type, json: $0) }
    }

    /// `incremental`, `full`, `census`, or `range FROM TO` with microseconds.
    static func text(_ mode: RunMode) -> String {
        guard case .range(let from, let to) = mode else { return mode.name }
        return "range \(from.microseconds) \(to.microseconds)"
    }

    static func mode(_ text: String) throws -> RunMode {
        switch text {
        case "incremental": return .incremental
        case "full": return .full
        case "census": return .census
        default:
            let parts = text.split(separator: " ")
            guard parts.count == 3, parts[0] == "range", let from = Int64(parts[1]), let to = Int64(parts[2]) else {
                throw StoredValueError(description: "mode \(text)")
            }
            return .range(from: Instant(microseconds: from), to: Instant(microseconds: to))
        }
    }

    /// A value of an enum by its stored name.
    static func named<Value: RawRepresentable>(_ name: String, as type: Value.Type = Value.self) throws -> Value
    where Value.RawValue == String {
        guard let value = Value(rawValue: name) else { throw StoredValueError(description: "\(type) \(name)") }
        return value
    }
}

extension Instant: DatabaseValueConvertible {
    var databaseValue: DatabaseValue { microseconds.databaseValue }
    static func fromDatabaseValue(_ value: DatabaseValue) -> Instant? {
        Int64.fromDatabaseValue(value).map(Instant.init(microseconds:))
    }
}

extension RecordCounts {
    static let columns = "extracted, inserted, updated, unchanged, quarantined, filtered, tombstoned"

    init(_ row: Row) {
        self.init(
            extracted: row["extracted"], inserted: row["inserted"], updated: row["updated"],
            unchanged: row["unchanged"], quarantined: row["quarantined"], filtered: row["filtered"],
            tombstoned: row["tombstoned"])
    }

    /// In the order of ``columns``.
    var arguments: StatementArguments {
        [extracted, inserted, updated, unchanged, quarantined, filtered, tombstoned]
    }
}

extension PartitionID {
    init(_ row: Row, tenant: TenantID) {
        self.init(
            tenant: tenant, source: SourceID(row["source"] as String), stream: StreamID(row["stream"] as String),
            key: PartitionKey(row["partition"] as String))
    }
}

extension Database {
    /// The next number of what is called `name`: every tenant counts by itself, and numbers are never given out twice.
    func nextNumber(_ name: String, of tenant: TenantID, count: Int = 1) throws -> Int64 {
        let last = try Int64.fetchOne(
            self,
            cachedSQL: """
                INSERT INTO counters (tenant, name, value) VALUES (?1, ?2, ?3)
                ON CONFLICT (tenant, name) DO UPDATE SET value = value + ?3 RETURNING value
                """, arguments: [tenant.rawValue, name, count])
        guard let last else { throw StoredValueError(description: "counter \(name)") }
        return last - Int64(count) + 1
    }

    /// Runs a statement that is kept prepared; how many rows it changed.
    @discardableResult
    func run(_ sql: String, _ arguments: StatementArguments = []) throws -> Int {
        try cachedStatement(sql: sql).execute(arguments: arguments)
        return changesCount
    }

    func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
        try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments)
    }

    func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
        try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
    }
}

extension DatabaseValueConvertible {
    static func fetchOne(_ db: Database, cachedSQL sql: String, arguments: StatementArguments) throws -> Self? {
        try fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
    }
}
