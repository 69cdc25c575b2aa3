/// Reads GraphQL documents (spec of October 2021, section 2): operations, fragments, variables, directives.
struct GraphQLParser {
    private enum Token: Equatable {
        case name(String)
        case mark(String)
        case int(Int)
        case float(Double)
        case string(String)
    }

    private struct Placed {
        let token: Token
        let line: Int
        let column: Int
    }

    private var tokens: [Placed] = []
    private var position = 0
    private var sets = 0

    init(_ text: String) throws(GraphQLDocument.SyntaxError) {
        tokens = try Self.tokens(of: Array(text.utf8))
    }

    mutating func parse() throws(GraphQLDocument.SyntaxError) -> GraphQLDocument {
        var document = GraphQLDocument()
        while let next = peek {
            switch next {
            case .mark("{"):
                document.operations.append(
                    GraphQLOperation(kind: "query", name: nil, variables: [], selections: try selectionSet()))
            case .name("fragment"):
                position += 1
                let name = try name()
                try expect(.name("on"))
                let type = try self.name()
                _ = try directives()
                document.fragments[name] = GraphQLFragment(on: type, selections: try selectionSet())
            case .name("query"), .name("mutation"), .name("subscription"): document.operations.append(try operation())
            default: throw unexpected()
            }
        }
        if document.operations.isEmpty { throw unexpected() }
        return document
    }

    private mutating func operation() throws(GraphQLDocument.SyntaxError) -> GraphQLOperation {
        let kind = try name()
        var title: String?
        if case .name? = peek { title = try name() }
        var variables: [GraphQLOperation.Variable] = []
        if take("(") {
            while !take(")") {
                try expect(.mark("$"))
                let name = try self.name()
                try expect(.mark(":"))
                let isRequired = try type()
                let fallback: GraphQLValue? = take("=") ? try value() : nil
                variables.append(
                    GraphQLOperation.Variable(name: name, isRequired: isRequired && fallback == nil, fallback: fallback)
                )
            }
        }
        _ = try directives()
        return GraphQLOperation(kind: kind, name: title, variables: variables, selections: try selectionSet())
    }

    /// Reads a type; whether it is non-null.
    private mutating func type() throws(GraphQLDocument.SyntaxError) -> Bool {
        if take("[") {
            _ = try type()
            try expect(.mark("]"))
        } else {
            _ = try name()
        }
        return take("!")
    }

    private mutating func selectionSet() throws(GraphQLDocument.SyntaxError) -> GraphQLSelectionSet {
        try expect(.mark("{"))
        sets += 1
        let number = sets
        var selections: [GraphQLSelection] = []
        while !take("}") {
            if take("...") {
                if case .name(let word)? = peek, word != "on" {
                    position += 1
                    selections.append(.spread(word, try directives()))
                } else {
                    var type: String?
                    if peek == .name("on") {
                        position += 1
                        type = try name()
                    }
                    let directives = try directives()
                    selections.append(.inline(on: type, directives, try selectionSet()))
                }
            } else {
                selections.append(.field(try field()))
            }
        }
        return GraphQLSelectionSet(number: number, selections: selections)
    }

    private mutating func field() throws(GraphQLDocument.SyntaxError) -> GraphQLField {
        guard position < tokens.count else { throw unexpected() }
        let place = tokens[position]
        var name = try name()
        let alias = name
        if take(":") { name = try self.name() }
        let arguments = try arguments()
        let directives = try directives()
        let selections: GraphQLSelectionSet? = peek == .mark("{") ? try selectionSet() : nil
        return GraphQLField(
            alias: alias, name: name, arguments: arguments, directives: directives, selections: selections,
            line: place.line,
            column: place.column)
    }

    private mutating func arguments() throws(GraphQLDocument.SyntaxError) -> [String: GraphQLValue] {
        var arguments: [String: GraphQLValue] = [:]
        guard take("(") else { return arguments }
        while !take(")") {
            let name = try name()
            try expect(.mark(":"))
            arguments[name] = try value()
        }
        return arguments
    }

    private mutating func directives() throws(GraphQLDocument.SyntaxError) -> [GraphQLDirective] {
        var directives: [GraphQLDirective] = []
        while take("@") { directives.append(GraphQLDirective(name: try name(), arguments: try arguments())) }
        return directives
    }

