package import PulseDomain

/// A value as a database holds it.
package enum SQLValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])
    case instant(Instant)
}

/// What can be bound to a statement.
package protocol SQLBindable {
    var sqlValue: SQLValue { get }
}

/// What can be read from a column. SQLite has no booleans and no instants: they are integers there.
package protocol SQLReadable {
    /// `nil` when the column holds something else.
    init?(_ value: SQLValue)
}

/// Values for the places of a statement, in their order.
package typealias SQLArguments = [(any SQLBindable)?]

extension SQLValue: SQLBindable {
    package var sqlValue: SQLValue { self }
}

extension String: SQLBindable, SQLReadable {
    package var sqlValue: SQLValue { .text(self) }
    package init?(_ value: SQLValue) {
        guard case .text(let text) = value else { return nil }
        self = text
    }
}

extension Int64: SQLBindable, SQLReadable {
    package var sqlValue: SQLValue { .integer(self) }
    package init?(_ value: SQLValue) {
        guard case .integer(let integer) = value else { return nil }
        self = integer
    }
}

extension Int: SQLBindable, SQLReadable {
    package var sqlValue: SQLValue { .integer(Int64(self)) }
    package init?(_ value: SQLValue) {
        guard let integer = Int64(value) else { return nil }
        self = Int(integer)
    }
}

extension Bool: SQLBindable, SQLReadable {
    package var sqlValue: SQLValue { .boolean(self) }
    package init?(_ value: SQLValue) {
        switch value {
        case .boolean(let flag): self = flag
        case .integer(let integer): self = integer != 0
        default: return nil
        }
    }
}

extension Instant: SQLBindable, SQLReadable {
    package var sqlValue: SQLValue { .instant(self) }
    package init?(_ value: SQLValue) {
        switch value {
        case .instant(let instant): self = instant
        case .integer(let microseconds): self.init(microseconds: microseconds)
        default: return nil
        }
    }
}

extension Array: SQLBindable where Element == UInt8 {
    package var sqlValue: SQLValue { .bytes(self) }
}

extension Array: SQLReadable where Element == UInt8 {
    package init?(_ value: SQLValue) {
        guard case .bytes(let bytes) = value else { return nil }
        self = bytes
    }
}

extension Optional: SQLReadable where Wrapped: SQLReadable {
    package init?(_ value: SQLValue) {
        guard value != .null else {
            self = .none
            return
        }
        guard let wrapped = Wrapped(value) else { return nil }
        self = wrapped
    }
}
