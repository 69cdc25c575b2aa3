import Glibc

/// A value that is bound to a statement's parameter, or that was read from a column.
package enum PostgresValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case real(Double)
    /// Text, and every type that is written as text: `jsonb`, enums. The server finds the type from the place.
    case text(String)
    case bytes([UInt8])
    /// Microseconds since 1970 in UTC: `timestamptz`.
    case instant(Int64)
    case array(PostgresArray)

    /// What PostgreSQL counts its microseconds from: 2000-01-01 in UTC, in microseconds since 1970 (`timestamp.h`,
    /// `POSTGRES_EPOCH_JDATE`).
    package static let epoch: Int64 = 946_684_800_000_000
}

/// Types by their number, which is the same in every database (`pg_type.dat`).
enum PostgresType {
    static let unknown: UInt32 = 0
    static let bool: UInt32 = 16
    static let bytea: UInt32 = 17
    static let name: UInt32 = 19
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let oid: UInt32 = 26
    static let json: UInt32 = 114
    static let float4: UInt32 = 700
    static let float8: UInt32 = 701
    static let timestamptz: UInt32 = 1_184
    static let jsonb: UInt32 = 3_802
    static let boolArray: UInt32 = 1_000
    static let textArray: UInt32 = 1_009
    static let int8Array: UInt32 = 1_016
    static let float8Array: UInt32 = 1_022
    static let timestamptzArray: UInt32 = 1_185
    static let jsonbArray: UInt32 = 3_807
}

extension PostgresValue {
    /// The type that the parameter is declared with; unknown lets the server choose.
    var type: UInt32 {
        switch self {
        case .null, .text: PostgresType.unknown
        case .boolean: PostgresType.bool
        case .integer: PostgresType.int8
        case .real: PostgresType.float8
        case .bytes: PostgresType.bytea
        case .instant: PostgresType.timestamptz
        case .array(let array): array.type
        }
    }

    /// About what ``append(to:)`` appends.
    var sizeInBytes: Int {
        switch self {
        case .null, .boolean, .integer, .real, .instant: 8
        case .text(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        case .array(let array): array.sizeInBytes
        }
    }

    /// Whether the bytes of ``append(to:)`` are binary.
    var isBinary: Bool {
        switch self {
        case .null, .text: false
        case .boolean, .integer, .real, .bytes, .instant, .array: true
        }
    }

    /// Appends what is sent, without a length; nothing for null. NUL characters are left out of texts: the server
    /// takes none.
    func append(to bytes: inout [UInt8]) {
        switch self {
        case .null: break
        case .boolean(let flag): bytes.append(flag ? 1 : 0)
        case .integer(let integer): bytes.append(bigEndian: integer)
        case .real(let real): bytes.append(bigEndian: real.bitPattern)
        case .text(var text):
            text.withUTF8 { text in
                guard let start = text.baseAddress, memchr(start, 0, text.count) != nil else {
                    return bytes.append(contentsOf: text)
                }
                for byte in text where byte != 0 { bytes.append(byte) }
            }
        case .bytes(let own): bytes.append(contentsOf: own)
        case .instant(let microseconds): bytes.append(bigEndian: microseconds &- Self.epoch)
        case .array(let array): array.append(to: &bytes)
        }
    }

    /// What a column of the binary format holds. Throws for types that no statement of ours returns.
    init(type: UInt32, bytes: UnsafeRawBufferPointer) throws {
        func integer<Word: FixedWidthInteger>(_: Word.Type) throws -> Word {
            guard bytes.count == MemoryLayout<Word>.size else { throw Self.unreadable(type, bytes.count) }
            return Word(bigEndian: bytes.loadUnaligned(as: Word.self))
        }
        switch type {
        case PostgresType.bool: self = .boolean(try integer(UInt8.self) != 0)
        case PostgresType.int8: self = .integer(try integer(Int64.self))
        case PostgresType.int4: self = .integer(Int64(try integer(Int32.self)))
        case PostgresType.int2: self = .integer(Int64(try integer(Int16.self)))
        case PostgresType.oid: self = .integer(Int64(try integer(UInt32.self)))
        case PostgresType.float8: self = .real(Double(bitPattern: try integer(UInt64.self)))
        case PostgresType.float4: self = .real(Double(Float(bitPattern: try integer(UInt32.self))))
        case PostgresType.timestamptz: self = .instant(try integer(Int64.self) &+ Self.epoch)
        case PostgresType.bytea: self = .bytes(Array(bytes))
        case PostgresType.jsonb:
            // A version, 1, stands before the text (`jsonb_send`).
            guard bytes.first == 1 else { throw Self.unreadable(type, bytes.count) }
            self = .text(String(decoding: bytes.dropFirst(), as: UTF8.self))
        default: self = .text(String(decoding: bytes, as: UTF8.self))
        }
    }

    private static func unreadable(_ type: UInt32, _ count: Int) -> PostgresError {
        PostgresError(
            kind: .statement, state: "",
            message: "the server sent \(count) bytes for a value of type \(type), which cannot be")
    }
}

extension [UInt8] {
    /// Appends the bytes of a number, the most significant first.
    @inline(__always)
    mutating func append(bigEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }
}
