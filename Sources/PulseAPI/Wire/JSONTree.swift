package import PulseJSON

/// A JSON document as a value, members in their order.
package indirect enum JSONTree: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONTree])
    case object([Member])

    package struct Member: Sendable, Hashable {
        package var name: String
        package var value: JSONTree

        package init(_ name: String, _ value: JSONTree) {
            self.name = name
            self.value = value
        }
    }

    /// Containers within containers that are read: no shape of ours is half as deep.
    static let deepest = 32

    /// Reads a document of at most `limit` bytes. Strict: text that is not UTF-8, lone surrogates and control characters
    /// in strings are refused, not mended.
    package init(parsing bytes: [UInt8], limit: Int) throws(WireError) {
        var reader = JSONReader(limitInBytes: limit)
        do {
            self = try reader.read(bytes) { root in try JSONTree(root, depth: 1) }
        } catch let error as WireError {
            throw error
        } catch let error as JSONError {
            throw WireError(Self.problem(error))
        } catch {
            throw WireError("is not JSON")
        }
        guard reader.repairs.count == 0 else { throw WireError("is not strict JSON in UTF-8") }
    }

    private init(_ value: JSONValue, depth: Int) throws(WireError) {
        guard depth <= Self.deepest else { throw WireError("is nested deeper than \(Self.deepest) levels") }
        switch value.kind {
        case .missing, .null: self = .null
        case .bool: self = .bool(value.bool ?? false)
        case .string: self = .string(value.string ?? "")
        case .number:
            if let integer = value.int64 {
                self = .integer(integer)
            } else if let number = value.double {
                self = .number(number)
            } else {
                throw WireError("has a number that is too large")
            }
        case .array:
            var elements: [JSONTree] = []
            elements.reserveCapacity(value.count)
            var upcoming = value.elements
            while let element = upcoming.next() { elements.append(try JSONTree(element, depth: depth + 1)) }
            self = .array(elements)
        case .object:
            var members: [Member] = []
            members.reserveCapacity(value.count)
            var upcoming = value.members
            while let member = upcoming.next() {
                members.append(Member(member.name.string ?? "", try JSONTree(member.value, depth: depth + 1)))
            }
            self = .object(members)
        }
    }

    private static func problem(_ error: JSONError) -> String {
        switch error {
        case .empty: "is empty where JSON was expected"
        case .notJSON: "is not JSON"
        case .truncated: "ends before its JSON does"
        case .tooDeep, .outOfMemory: "is too deep or too large to be read"
        case .tooLarge(_, let limit): "is larger than \(limit) bytes"
        case .trailingContent: "goes on after its JSON"
        case .malformed(let position, let expected):
            "is not JSON: \(expected.rawValue) was expected\(position.map { " at byte \($0)" } ?? "")"
        }
    }

    /// The value of the first member of that name; `nil` when this is no object or has none.
    package subscript(name: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// What it is, as part of a sentence.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// Writes it as it is.
    package func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .bool(let flag): writer.bool(flag)
        case .integer(let integer): writer.int(integer)
        case .number(let number): writer.double(number)
        case .string(let text): writer.string(text)
        case .array(let elements): writer.array { writer in for element in elements { element.write(to: &writer) } }
        case .object(let members):
            writer.object { writer in
                for member in members {
                    writer.name(member.name)
                    member.value.write(to: &writer)
                }
            }
        }
    }

    /// As bytes, compact.
    package var bytes: [UInt8] { JSONWriter.document { writer in write(to: &writer) } }
}

extension JSONTree: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(arrayLiteral elements: JSONTree...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONTree)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
}