    private mutating func value() throws(GraphQLDocument.SyntaxError) -> GraphQLValue {
        guard let next = peek else { throw unexpected() }
        position += 1
        switch next {
        case .int(let number): return .int(number)
        case .float(let number): return .float(number)
        case .string(let text): return .string(text)
        case .name("true"): return .bool(true)
        case .name("false"): return .bool(false)
        case .name("null"): return .null
        case .name(let word): return .name(word)
        case .mark("$"): return .variable(try name())
        case .mark("["):
            var list: [GraphQLValue] = []
            while !take("]") { list.append(try value()) }
            return .list(list)
        case .mark("{"):
            var members: [String: GraphQLValue] = [:]
            while !take("}") {
                let name = try name()
                try expect(.mark(":"))
                members[name] = try value()
            }
            return .object(members)
        default:
            position -= 1
            throw unexpected()
        }
    }

    // MARK: Tokens

    private var peek: Token? { position < tokens.count ? tokens[position].token : nil }

    private mutating func take(_ mark: String) -> Bool {
        guard peek == .mark(mark) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ token: Token) throws(GraphQLDocument.SyntaxError) {
        guard peek == token else { throw unexpected() }
        position += 1
    }

    private mutating func name() throws(GraphQLDocument.SyntaxError) -> String {
        guard case .name(let name)? = peek else { throw unexpected() }
        position += 1
        return name
    }

    private func unexpected() -> GraphQLDocument.SyntaxError {
        guard position < tokens.count else {
            let last = tokens.last
            return GraphQLDocument.SyntaxError(
                message: "Unexpected end of document", line: last?.line ?? 1, column: last?.column ?? 1)
        }
        let place = tokens[position]
        let text =
            switch place.token {
            case .name(let word): "\"\(word)\" (IDENTIFIER)"
            case .mark(let mark): "\"\(mark)\""
            case .int(let number): "\(number) (INT)"
            case .float(let number): "\(number) (FLOAT)"
            case .string: "STRING"
            }
        return GraphQLDocument.SyntaxError(
            message: "Parse error on \(text) at [\(place.line), \(place.column)]", line: place.line,
            column: place.column)
    }

    private static func tokens(of bytes: [UInt8]) throws(GraphQLDocument.SyntaxError) -> [Placed] {
        var tokens: [Placed] = []
        var (index, line, lineStart) = (0, 1, 0)
        while index < bytes.count {
            let byte = bytes[index]
            let column = index - lineStart + 1
            switch byte {
            case UInt8(ascii: "\n"):
                index += 1
                line += 1
                lineStart = index
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: ","): index += 1
            case UInt8(ascii: "#"): while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
            case UInt8(ascii: "."):
                tokens.append(Placed(token: .mark("..."), line: line, column: column))
                index += 3
            case UInt8(ascii: "\""):
                let (text, next) = try string(bytes, index, line, column)
                tokens.append(Placed(token: .string(text), line: line, column: column))
                index = next
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                let start = index
                index += 1
                while index < bytes.count, isNumberByte(bytes[index]) { index += 1 }
                let text = String(decoding: bytes[start..<index], as: UTF8.self)
                let token: Token = Int(text).map { .int($0) } ?? .float(Double(text) ?? 0)
                tokens.append(Placed(token: token, line: line, column: column))
            case let byte where isNameByte(byte):
                let start = index
                while index < bytes.count, isNameByte(bytes[index]) { index += 1 }
                tokens.append(
                    Placed(
                        token: .name(String(decoding: bytes[start..<index], as: UTF8.self)), line: line, column: column)
                )
            default:
                tokens.append(Placed(token: .mark(String(UnicodeScalar(byte))), line: line, column: column))
                index += 1
            }
        }
        return tokens
    }

    private static func string(_ bytes: [UInt8], _ start: Int, _ line: Int, _ column: Int) throws(GraphQLDocument
        .SyntaxError) -> (String, Int)
    {
        var content: [UInt8] = []
        var index = start + 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count {
                index += 1
                content.append(bytes[index] == UInt8(ascii: "n") ? 0x0A : bytes[index])
            } else {
                content.append(bytes[index])
            }
            index += 1
        }
        guard index < bytes.count else {
            throw GraphQLDocument.SyntaxError(
                message: "Parse error on bad Unicode escape sequence or unterminated string", line: line, column: column
            )
        }
        return (String(decoding: content, as: UTF8.self), index + 1)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
    }

    private static func isNumberByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "e")
            || byte == UInt8(ascii: "E") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
    }
}
