import PulseDomain

/// What the address of a request holds: decoded path segments by name, and query values in their order.
package struct Arguments: Sendable, Hashable {
    package struct Value: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package var path: [String: String]
    package var query: [Value]

    package init(path: [String: String] = [:], query: [Value] = []) {
        self.path = path
        self.query = query
    }

    package subscript(name: String) -> String? { path[name] ?? query.first { $0.name == name }?.value }

    package func integer(_ name: String) -> Int64? { self[name].flatMap { Int64($0) } }
    package func flag(_ name: String) -> Bool { self[name] == "true" }
    package var limit: Int { integer("limit").map { Int($0) } ?? 100 }

    /// The words of the cursor; `nil` without one.
    func cursor(_ count: Int) throws(Problem) -> [String]? {
        guard let text = self["cursor"] else { return nil }
        guard let cursor = PageCursor(text, count: count) else { throw Self.badCursor }
        return cursor.words
    }

    func numberCursor() throws(Problem) -> Int64? {
        guard let words = try cursor(1) else { return nil }
        guard let number = Int64(words[0]) else { throw Self.badCursor }
        return number
    }

    static let badCursor = Problem.unprocessable(
        "The cursor is none of this list.", remedy: "Send the member `next` of the part before, or none to begin.")
}

extension Route {
    /// The columns that a list of rows may be filtered by; empty for other routes.
    private func columns(_ arguments: Arguments) -> [Column] {
        guard id == .rows, let table = UnifiedSchema.table(TableName(arguments["table"] ?? "")) else { return [] }
        return (table.columns + Table.provenance).filter { $0.type != .json }
    }

    /// Holds a request's address against what this route takes.
    package func check(_ arguments: Arguments) throws(Problem) {
        for parameter in parameters where parameter.place == .path {
            let value = arguments.path[parameter.name] ?? ""
            if let problem = parameter.problem(of: value) {
                // An address with a name that nothing can have leads nowhere.
                throw id == .rows
                    ? .unknown("table", value)
                    : Problem(
                        404, code: "not_found", "There is nothing at this address: \(parameter.name) \(problem).",
                        remedy: "/openapi.json lists all addresses.")
            }
        }
        let columns = columns(arguments)
        var seen: Set<String> = []
        for argument in arguments.query {
            guard seen.insert(argument.name).inserted else {
                throw .badRequest("The parameter \(argument.name.printable) is given more than once.")
            }
            if let parameter = parameters.first(where: { $0.place == .query && $0.name == argument.name }) {
                if let problem = parameter.problem(of: argument.value) {
                    throw .badRequest("The parameter \(argument.name) \(problem).")
                }
            } else if let column = columns.first(where: { $0.name == argument.name }) {
                if RowValue(query: argument.value, as: column.type) == nil {
                    throw .badRequest("The column \(column.name) holds no such value; it is of type \(column.type).")
                }
            } else {
                throw unknownParameter(argument.name, columns)
            }
        }
    }

    private func unknownParameter(_ name: String, _ columns: [Column]) -> Problem {
        let known = parameters.filter { $0.place == .query }.map(\.name) + columns.map(\.name)
        return .badRequest(
            "There is no parameter \(name.printable) here.",
            remedy: known.isEmpty ? "This address takes none." : "Known are \(known.joined(separator: ", ")).")
    }
}
