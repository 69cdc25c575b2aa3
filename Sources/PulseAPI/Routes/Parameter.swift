import PulseDomain

/// What a request's address takes.
package struct Parameter: Sendable {
    package enum Place: String, Sendable { case path, query, header }

    package enum Kind: Sendable {
        /// Text of 1 to so many bytes of UTF-8, without control characters.
        case text(longest: Int)
        case integer(ClosedRange<Int64>)
        case word([String])
        case flag
        case instant
    }

    package let name: String
    package let place: Place
    package let kind: Kind
    /// What it means.
    package let about: String
    package let example: String
    /// Whether a request without it is refused; those of the path always are.
    package var isRequired = false

    package static func path(_ name: String, _ kind: Kind, _ about: String, example: String) -> Parameter {
        Parameter(name: name, place: .path, kind: kind, about: about, example: example, isRequired: true)
    }
    package static func query(
        _ name: String, _ kind: Kind, _ about: String, example: String, isRequired: Bool = false
    ) -> Parameter {
        Parameter(name: name, place: .query, kind: kind, about: about, example: example, isRequired: isRequired)
    }

    package var schema: Schema {
        switch kind {
        case .text(let longest):
            Schema.string(pattern: "^[^\\u0000-\\u001f\\u007f]+$", longest: longest).with("minLength", 1)
        case .integer(let range): .integer(range)
        case .word(let words): .oneOf(words)
        case .flag: .boolean
        case .instant: .string("date-time")
        }
    }

    /// Why a value is none of this parameter's; `nil` when it is one.
    package func problem(of value: String) -> String? {
        switch kind {
        case .text(let longest):
            let isControlled = value.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
            return value.isEmpty || value.unicodeScalars.count > longest || isControlled
                ? "is not a text of 1 to \(longest) characters" : nil
        case .integer(let range):
            guard let integer = Int64(value), range.contains(integer), String(integer) == value else {
                return "is not an integer from \(range.lowerBound) to \(range.upperBound)"
            }
            return nil
        case .word(let words): return words.contains(value) ? nil : "is none of \(words.joined(separator: ", "))"
        case .flag: return value == "true" || value == "false" ? nil : "is neither true nor false"
        case .instant: return Instant(parsing: value) == nil ? "is not an instant like 2026-01-02T03:04:05Z" : nil
        }
    }

    // MARK: Those of many routes

    package static let limit = query(
        "limit", .integer(1...1_000), "How many items at most; 100 by default.", example: "100")
    package static let cursor = query(
        "cursor", .text(longest: 4_096), "Where to go on: the member `next` of the part before.", example: "WyIxNyJd")
    package static let source = path("source", .text(longest: 200), "The source's name.", example: "jira-main")
    package static let stream = path("stream", .text(longest: 200), "The stream's name.", example: "issues")
    package static let job = query(
        "job", .text(longest: 400), "Only of this job: source and stream, divided by a slash.",
        example: "jira-main/issues")
    package static let dryRun = query(
        "dry_run", .flag, "Answers with what the command would do, and does nothing. Viewers may.", example: "false")
    package static func id(_ about: String) -> Parameter {
        path("id", .integer(1...Int64.max), about, example: "17")
    }
}
