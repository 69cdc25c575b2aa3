import PulseAPI

/// Checks a request's parameters against those of its route.
enum CallReader {
    /// Throws `Problem` for a parameter that is unknown, comes twice, or has a value that is none.
    static func values(
        of route: Route, path: [String: String], query: Substring?
    ) throws(Problem) -> (values: [String: String], conditions: [(name: String, value: String)]) {
        var values = path
        var conditions: [(name: String, value: String)] = []
        for (name, value) in try pairs(query ?? "") {
            if route.parameters.contains(where: { $0.name == name && $0.place == .query }) {
                guard values.updateValue(value, forKey: name) == nil else {
                    throw .badRequest("The parameter \(name) comes twice.")
                }
            } else if route.id == .rows {
                conditions.append((name, value))
            } else {
                throw .badRequest("The query has a parameter that this address does not take.")
            }
        }
        for parameter in route.parameters where parameter.place != .header {
            guard let value = values[parameter.name] else {
                guard !parameter.isRequired else { throw .badRequest("The parameter \(parameter.name) is missing.") }
                continue
            }
            if let problem = parameter.problem(of: value) {
                throw parameter.place == .path && isName(parameter)
                    ? .notFound
                    : .badRequest("The parameter \(parameter.name) \(problem).")
            }
        }
        return (values, conditions)
    }

    /// What names a thing: a word that is none of those there are is a thing that there is not.
    private static func isName(_ parameter: Parameter) -> Bool {
        if case .word = parameter.kind { true } else { false }
    }

    private static func pairs(_ query: Substring) throws(Problem) -> [(String, String)] {
        var pairs: [(String, String)] = []
        for part in query.split(separator: "&") {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentDecoding.decoded(halves[0], plusIsSpace: true),
                let value = PercentDecoding.decoded(halves.count > 1 ? halves[1] : "", plusIsSpace: true)
            else { throw .badRequest("The query is not percent-encoded UTF-8.") }
            pairs.append((name, value))
        }
        return pairs
    }
}
