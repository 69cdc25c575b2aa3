/// Why a JSON document is not what its shape says: where, and what was expected there.
package struct WireError: Error, Sendable, Hashable {
    /// From the outside in: `jobs`, `3`, `run`. Empty for the document itself.
    package private(set) var path: [String]
    /// What is wrong there, continuing `The member x …`: `is missing`, `is not an instant`.
    package let problem: String

    package init(_ problem: String, path: [String] = []) {
        self.problem = problem
        self.path = path
    }

    /// The same error, seen from one level further out.
    func within(_ name: String) -> WireError {
        var error = self
        error.path.insert(name, at: 0)
        return error
    }

    /// `The member run.state is missing.` Names come from whoever wrote the document, so they are made harmless.
    package var sentence: String {
        let path = path.map(\.printable).joined(separator: ".")
        return path.isEmpty ? "The document \(problem)." : "The member \(path) \(problem)."
    }
}
