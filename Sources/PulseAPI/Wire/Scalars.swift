package import PulseDomain
package import PulseJSON

extension String: Wire {
    package static var schema: Schema { .string() }
    package func write(to writer: inout JSONWriter) { writer.string(self) }
    package static func read(_ tree: JSONTree) throws(WireError) -> String {
        guard case .string(let text) = tree else { throw WireError("is \(tree.kind), not a string") }
        return text
    }
}

extension Bool: Wire {
    package static var schema: Schema { .boolean }
    package func write(to writer: inout JSONWriter) { writer.bool(self) }
    package static func read(_ tree: JSONTree) throws(WireError) -> Bool {
        guard case .bool(let flag) = tree else { throw WireError("is \(tree.kind), not a boolean") }
        return flag
    }
}

extension Int64: Wire {
    package static var schema: Schema { .integer() }
    package func write(to writer: inout JSONWriter) { writer.int(self) }
    package static func read(_ tree: JSONTree) throws(WireError) -> Int64 {
        guard case .integer(let integer) = tree else { throw WireError("is \(tree.kind), not an integer") }
        return integer
    }
}

extension Int: Wire {
    package static var schema: Schema { .integer() }
    package func write(to writer: inout JSONWriter) { writer.int(self) }
    package static func read(_ tree: JSONTree) throws(WireError) -> Int {
        guard let integer = Int(exactly: try Int64.read(tree)) else { throw WireError("is too large") }
        return integer
    }
}

extension Double: Wire {
    package static var schema: Schema { .number }

    /// A quotient that is not finite has no form in JSON and is written as 0.
    package func write(to writer: inout JSONWriter) { writer.double(isFinite ? self : 0) }

    package static func read(_ tree: JSONTree) throws(WireError) -> Double {
        switch tree {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: throw WireError("is \(tree.kind), not a number")
        }
    }
}

/// ISO 8601 in UTC with milliseconds, and with microseconds where there are any: nothing is lost on the wire.
extension Instant: Wire {
    package static var schema: Schema { .string("date-time") }

    /// `2026-01-02T03:04:05.000Z`, `2026-01-02T03:04:05.000001Z`.
    package var wireText: String { iso8601(fractionDigits: microseconds % 1_000 == 0 ? 3 : 6) }

    package func write(to writer: inout JSONWriter) { writer.string(wireText) }

    package static func read(_ tree: JSONTree) throws(WireError) -> Instant {
        guard let instant = Instant(parsing: try String.read(tree)) else {
            throw WireError("is not an instant like 2026-01-02T03:04:05.000Z")
        }
        return instant
    }
}

/// Seconds as a number. Whole nanoseconds are kept for spans of up to three months; finer parts, which no clock of ours
/// has, are rounded away.
extension Duration: Wire {
    package static var schema: Schema { .number }

    package func write(to writer: inout JSONWriter) { writer.double(inSeconds) }

    package static func read(_ tree: JSONTree) throws(WireError) -> Duration {
        let seconds = try Double.read(tree)
        guard abs(seconds) < 1e11 else { throw WireError("is longer than any time we know") }
        let whole = seconds.rounded(.towardZero)
        let nanoseconds = ((seconds - whole) * 1e9).rounded()
        return .seconds(Int64(whole)) + .nanoseconds(Int64(nanoseconds))
    }
}

/// Bytes in Base64 (RFC 4648 section 4).
package struct WireBytes: Wire, Hashable {
    package var bytes: [UInt8]
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package static var schema: Schema { Schema.string().with("contentEncoding", "base64") }
    package func write(to writer: inout JSONWriter) { writer.string(Base64.encode(bytes)) }
    package static func read(_ tree: JSONTree) throws(WireError) -> WireBytes {
        guard let bytes = Base64.decode(try String.read(tree)) else { throw WireError("is not Base64") }
        return WireBytes(bytes)
    }
}

// MARK: Names

extension Identifier where Self: Wire {
    package static var schema: Schema { .string() }
    package func write(to writer: inout JSONWriter) { writer.string(rawValue) }
    package static func read(_ tree: JSONTree) throws(WireError) -> Self { Self(rawValue: try String.read(tree)) }
}

extension TenantID: Wire {}
extension SourceID: Wire {}
extension StreamID: Wire {}
extension PartitionKey: Wire {}
extension JobID: Wire {}
extension TableName: Wire {}
extension CorrelationID: Wire {}
extension EndpointID: Wire {}

extension RunID: Wire {
    package static var schema: Schema { .integer() }
    package func write(to writer: inout JSONWriter) { writer.int(rawValue) }
    package static func read(_ tree: JSONTree) throws(WireError) -> RunID { RunID(try Int64.read(tree)) }
}

extension Principal: Wire {
    package static var schema: Schema { .string() }
    package func write(to writer: inout JSONWriter) { writer.string(name) }
    package static func read(_ tree: JSONTree) throws(WireError) -> Principal { Principal(try String.read(tree)) }
}

/// A JSON document that belongs to a connector, as text: it is passed on and never looked into.
extension Cursor: Wire {
    package static var schema: Schema { .string() }
    package func write(to writer: inout JSONWriter) { writer.string(json) }
    package static func read(_ tree: JSONTree) throws(WireError) -> Cursor { Cursor(json: try String.read(tree)) }
}

// MARK: Enumerations without content

/// An enumeration whose raw values are its words on the wire.
package protocol WireWord: Wire, RawRepresentable, CaseIterable where RawValue == String {}

extension WireWord {
    package static var schema: Schema { .oneOf(allCases.map(\.rawValue)) }
    package func write(to writer: inout JSONWriter) { writer.string(rawValue) }
    package static func read(_ tree: JSONTree) throws(WireError) -> Self {
        let word = try String.read(tree)
        guard let value = Self(rawValue: word) else {
            let known = allCases.map(\.rawValue).joined(separator: ", ")
            throw WireError("is “\(word.printable)”, which is none of \(known)")
        }
        return value
    }
}

extension AlertKind: WireWord {}
extension Severity: WireWord {}
extension CommandPreview.Danger: WireWord {}
extension Stage: WireWord {}
extension LogLevel: WireWord {}
extension QuarantineState: WireWord {}
extension TombstoneState: WireWord {}
extension BreakerPosition: WireWord {}
extension FailureClass: WireWord {}
extension OverlapPolicy: WireWord {}
extension MissedRunPolicy: WireWord {}
extension RunStateName: WireWord {}
