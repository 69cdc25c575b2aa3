import PulseJSON

/// A JSON object of texts, whole numbers and truth values, which is all that our tokens hold.
///
/// Stricter than JSON: a name that comes twice is refused (parsers differ in which they take, RFC 8725 section 2.4 and
/// RFC 7519 section 4), and so is everything nested, which keeps what strangers send from being anything but small.
struct FlatJSON: Sendable, Hashable {
    enum Value: Sendable, Hashable {
        case text(String)
        case number(Int64)
        case truth(Bool)
    }

    private(set) var members: [(name: String, value: Value)] = []

    init(_ members: [(String, Value)]) { self.members = members.map { (name: $0.0, value: $0.1) } }

    subscript(_ name: String) -> Value? { members.first { $0.name == name }?.value }

    func text(_ name: String) -> String? { if case .text(let text)? = self[name] { text } else { nil } }
    func number(_ name: String) -> Int64? { if case .number(let number)? = self[name] { number } else { nil } }

    var names: [String] { members.map(\.name) }

    static func == (left: FlatJSON, right: FlatJSON) -> Bool {
        left.members.elementsEqual(right.members) { $0.name == $1.name && $0.value == $1.value }
    }

    func hash(into hasher: inout Hasher) {
        for member in members { hasher.combine(member.name) }
    }

    // MARK: Writing

    /// The members in their order, without spaces.
    var json: String {
        let bytes = JSONWriter.document { writer in
            writer.object { writer in
                for member in members {
                    writer.name(member.name)
                    switch member.value {
                    case .text(let text): writer.string(text)
                    case .number(let number): writer.int(number)
                    case .truth(let truth): writer.bool(truth)
                    }
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Reading

    /// `nil` when the bytes are anything else, or have more than `limit` members.
    init?(_ bytes: [UInt8], limit: Int = 32) {
        guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
        var scanner = Scanner(bytes: bytes[...])
        guard let members = scanner.object(limit: limit), scanner.isAtEnd else { return nil }
        self.members = members
    }

    private struct Scanner {
        var bytes: ArraySlice<UInt8>

        var isAtEnd: Bool {
            mutating get {
                skipSpace()
                return bytes.isEmpty
            }
        }

        mutating func object(limit: Int) -> [(name: String, value: Value)]? {
            guard take("{") else { return nil }
            var members: [(name: String, value: Value)] = []
            if take("}") { return members }
            repeat {
                guard members.count < limit, let name = text(), take(":"), let value = value(),
                    !members.contains(where: { $0.name == name })
                else { return nil }
                members.append((name, value))
            } while take(",")
            return take("}") ? members : nil
        }

        private mutating func value() -> Value? {
            skipSpace()
            switch bytes.first {
            case UInt8(ascii: "\""): return text().map { .text($0) }
            case UInt8(ascii: "t"): return word("true") ? .truth(true) : nil
            case UInt8(ascii: "f"): return word("false") ? .truth(false) : nil
            default: return number().map { .number($0) }
            }
        }

        /// Whole numbers without an exponent; leading zeros are not JSON (RFC 8259 section 6).
        private mutating func number() -> Int64? {
            let digits = bytes.prefix {
                $0 == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
            let written = String(decoding: digits, as: UTF8.self)
            guard let number = Int64(written), String(number) == written else { return nil }
            bytes = bytes.dropFirst(digits.count)
            return number
        }

        private mutating func text() -> String? {
            guard take("\"") else { return nil }
            var result: [UInt8] = []
            while let byte = bytes.popFirst() {
                switch byte {
                case UInt8(ascii: "\""): return String(decoding: result, as: UTF8.self)
                case UInt8(ascii: "\\"):
                    guard let escaped = escape() else { return nil }
                    result += escaped
                case ..<0x20: return nil
                default: result.append(byte)
                }
            }
            return nil
        }

        private mutating func escape() -> [UInt8]? {
            switch bytes.popFirst() {
            case UInt8(ascii: "\""): Array("\"".utf8)
            case UInt8(ascii: "\\"): Array("\\".utf8)
            case UInt8(ascii: "/"): Array("/".utf8)
            case UInt8(ascii: "n"): [0x0A]
            case UInt8(ascii: "t"): [0x09]
            case UInt8(ascii: "r"): [0x0D]
            case UInt8(ascii: "b"): [0x08]
            case UInt8(ascii: "f"): [0x0C]
            case UInt8(ascii: "u"): unicode()
            default: nil
            }
        }

        /// One scalar; halves of a pair are refused, as we never write them.
        private mutating func unicode() -> [UInt8]? {
            let digits = bytes.prefix(4)
            bytes = bytes.dropFirst(4)
            guard digits.count == 4, digits.allSatisfy({ $0 < 0x80 && Character(Unicode.Scalar($0)).isHexDigit }),
                let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
                let scalar = Unicode.Scalar(code)
            else { return nil }
            return Array(String(scalar).utf8)
        }

        private mutating func word(_ word: String) -> Bool {
            guard bytes.starts(with: word.utf8) else { return false }
            bytes = bytes.dropFirst(word.utf8.count)
            return true
        }

        private mutating func take(_ mark: Unicode.Scalar) -> Bool {
            skipSpace()
            guard bytes.first == UInt8(ascii: mark) else { return false }
            bytes = bytes.dropFirst()
            return true
        }

        private mutating func skipSpace() {
            bytes = bytes.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        }
    }
}
