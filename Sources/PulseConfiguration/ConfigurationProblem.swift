/// One thing that is wrong with a configuration: where, what, and what was expected.
package struct ConfigurationProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package var file: String
    /// 1-based; `nil` when it concerns the file as a whole.
    package var line: Int?
    package var column: Int?
    /// What is wrong, as a sentence.
    package var sentence: String
    /// What to do.
    package var remedy: String

    package init(file: String, line: Int? = nil, column: Int? = nil, sentence: String, remedy: String) {
        self.file = file
        self.line = line
        self.column = column
        self.sentence = sentence
        self.remedy = remedy
    }

    /// `file:line:column: sentence remedy`, as editors understand it.
    package var description: String {
        let place = [line, column].compactMap { $0.map(String.init) }.joined(separator: ":")
        return "\(file)\(place.isEmpty ? "" : ":\(place)"): \(sentence) \(remedy)"
    }
}

/// Everything that is wrong with a configuration.
package struct ConfigurationProblems: Error, Sendable, Hashable, CustomStringConvertible {
    /// In the order of the file.
    package var problems: [ConfigurationProblem]

    package init(_ problems: [ConfigurationProblem]) { self.problems = problems }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
