import PulseJSON

/// Answers an operation over the graph: fields, aliases, arguments, variables, fragments, `@include` and `@skip`.
struct GraphQLExecutor {
    struct Mistake {
        let type: String
        let message: String
        let path: [PathStep]
        let line: Int
        let column: Int
    }

    enum PathStep: Hashable {
        case name(String)
        case index(Int)
    }

    private struct Collected {
        let alias: String
        let name: String
        let field: GraphQLField
        let arguments: GitHubArguments
        var sets: [GraphQLSelectionSet]
        let isConnection: Bool
    }

    private struct CollectionKey: Hashable {
        let sets: [Int]
        let type: String
    }

    let graph: GitHubGraph
    let document: GraphQLDocument
    let variables: [String: GraphQLValue]
    let schema: GraphQLSchema
    /// Whether parts are left out, as of queries near the limit of what one may use.
    let isLimited: Bool
    private(set) var mistakes: [Mistake] = []
    private var collected: [CollectionKey: [Collected]] = [:]
    private var path: [PathStep] = []

    init(
        _ graph: GitHubGraph, _ document: GraphQLDocument, variables: [String: GraphQLValue], schema: GraphQLSchema,
        isLimited: Bool
    ) {
        self.graph = graph
        self.document = document
        self.variables = variables
        self.schema = schema
        self.isLimited = isLimited
    }

    /// Writes `data`.
    mutating func run(_ operation: GraphQLOperation, to writer: inout JSONWriter) {
        object(.query, [operation.selections], to: &writer)
    }

    private mutating func object(_ node: GitHubNode, _ sets: [GraphQLSelectionSet], to writer: inout JSONWriter) {
        let fields = fields(of: node.typeName, sets)
        writer.object { writer in
            for field in fields {
                writer.name(field.alias)
                guard field.name != "__typename" else {
                    writer.string(node.typeName)
                    continue
                }
                path.append(.name(field.alias))
                complete(field, of: node, to: &writer)
                path.removeLast()
            }
        }
    }

    private mutating func complete(_ field: Collected, of node: GitHubNode, to writer: inout JSONWriter) {
        if isLimited, field.isConnection, path.count > 4, Seed.hash(path.description.utf8) % 5 == 0 {
            fail(field, "RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.")
            return writer.null()
        }
        switch graph.value(node, field.name, field.arguments) {
        case .null, .node(nil), .time(nil): writer.null()
        case .bool(let value): writer.bool(value)
        case .int(let value): writer.int(value)
        case .text(let value): writer.string(value)
        case .time(let value?): writer.string(WireTime.github(value))
        case .raw(let json): writer.raw(json)
        case .node(let inner?): object(inner, field.sets, to: &writer)
        case .nodes(let inner):
            writer.array { writer in
                for (index, element) in inner.enumerated() {
                    path.append(.index(index))
                    if let element { object(element, field.sets, to: &writer) } else { writer.null() }
                    path.removeLast()
                }
            }
        case .failure(let type, let message):
            fail(field, type, message)
            writer.null()
        }
    }

    private mutating func fail(_ field: Collected, _ type: String, _ message: String) {
        mistakes.append(
            Mistake(type: type, message: message, path: path, line: field.field.line, column: field.field.column))
    }

    // MARK: Collecting

    /// The fields that apply to a type, those of one name in the answer merged.
    private mutating func fields(of type: String, _ sets: [GraphQLSelectionSet]) -> [Collected] {
        let key = CollectionKey(sets: sets.map(\.number), type: type)
        if let known = collected[key] { return known }
        var fields: [Collected] = []
        for set in sets { collect(set, type, &fields) }
        collected[key] = fields
        return fields
    }

    private func collect(_ set: GraphQLSelectionSet, _ type: String, _ fields: inout [Collected]) {
        for selection in set.selections {
            switch selection {
            case .field(let field):
                guard Self.isIncluded(field.directives, variables) else { continue }
                if let place = fields.firstIndex(where: { $0.alias == field.alias }) {
                    if let inner = field.selections { fields[place].sets.append(inner) }
                } else {
                    fields.append(
                        Collected(
                            alias: field.alias, name: field.name, field: field,
                            arguments: Self.arguments(field.arguments, variables),
                            sets: field.selections.map { [$0] } ?? [],
                            isConnection: schema.types[type]?[field.name]?.isConnection ?? false))
                }
            case .inline(let condition, let directives, let inner):
                if schema.matches(type, condition), Self.isIncluded(directives, variables) {
                    collect(inner, type, &fields)
                }
            case .spread(let name, let directives):
                if let fragment = document.fragments[name], schema.matches(type, fragment.on),
                    Self.isIncluded(directives, variables)
                {
                    collect(fragment.selections, type, &fields)
                }
            }
        }
    }

    static func isIncluded(_ directives: [GraphQLDirective], _ variables: [String: GraphQLValue]) -> Bool {
        directives.allSatisfy { directive in
            let condition = arguments(directive.arguments, variables).bool("if") ?? true
            return directive.name == "skip" ? !condition : directive.name == "include" ? condition : true
        }
    }

    static func arguments(_ arguments: [String: GraphQLValue], _ variables: [String: GraphQLValue]) -> GitHubArguments {
        GitHubArguments(values: arguments.compactMapValues { filled($0, variables) })
    }

    /// The value with variables put in; `nil` for null and for what was not given.
    private static func filled(_ value: GraphQLValue, _ variables: [String: GraphQLValue]) -> GraphQLValue? {
        switch value {
        case .variable(let name): variables[name] == .null ? nil : variables[name]
        case .null: nil
        case .list(let values): .list(values.compactMap { filled($0, variables) })
        case .object(let members): .object(members.compactMapValues { filled($0, variables) })
        default: value
        }
    }
}
