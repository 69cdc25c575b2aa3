import Foundation

/// The part of GitHub's public schema that our queries touch (`Contracts/github_extract.py` makes it).
struct GraphQLSchema {
    struct Field {
        var type: String
        var arguments: [String: String]
    }

    struct Declaration {
        var kind: String
        /// Interfaces of an object, possible types of an interface, values of an enumeration.
        var names: Set<String>
        var fields: [String: Field] = [:]
    }

    private(set) var types: [String: Declaration] = [:]

    /// Reads the extract that lies beside the tests.
    static func extract(file: String = #filePath) throws -> GraphQLSchema {
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
        let path = folder.appendingPathComponent("Contracts/github-schema.txt")
        return GraphQLSchema(try String(contentsOf: path, encoding: .utf8))
    }

    init(_ text: String) {
        var current = ""
        for line in text.split(separator: "\n") {
            guard line.hasPrefix("  ") else {
                let words = line.split(separator: " ").map(String.init)
                current = words[1]
                types[current] = Declaration(kind: words[0], names: Set(words.dropFirst(2)).subtracting([":", "="]))
                continue
            }
            let (name, field) = Self.field(line.dropFirst(2))
            types[current]?.fields[name] = field
        }
    }

    /// `name(arg:Type,…):Type`
    private static func field(_ line: Substring) -> (String, Field) {
        guard let open = line.firstIndex(of: "("), let close = line.lastIndex(of: ")") else {
            let parts = line.split(separator: ":").map(String.init)
            return (parts[0], Field(type: parts[1], arguments: [:]))
        }
        var arguments: [String: String] = [:]
        for argument in line[line.index(after: open)..<close].split(separator: ",") {
            let parts = argument.split(separator: ":").map(String.init)
            arguments[parts[0]] = parts[1]
        }
        return (String(line[..<open]), Field(type: String(line[close...].dropFirst(2)), arguments: arguments))
    }

    /// Everything that GitHub would refuse in `document`, as sentences.
    func faults(in document: GraphQLDocument) -> [String] {
        var check = Check(schema: self, document: document)
        check.select(document.selections, on: "Query")
        for fragment in document.fragments.sorted(by: { $0.key < $1.key }).map(\.value) {
            check.select(fragment.selections, on: fragment.type)
        }
        for name in document.fragments.keys.sorted() where !check.spread.contains(name) {
            check.faults.append("fragment \(name) is never used")
        }
        for variable in document.variables where !check.used.contains(variable.name) {
            check.faults.append("variable $\(variable.name) is never used")
        }
        for variable in document.variables where types[variable.type.named] == nil {
            check.faults.append("variable $\(variable.name) has an unknown type")
        }
        return check.faults
    }

    private struct Check {
        let schema: GraphQLSchema
        let document: GraphQLDocument
        var faults: [String] = []
        var used: Set<String> = []
        var spread: Set<String> = []

        mutating func select(_ selections: [GraphQLDocument.Selection], on type: String) {
            for selection in selections {
                switch selection {
                case .field(let field): check(field, on: type)
                case .inline(let inner, let selections):
                    overlap(type, inner)
                    select(selections, on: inner)
                case .spread(let name):
                    spread.insert(name)
                    guard let fragment = document.fragments[name] else {
                        faults.append("fragment \(name) is missing")
                        continue
                    }
                    overlap(type, fragment.type)
                }
            }
        }

        private mutating func overlap(_ one: String, _ other: String) {
            if possible(one).isDisjoint(with: possible(other)) { faults.append("\(other) is never a \(one)") }
        }

        private func possible(_ type: String) -> Set<String> {
            schema.types[type].map { $0.kind == "interface" ? $0.names : [type] } ?? []
        }

        private mutating func check(_ field: GraphQLDocument.Field, on type: String) {
            if field.name == "__typename" { return }
            guard let declared = schema.types[type]?.fields[field.name] else {
                faults.append("\(type) has no field \(field.name)")
                return
            }
            let place = "\(type).\(field.name)"
            check(field.arguments, against: declared.arguments, at: place)
            for directive in field.directives {
                if directive.name != "include" { faults.append("\(place) has the directive @\(directive.name)") }
                check(directive.arguments, against: ["if": "Boolean!"], at: "@include")
            }
            let kind = schema.types[declared.type.named]?.kind
            let isComposite = kind == "object" || kind == "interface"
            if kind == nil { faults.append("\(place) has a type that the extract lacks") }
            if isComposite == field.selections.isEmpty { faults.append("\(place) selects too much or too little") }
            // GitHub's own rule: a connection needs first or last.
            if declared.arguments["first"] != nil, !field.arguments.contains(where: { $0.name == "first" }) {
                faults.append("\(place) is not bounded by first")
            }
            select(field.selections, on: declared.type.named)
        }

        private mutating func check(
            _ arguments: [(name: String, value: GraphQLDocument.Value)], against declared: [String: String],
            at place: String
        ) {
            for (name, value) in arguments {
                guard let type = declared[name] else {
                    faults.append("\(place) takes no \(name)")
                    continue
                }
                check(value, is: type, at: "\(place)(\(name))")
            }
            for (name, type) in declared where type.hasSuffix("!") && !arguments.contains(where: { $0.name == name }) {
                faults.append("\(place) needs \(name)")
            }
        }

        private mutating func check(_ value: GraphQLDocument.Value, is type: String, at place: String) {
            switch value {
            case .variable(let name):
                used.insert(name)
                let given = document.variables.first { $0.name == name }?.type
                if given != type && given != type + "!" {
                    faults.append("\(place) is \(type), $\(name) is \(given ?? "-")")
                }
            case .list(let values):
                if !type.hasPrefix("[") { faults.append("\(place) is no list") }
                for value in values { check(value, is: type.named, at: place) }
            case .object(let members):
                guard let input = schema.types[type.named], input.kind == "input" else {
                    faults.append("\(place) is no input object")
                    return
                }
                check(members, against: input.fields.mapValues(\.type), at: place)
            case .string: if !["String", "ID"].contains(type.named) { faults.append("\(place) is no string") }
            case .literal(let word): check(word, is: type.named, at: place)
            }
        }

        private mutating func check(_ word: String, is type: String, at place: String) {
            let isRight =
                switch type {
                case "Int": Int(word).map { (1...100).contains($0) } == true
                case "Boolean": ["true", "false"].contains(word)
                default: schema.types[type].map { $0.kind == "enum" && $0.names.contains(word) } ?? false
                }
            if !isRight { faults.append("\(place) cannot be \(word)") }
        }
    }
}

extension String {
    /// The type's name without list and non-null marks.
    fileprivate var named: String { filter { !"[]!".contains($0) } }
}
