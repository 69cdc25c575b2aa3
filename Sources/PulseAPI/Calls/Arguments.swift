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

    /// As an address has them: the path's segments, which the router found, and a query that is still encoded. Throws
    /// `Problem` for one that is no percent-encoded UTF-8.
    package init(path: [String: String], encodedQuery: some StringProtocol) throws(Problem) {
        self.path = path
        query = []
        for part in encodedQuery.split(separator: "&") {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentDecoding.decoded(Substring(halves[0]), plusIsSpace: true),
                let value = PercentDecoding.decoded(halves.count > 1 ? Substring(halves[1]) : "", plusIsSpace: true)
            else { throw .badRequest("The query is not percent-encoded UTF-8.") }
            query.append(Value(name, value))
        }
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

    /// A part of a list that is there as a whole.
    package func part() throws(Problem) -> ListPart { ListPart(limit: limit, after: try cursor(1)?.first) }

    package static let badCursor = Problem.unprocessable(
        "The cursor is none of this list.", remedy: "Send the member `next` of the part before, or none to begin.")
}

extension Route {
    /// Holds a request's address against what this route takes: nothing that is unknown, comes twice, is missing or has a
    /// value that is none. What a table's rows are filtered by is looked at where they are asked for.
    package func check(_ arguments: Arguments) throws(Problem) {
        var seen: Set<String> = []
        for argument in arguments.query {
            let isKnown = parameters.contains { $0.place == .query && $0.name == argument.name }
            guard isKnown || id == .rows else { throw unknownParameter(argument.name) }
            guard seen.insert(argument.name).inserted else {
                throw .badRequest("The parameter \(argument.name.printable) is given more than once.")
            }
        }
        for parameter in parameters where parameter.place != .header {
            let value =
                parameter.place == .path
                ? arguments.path[parameter.name] : arguments.query.first { $0.name == parameter.name }?.value
            guard let value else {
                guard !parameter.isRequired else { throw .badRequest("The parameter \(parameter.name) is missing.") }
                continue
            }
            if let problem = parameter.problem(of: value) { throw refusal(of: value, for: parameter, problem) }
        }
    }

    /// A word in a path names a thing: one that is none of those there are is a thing that there is not.
    private func refusal(of value: String, for parameter: Parameter, _ problem: String) -> Problem {
        guard parameter.place == .path, case .word = parameter.kind else {
            return .badRequest("The parameter \(parameter.name) \(problem).")
        }
        return .unknown(parameter.name, value)
    }

    private func unknownParameter(_ name: String) -> Problem {
        let known = parameters.filter { $0.place == .query }.map(\.name)
        return .badRequest(
            "There is no parameter \(name.printable) here.",
            remedy: known.isEmpty ? "This address takes none." : "Known are \(known.joined(separator: ", ")).")
    }
}
