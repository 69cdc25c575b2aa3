/// What a query costs by the documented formula: the requests needed for all connections, with every parent at its
/// `first`, divided by 100, rounded, at least 1; and how many nodes it may return.
struct GraphQLPrice {
    let document: GraphQLDocument
    let schema: GraphQLSchema
    let variables: [String: GraphQLValue]
    private(set) var requests = 0
    private(set) var nodes = 0
    private var depth = 0

    init(
        _ document: GraphQLDocument, _ operation: GraphQLOperation, schema: GraphQLSchema,
        variables: [String: GraphQLValue]
    ) {
        self.document = document
        self.schema = schema
        self.variables = variables
        visit(operation.selections, on: "Query", parents: 1)
    }

    var cost: Int { max(1, (requests + 50) / 100) }

    private mutating func visit(_ set: GraphQLSelectionSet, on type: String, parents: Int) {
        depth += 1
        defer { depth -= 1 }
        guard depth < 60 else { return }
        for selection in set.selections {
            switch selection {
            case .inline(let condition, let directives, let inner):
                if GraphQLExecutor.isIncluded(directives, variables) {
                    visit(inner, on: condition ?? type, parents: parents)
                }
            case .spread(let name, let directives):
                if let fragment = document.fragments[name], GraphQLExecutor.isIncluded(directives, variables) {
                    visit(fragment.selections, on: fragment.on, parents: parents)
                }
            case .field(let field):
                guard let known = schema.types[type]?[field.name], let inner = field.selections,
                    GraphQLExecutor.isIncluded(field.directives, variables)
                else { continue }
                var children = parents
                if known.isConnection {
                    requests += parents
                    let arguments = GraphQLExecutor.arguments(field.arguments, variables)
                    children = parents * max(0, arguments.int("first") ?? arguments.int("last") ?? 1)
                    nodes += children
                }
                visit(inner, on: known.type, parents: children)
            }
        }
    }
}
