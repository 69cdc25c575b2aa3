/// What was expected where a document turned out to be malformed.
package enum JSONExpectation: String, Sendable, Equatable {
    case json = "JSON that can be read"
    case value = "a value"
    case valueOrEndOfArray = "a value or the end of the array"
    case commaOrEndOfArray = "a comma or the end of the array"
    case memberName = "a member name in quotes"
    case memberNameOrEndOfObject = "a member name in quotes or the end of the object"
    case colon = "a colon after the member name"
    case commaOrEndOfObject = "a comma or the end of the object"
    case escape = "a valid escape sequence"
    case number = "a valid number"
    case literal = "true, false or null"
}

/// Why a document could not be read.
package enum JSONError: Error, Sendable, Equatable {
    /// There are no bytes, or only white space.
    case empty
    /// Something else than JSON, such as an HTML page; carries its beginning, free of control characters.
    case notJSON(startsWith: String)
    /// The text ends before the document does; carries its length.
    case truncated(afterBytes: Int)
    /// More containers within containers than are accepted; carries the position of the first one too many.
    case tooDeep(limit: Int, atByte: Int)
    /// Longer than is accepted.
    case tooLarge(sizeInBytes: Int, limitInBytes: Int)
    /// The document is followed by something that is not white space, such as a second document.
    case trailingContent(atByte: Int)
    /// Not valid JSON at this position, counted from 0; nil when it is not known.
    case malformed(atByte: Int?, expected: JSONExpectation)
    /// No memory for a document of this size.
    case outOfMemory(sizeInBytes: Int)

    /// A stable name for logs.
    package var code: String {
        switch self {
        case .empty: "json.empty"
        case .notJSON: "json.not-json"
        case .truncated: "json.truncated"
        case .tooDeep: "json.too-deep"
        case .tooLarge: "json.too-large"
        case .trailingContent: "json.trailing-content"
        case .malformed: "json.malformed"
        case .outOfMemory: "json.out-of-memory"
        }
    }

    /// What happened, for a person.
    package var sentence: String {
        switch self {
        case .empty:
            "The answer has no content where JSON was expected."
        case .notJSON(let beginning):
            "The answer is not JSON; it begins with “\(beginning)”."
        case .truncated(let size):
            "The JSON document ends too early, after \(size) bytes."
        case .tooDeep(let limit, let position):
            "The JSON document is nested deeper than \(limit) levels, at byte \(position)."
        case .tooLarge(let size, let limit):
            "The JSON document has \(size) bytes; at most \(limit) are accepted."
        case .trailingContent(let position):
            "The JSON document is complete at byte \(position), but more content follows."
        case .malformed(let position?, let expectation):
            "The JSON document is malformed at byte \(position), where \(expectation.rawValue) was expected."
        case .malformed(nil, let expectation):
            "The JSON document is malformed; \(expectation.rawValue) was expected."
        case .outOfMemory(let size):
            "There is not enough memory to read a JSON document of \(size) bytes."
        }
    }

    /// What to do about it.
    package var remedy: String {
        switch self {
        case .empty, .truncated:
            "Request it again; if it stays so, look for a proxy or a time limit that cuts answers short."
        case .notJSON:
            "Check the source's address, its sign-in and any proxy between; an error or login page was probably sent."
        case .tooDeep:
            "Look at the record that is nested this deep at the source; it cannot be read."
        case .tooLarge:
            "Make the page size of the source smaller."
        case .trailingContent, .malformed:
            "Request it again; if it stays so, the kept raw page shows what the source sends, to be reported to it."
        case .outOfMemory:
            "Make the page size or the number of workers smaller, or give the process more memory."
        }
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String { "\(sentence) \(remedy)" }
}
