/// Writes rows in COPY's binary format (manual, "COPY", "Binary Format") and sends them as they come.
///
/// What is written is not checked against the table: a wrong type is refused by the server, and nothing is loaded.
package struct CopyWriter {
    private let connection: PostgresConnection
    private var buffer: [UInt8] = []
    /// Sent when this much has come together: libpq copies it once more, and the server reads by 8 KiB.
    private static let chunk = 64 << 10

    init(_ connection: PostgresConnection) {
        self.connection = connection
        buffer.reserveCapacity(Self.chunk + (16 << 10))
        buffer.append(contentsOf: "PGCOPY\n".utf8)
        buffer.append(contentsOf: [0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    /// Begins a row of `columns` columns; each is to be written in order.
    package mutating func beginRow(columns: Int) throws {
        if buffer.count >= Self.chunk { try flush() }
        buffer.append(bigEndian: Int16(truncatingIfNeeded: columns))
    }

    package mutating func writeNull() { buffer.append(bigEndian: Int32(-1)) }

    /// `bigint`.
    package mutating func write(integer: Int64) {
        buffer.append(bigEndian: Int32(8))
        buffer.append(bigEndian: integer)
    }

    /// `timestamptz`, from microseconds since 1970 in UTC.
    package mutating func write(instant: Int64) { write(integer: instant &- PostgresValue.epoch) }

    /// `double precision`.
    package mutating func write(real: Double) {
        buffer.append(bigEndian: Int32(8))
        buffer.append(bigEndian: real.bitPattern)
    }

    /// `boolean`.
    package mutating func write(boolean: Bool) {
        buffer.append(bigEndian: Int32(1))
        buffer.append(boolean ? 1 : 0)
    }

    /// `text` and `bytea`.
    package mutating func write(bytes: UnsafeRawBufferPointer) {
        buffer.append(bigEndian: Int32(bytes.count))
        buffer.append(contentsOf: bytes)
    }

    package mutating func write(text: String) {
        var text = text
        text.withUTF8 { write(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// `jsonb`: the text after its version (`jsonb_recv`).
    package mutating func write(json: UnsafeRawBufferPointer) {
        buffer.append(bigEndian: Int32(json.count + 1))
        buffer.append(1)
        buffer.append(contentsOf: json)
    }

    mutating func finish() throws {
        buffer.append(bigEndian: Int16(-1))
        try flush()
    }

    private mutating func flush() throws {
        try buffer.withUnsafeBytes { try connection.send($0) }
        buffer.removeAll(keepingCapacity: true)
    }
}
