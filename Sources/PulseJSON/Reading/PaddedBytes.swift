import CSimdjson

/// Bytes followed by the padding that simdjson may read past a text, so that it is read without another copy.
///
/// A body is collected either here with `append`, or in an array that `init(_:)` then takes over.
package struct PaddedBytes: Sendable {
    /// Zeros behind the content.
    static let padding = Int(PULSE_JSON_PADDING)

    /// The content, then `padding` zeros.
    private var storage: [UInt8]

    package init() {
        storage = Array(repeating: 0, count: Self.padding)
    }

    /// Takes the array over; without a copy when it has room for 64 more bytes and nobody else holds it.
    package init(_ bytes: consuming [UInt8]) {
        storage = bytes
        storage.append(contentsOf: repeatElement(0, count: Self.padding))
    }

    /// The number of bytes, padding excluded.
    package var count: Int { storage.count - Self.padding }

    package var isEmpty: Bool { count == 0 }

    /// The bytes, padding excluded.
    package var span: Span<UInt8> {
        @_lifetime(borrow self)
        get { storage.span.extracting(..<count) }
    }

    /// Makes room for this many bytes in total, padding excluded.
    package mutating func reserveCapacity(_ count: Int) {
        storage.reserveCapacity(count + Self.padding)
    }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        storage.removeLast(Self.padding)
        storage.append(contentsOf: bytes)
        storage.append(contentsOf: repeatElement(0, count: Self.padding))
    }

    /// Empties it, keeping its memory for the next body.
    package mutating func removeAll() {
        storage.removeAll(keepingCapacity: true)
        storage.append(contentsOf: repeatElement(0, count: Self.padding))
    }

    /// Lends the bytes; `padding` more are readable behind them.
    func withUnsafeBytes<R, E: Error>(_ body: (UnsafeBufferPointer<UInt8>) throws(E) -> R) throws(E) -> R {
        try storage.withUnsafeBufferPointer { bytes throws(E) in
            try body(UnsafeBufferPointer(rebasing: bytes.dropLast(Self.padding)))
        }
    }
}
