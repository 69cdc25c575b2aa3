/// Header fields in the order in which they were added, found by name without regard to case.
///
/// A name may occur more than once (RFC 9110 section 5.3). Nothing that could end a line gets in: a name must be a
/// token (RFC 9110 section 5.6.2) and a value must hold no CR, LF or NUL, so text from outside cannot add a field or a
/// second request. `append` and `set` answer whether they took the field; a dictionary literal is ours, and must be right.
package struct HTTPHeaders: Sendable {
    /// One field line.
    package struct Field: Sendable {
        /// As it was written or received.
        package let name: String
        /// Without white space around it.
        package let value: String
    }

    private var fields: [Field] = []

    /// No fields.
    package init() {}

    /// The value of the first field of that name; `nil` when there is none.
    package subscript(name: String) -> String? {
        fields.first { Self.isSameName($0.name, name) }?.value
    }

    /// The values of all fields of that name, in their order.
    package func values(of name: String) -> [String] {
        fields.filter { Self.isSameName($0.name, name) }.map(\.value)
    }

    /// Adds a field behind the others, also when the name occurs already.
    ///
    /// - Returns: `false`, and nothing is changed, when the name is no token or the value holds CR, LF or NUL.
    @discardableResult
    package mutating func append(_ name: String, _ value: String) -> Bool {
        guard Self.isValidName(name), Self.isValidValue(value) else { return false }
        fields.append(Field(name: name, value: Self.trimmed(value)))
        return true
    }

    /// Makes this the only field of that name; it keeps the place of the first one there was.
    ///
    /// - Returns: `false`, and nothing is changed, when the name is no token or the value holds CR, LF or NUL.
    @discardableResult
    package mutating func set(_ name: String, _ value: String) -> Bool {
        guard Self.isValidName(name), Self.isValidValue(value) else { return false }
        let field = Field(name: name, value: Self.trimmed(value))
        guard let place = fields.firstIndex(where: { Self.isSameName($0.name, name) }) else {
            fields.append(field)
            return true
        }
        fields[place] = field
        var seen = 0
        fields.removeAll {
            guard Self.isSameName($0.name, name) else { return false }
            seen += 1
            return seen > 1
        }
        return true
    }

    /// Takes away all fields of that name.
    package mutating func remove(_ name: String) {
        fields.removeAll { Self.isSameName($0.name, name) }
    }

    private static func isValidName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { isTokenByte($0) }
    }

    private static func isValidValue(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 != 0x0D && $0 != 0x0A && $0 != 0 }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default:
            false
        }
    }

    private static func trimmed(_ value: String) -> String {
        func isBlank(_ byte: UInt8?) -> Bool { byte == 0x20 || byte == 0x09 }
        guard isBlank(value.utf8.first) || isBlank(value.utf8.last) else { return value }
        var rest = value.utf8[...]
        while isBlank(rest.first) { rest = rest.dropFirst() }
        while isBlank(rest.last) { rest = rest.dropLast() }
        return String(Substring(rest))
    }

    fileprivate static func isSameName(_ one: String, _ other: String) -> Bool {
        one.utf8.count == other.utf8.count
            && zip(one.utf8, other.utf8).allSatisfy { asciiLowercased($0) == asciiLowercased($1) }
    }
}

extension HTTPHeaders: Sequence {
    /// The fields in their order.
    package func makeIterator() -> IndexingIterator<[Field]> { fields.makeIterator() }

    /// How many fields there are.
    package var count: Int { fields.count }

    package var underestimatedCount: Int { fields.count }
}

extension HTTPHeaders.Field: Hashable {
    /// Equal when the names are the same but for case and the values are the same.
    package static func == (one: Self, other: Self) -> Bool {
        HTTPHeaders.isSameName(one.name, other.name) && one.value == other.value
    }

    package func hash(into hasher: inout Hasher) {
        for byte in name.utf8 { hasher.combine(asciiLowercased(byte)) }
        hasher.combine(value)
    }
}

extension HTTPHeaders: Hashable {}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
    /// Fields written in code. A bad one is a mistake of ours and stops the program; use `append` for text from outside.
    package init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements {
            let isTaken = append(name, value)
            precondition(isTaken, "a header field in a literal has a bad name, or CR, LF or NUL in its value")
        }
    }
}

/// The byte with `A` to `Z` made small, others as they are. Header names and host names compare this way in any locale.
func asciiLowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}
