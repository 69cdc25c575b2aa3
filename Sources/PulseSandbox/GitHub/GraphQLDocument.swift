/// A value in a GraphQL document, or of a variable.
indirect enum GraphQLValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int)
    case float(Double)
    case string(String)
    case name(String)
    case list([GraphQLValue])
    case object([String: GraphQLValue])
    case variable(String)
}

/// What is asked for of an object.
enum GraphQLSelection: Sendable {
    case field(GraphQLField)
    case spread(String, [GraphQLDirective])
    case inline(on: String?, [GraphQLDirective], GraphQLSelectionSet)
}

struct GraphQLDirective: Sendable {
    let name: String
    let arguments: [String: GraphQLValue]
}

/// Selections in their order, with a number by which what was found out about them is remembered.
struct GraphQLSelectionSet: Sendable {
    let number: Int
    let selections: [GraphQLSelection]
}

struct GraphQLField: Sendable {
    /// The name in the answer.
    let alias: String
    let name: String
    let arguments: [String: GraphQLValue]
    let directives: [GraphQLDirective]
    let selections: GraphQLSelectionSet?
    let line: Int
    let column: Int
}

struct GraphQLOperation: Sendable {
    struct Variable: Sendable {
        let name: String
        let isRequired: Bool
        let fallback: GraphQLValue?
    }
    let kind: String
    let name: String?
    let variables: [Variable]
    let selections: GraphQLSelectionSet
}

struct GraphQLFragment: Sendable {
    let on: String
    let selections: GraphQLSelectionSet
}

/// A parsed document.
struct GraphQLDocument: Sendable {
    var operations: [GraphQLOperation] = []
    var fragments: [String: GraphQLFragment] = [:]

    struct SyntaxError: Error {
        let message: String
        let line: Int
        let column: Int
    }
}
