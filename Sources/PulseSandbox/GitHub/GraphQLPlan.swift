import Synchronization

/// A document that was read and held against the schema once, for all requests that send it again.
final class GraphQLPlan: Sendable {
    let document: GraphQLDocument
    /// What is wrong with it, as GitHub words it; empty: nothing.
    let problems: [GraphQLProblem]

    init(_ document: GraphQLDocument, schema: GraphQLSchema) {
        self.document = document
        var check = GraphQLCheck(document: document, schema: schema)
        for operation in document.operations {
            check.visit(operation.selections, on: "Query", of: operation.name ?? "query")
        }
        problems = check.problems
    }
}

struct GraphQLProblem: Sendable {
    var message: String
    var code: String?
    var type: String?
    var line: Int
    var column: Int
    var path: [String] = []
}

/// Plans by document.
final class GraphQLPlans: Sendable {
    private let plans = Mutex<[String: GraphQLPlan]>([:])

    func plan(_ text: String) throws(GraphQLDocument.SyntaxError) -> GraphQLPlan {
        if let known = plans.withLock({ $0[text] }) { return known }
        var parser = try GraphQLParser(text)
        let plan = GraphQLPlan(try parser.parse(), schema: .github)
        plans.withLock { plans in
            // Clients send a few documents again and again; one that writes values into them would fill the memory.
            if plans.count > 200 { plans.removeAll() }
            plans[text] = plan
        }
        return plan
    }
}

/// Finds fields, arguments and fragments that the schema does not have.
private struct GraphQLCheck {
    let document: GraphQLDocument
    let schema: GraphQLSchema
    var problems: [GraphQLProblem] = []
    private var depth = 0

    init(document: GraphQLDocument, schema: GraphQLSchema) {
        self.document = document
        self.schema = schema
    }

    mutating func visit(_ set: GraphQLSelectionSet, on type: String, of path: String) {
        depth += 1
        defer { depth -= 1 }
        guard depth < 60 else { return }
        for selection in set.selections {
            switch selection {
            case .field(let field): visit(field, on: type, of: path)
            case .inline(let condition, _, let inner): visit(inner, on: condition ?? type, of: path)
            case .spread(let name, _):
                guard let fragment = document.fragments[name] else {
                    problems.append(
                        GraphQLProblem(
                            message: "Fragment \(name) was used, but not defined", code: "useAndDefineFragment",
                            line: 1, column: 1))
                    continue
                }
                visit(fragment.selections, on: fragment.on, of: "fragment \(name)")
            }
        }
    }

    private mutating func visit(_ field: GraphQLField, on type: String, of path: String) {
        if field.name == "__typename" { return }
        guard let known = schema.types[type]?[field.name] else {
            return report(field, "Field '\(field.name)' doesn't exist on type '\(type)'", "undefinedField", path)
        }
        for argument in field.arguments.keys.sorted() where !known.arguments.contains(argument) {
            report(field, "Field '\(field.name)' doesn't accept argument '\(argument)'", "argumentNotAccepted", path)
        }
        for argument in known.requiredArguments where field.arguments[argument] == nil {
            report(
                field, "Field '\(field.name)' is missing required arguments: \(argument)", "missingRequiredArguments",
                path)
        }
        if let inner = field.selections {
            guard schema.isComposite(known.type) else {
                return report(
                    field, "Selections can't be made on scalars (field '\(field.name)' returns \(known.type))",
                    "selectionMismatch", path)
            }
            visit(inner, on: known.type, of: "\(path).\(field.alias)")
        } else if schema.isComposite(known.type) {
            report(
                field,
                "Field must have selections (field '\(field.name)' returns \(known.type) but has no selections.)",
                "selectionMismatch", path)
        }
    }

    private mutating func report(_ field: GraphQLField, _ message: String, _ code: String, _ path: String) {
        problems.append(
            GraphQLProblem(
                message: message, code: code, line: field.line, column: field.column,
                path: path.split(separator: ".").map(String.init) + [field.name]))
    }
}
