/// What types there are, and what they have.
struct GraphQLSchema: Sendable {
    struct Field: Sendable {
        /// Without `!` and brackets.
        let type: String
        let isList: Bool
        let isRequired: Bool
        let arguments: Set<String>
        let requiredArguments: [String]

        /// Whether it is paged with `first` or `last`.
        var isConnection: Bool { type.hasSuffix("Connection") }
    }

    /// Fields by type.
    let types: [String: [String: Field]]
    /// The interfaces of each type.
    let interfaces: [String: Set<String>]

    static let github = GraphQLSchema(GitHubSchemaText.text)

    init(_ text: String) {
        var types: [String: [String: Field]] = [:]
        var interfaces: [String: Set<String>] = [:]
        var current = ""
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            if line.first != " " {
                current = words[1]
                types[current] = [:]
                interfaces[current] = Set(words.dropFirst(2))
            } else {
                let name = words[1].filter { !"[]!".contains($0) }
                let arguments = words.dropFirst(2)
                types[current]?[words[0]] = Field(
                    type: name, isList: words[1].hasPrefix("["), isRequired: words[1].hasSuffix("!"),
                    arguments: Set(arguments.map { $0.filter { $0 != "!" } }),
                    requiredArguments: arguments.filter { $0.hasSuffix("!") }.map { String($0.dropLast()) })
            }
        }
        self.types = types
        self.interfaces = interfaces
    }

    /// Whether an object of `type` satisfies a fragment on `condition`.
    func matches(_ type: String, _ condition: String?) -> Bool {
        condition == nil || condition == type || interfaces[type]?.contains(condition ?? "") == true
    }

    func isComposite(_ type: String) -> Bool { types[type] != nil }
}
