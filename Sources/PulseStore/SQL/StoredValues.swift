import Foundation
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

extension RecordCounts {
    static let columns = "extracted, inserted, updated, unchanged, quarantined, filtered, tombstoned"

    init(_ row: SQLRow) throws {
        try self.init(
            extracted: row["extracted"], inserted: row["inserted"], updated: row["updated"],
            unchanged: row["unchanged"], quarantined: row["quarantined"], filtered: row["filtered"],
            tombstoned: row["tombstoned"])
    }

    /// In the order of ``columns``.
    var arguments: SQLArguments {
        [extracted, inserted, updated, unchanged, quarantined, filtered, tombstoned]
    }
}

extension PartitionID {
    init(_ row: SQLRow, tenant: TenantID) throws {
        self.init(
            tenant: tenant, source: SourceID(try row["source"] as String),
            stream: StreamID(try row["stream"] as String),
            key: PartitionKey(try row["partition"] as String))
    }
}
