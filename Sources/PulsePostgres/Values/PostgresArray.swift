/// The values of one column of many rows, bound to one parameter: an array in the binary format (`array_recv`), whose
/// elements are written as the rows come.
///
/// What is written is not checked against the type: an element of another one is refused by the server.
package struct PostgresArray: Sendable, Hashable {
    /// The type of the elements.
    package enum Element: Sendable, Hashable {
        case text, json, integer, boolean, real, instant
    }

    package let element: Element
    package private(set) var count = 0
    private var hasNulls = false
    private var elements: [UInt8] = []

    /// - Parameter sizeInBytes: what the elements will need, about.
    package init(of element: Element, sizeInBytes: Int = 0) {
        self.element = element
        elements.reserveCapacity(sizeInBytes)
    }

    /// An array whose elements `body` writes, into memory that is set aside at once.
    ///
    /// - Parameter sizeInBytes: as much as the elements need at most: four bytes each, and what they are long.
    package init(
        of element: Element, writing sizeInBytes: Int, _ body: (inout Writer) throws -> Void
    ) rethrows {
        self.element = element
        var (count, hasNulls) = (0, false)
        elements = try Array(unsafeUninitializedCapacity: sizeInBytes) { buffer, used in
            var writer = Writer(UnsafeMutableRawBufferPointer(buffer))
            defer { used = writer.used }
            try body(&writer)
            (count, hasNulls) = (writer.count, writer.hasNulls)
        }
        (self.count, self.hasNulls) = (count, hasNulls)
    }

    /// A list of texts.
    package init(_ texts: some Sequence<String>) {
        self.init(of: .text)
        for var text in texts { text.withUTF8 { append(bytes: UnsafeRawBufferPointer($0)) } }
    }

    package mutating func appendNull() {
        count += 1
        hasNulls = true
        elements.append(bigEndian: Int32(-1))
    }

    package mutating func append(integer: Int64) {
        count += 1
        elements.append(bigEndian: Int32(8))
        elements.append(bigEndian: integer)
    }

    /// Microseconds since 1970 in UTC.
    package mutating func append(instant: Int64) { append(integer: instant &- PostgresValue.epoch) }

    package mutating func append(real: Double) { append(integer: Int64(bitPattern: real.bitPattern)) }

    package mutating func append(boolean: Bool) {
        count += 1
        elements.append(bigEndian: Int32(1))
        elements.append(boolean ? 1 : 0)
    }

    /// A text without NUL characters, which the server does not take.
    package mutating func append(bytes: UnsafeRawBufferPointer) {
        count += 1
        elements.append(bigEndian: Int32(bytes.count))
        elements.append(contentsOf: bytes)
    }

    /// `jsonb`: the text after its version (`jsonb_recv`).
    package mutating func append(json: UnsafeRawBufferPointer) {
        count += 1
        elements.append(bigEndian: Int32(json.count + 1))
        elements.append(1)
        elements.append(contentsOf: json)
    }

    var type: UInt32 {
        switch element {
        case .text: PostgresType.textArray
        case .json: PostgresType.jsonbArray
        case .integer: PostgresType.int8Array
        case .boolean: PostgresType.boolArray
        case .real: PostgresType.float8Array
        case .instant: PostgresType.timestamptzArray
        }
    }

    private var elementType: UInt32 {
        switch element {
        case .text: PostgresType.text
        case .json: PostgresType.jsonb
        case .integer: PostgresType.int8
        case .boolean: PostgresType.bool
        case .real: PostgresType.float8
        case .instant: PostgresType.timestamptz
        }
    }

    var sizeInBytes: Int { elements.count + 20 }

    func append(to bytes: inout [UInt8]) {
        // An array without elements has no dimension.
        bytes.append(bigEndian: Int32(count == 0 ? 0 : 1))
        bytes.append(bigEndian: Int32(hasNulls ? 1 : 0))
        bytes.append(bigEndian: elementType)
        guard count > 0 else { return }
        bytes.append(bigEndian: Int32(count))
        // Elements are counted from 1.
        bytes.append(bigEndian: Int32(1))
        bytes.append(contentsOf: elements)
    }
}
