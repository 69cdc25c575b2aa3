/// A GraphQL document, as far as our queries use the language (GraphQL specification, section 2).
struct GraphQLDocument {
    indirect enum Value {
        case variable(String)
        case literal(String)
        case string(String)
        case list([Value])
        case object([(name: String, value: Value)])
    }

    struct Field {
        var name: String
        var arguments: [(name: String, value: Value)] = []
        var directives: [(name: String, arguments: [(name: String, value: Value)])] = []
        var selections: [Selection] = []
    }

    indirect enum Selection {
        case field(Field)
        case spread(String)
        case inline(type: String, [Selection])
    }

    var operation = ""
    /// Types as they are written: `Int!`.
    var variables: [(name: String, type: String)] = []
    var selections: [Selection] = []
    var fragments: [String: (type: String, selections: [Selection])] = [:]

    struct Malformed: Error { var token: String? }

    init(_ text: String) throws {
        var reader = Reader(text)
        while let word = reader.peek {
            if word == "query" {
                try reader.expect("query")
                operation = try reader.next()
                variables = try reader.variables()
                selections = try reader.selections()
            } else {
                try reader.expect("fragment")
                let name = try reader.next()
                try reader.expect("on")
                fragments[name] = (try reader.next(), try reader.selections())
            }
        }
    }

    private struct Reader {
        private var tokens: ArraySlice<String>

        init(_ text: String) {
            var tokens: [String] = []
            var word = ""
            var isQuoted = false
            for character in text {
                if character == "\"" {
                    isQuoted.toggle()
                    word.append(character)
                } else if isQuoted || character.isLetter || character.isNumber || character == "_" {
                    word.append(character)
                } else {
                    if !word.isEmpty { tokens.append(word) }
                    word = ""
                    if !character.isWhitespace && character != "," { tokens.append(String(character)) }
                }
            }
            if !word.isEmpty { tokens.append(word) }
            self.tokens = tokens[...]
        }

        var peek: String? { tokens.first }

        mutating func next() throws -> String {
            guard let token = tokens.popFirst() else { throw Malformed(token: nil) }
            return token
        }

        mutating func expect(_ token: String) throws {
            let found = try next()
            guard found == token else { throw Malformed(token: found) }
        }

        mutating func skip(_ token: String) -> Bool {
            guard peek == token else { return false }
            tokens.removeFirst()
            return true
        }

        mutating func variables() throws -> [(name: String, type: String)] {
            guard skip("(") else { return [] }
            var variables: [(name: String, type: String)] = []
            while !skip(")") {
                try expect("$")
                let name = try next()
                try expect(":")
                let type = try next()
                variables.append((name, skip("!") ? type + "!" : type))
            }
            return variables
        }

        mutating func selections() throws -> [Selection] {
            guard skip("{") else { return [] }
            var selections: [Selection] = []
            while !skip("}") {
                guard skip(".") else {
                    selections.append(.field(try field()))
                    continue
                }
                try expect(".")
                try expect(".")
                if skip("on") {
                    selections.append(.inline(type: try next(), try self.selections()))
                } else {
                    selections.append(.spread(try next()))
                }
            }
            return selections
        }

        private mutating func field() throws -> Field {
            var field = Field(name: try next())
            field.arguments = try arguments()
            while skip("@") { field.directives.append((try next(), try arguments())) }
            field.selections = try selections()
            return field
        }

        private mutating func arguments() throws -> [(name: String, value: Value)] {
            guard skip("(") else { return [] }
            return try members(until: ")")
        }

        private mutating func members(until end: String) throws -> [(name: String, value: Value)] {
            var members: [(name: String, value: Value)] = []
            while !skip(end) {
                let name = try next()
                try expect(":")
                members.append((name, try value()))
            }
            return members
        }

        private mutating func value() throws -> Value {
            if skip("$") { return .variable(try next()) }
            if skip("{") { return .object(try members(until: "}")) }
            if skip("[") {
                var values: [Value] = []
                while !skip("]") { values.append(try value()) }
                return .list(values)
            }
            let token = try next()
            return token.hasPrefix("\"") ? .string(token) : .literal(token)
        }
    }
}
