import PulseDomain

/// The arguments of a field, with variables put in.
struct GitHubArguments: Sendable {
    let values: [String: GraphQLValue]

    func int(_ name: String) -> Int? { if case .int(let number)? = values[name] { number } else { nil } }

    func bool(_ name: String) -> Bool? { if case .bool(let value)? = values[name] { value } else { nil } }

    /// A string, or a name of an enum.
    func text(_ name: String) -> String? { Self.text(values[name]) }

    func texts(_ name: String) -> [String]? {
        switch values[name] {
        case .list(let values)?: values.compactMap { Self.text($0) }
        case let value?: Self.text(value).map { [$0] }
        case nil: nil
        }
    }

    /// Field and direction of `orderBy`.
    var order: (field: String, isDescending: Bool)? {
        guard case .object(let members)? = values["orderBy"] else { return nil }
        return (Self.text(members["field"]) ?? "CREATED_AT", Self.text(members["direction"]) == "DESC")
    }

    private static func text(_ value: GraphQLValue?) -> String? {
        switch value {
        case .string(let text)?, .name(let text)?: text
        default: nil
        }
    }
}

/// Opaque positions: what comes after them is decided by the value they hold, not by a count.
enum GitHubCursor {
    static func make(_ numbers: [Int64]) -> String {
        let text = "cursor:v2:" + numbers.map { String($0) }.joined(separator: ":")
        return Base64.encode(Array(text.utf8))
    }

    static func read(_ cursor: String) -> [Int64]? {
        guard let bytes = Base64.decodeLeniently(cursor) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasPrefix("cursor:v2:") else { return nil }
        let parts = text.dropFirst(10).split(separator: ":")
        let numbers = parts.compactMap { Int64($0) }
        return numbers.count == parts.count && !numbers.isEmpty ? numbers : nil
    }
}

/// Why a page of a connection cannot be given.
struct GitHubPagingError: Error {
    let type: String
    let message: String

    static func missing(_ name: String) -> GitHubPagingError {
        GitHubPagingError(
            type: "MISSING_PAGINATION_BOUNDARIES",
            message: "You must provide a `first` or `last` value to properly paginate the `\(name)` connection.")
    }

    static func excessive(_ name: String, _ count: Int) -> GitHubPagingError {
        GitHubPagingError(
            type: "EXCESSIVE_PAGINATION",
            message: "Requesting \(count) records on the `\(name)` connection exceeds the `first` limit of 100 records."
        )
    }

    static func cursor(_ cursor: String) -> GitHubPagingError {
        GitHubPagingError(
            type: "INVALID_CURSOR_ARGUMENTS", message: "`\(cursor)` does not appear to be a valid cursor.")
    }
}

/// What part of a connection is asked for.
struct GitHubPaging {
    let limit: Int
    /// From the end backwards.
    let isBackward: Bool
    let after: String?
    let before: String?

    init(_ arguments: GitHubArguments, name: String) throws(GitHubPagingError) {
        guard let count = arguments.int("first") ?? arguments.int("last") else { throw .missing(name) }
        guard count <= 100 else { throw .excessive(name, count) }
        limit = max(0, count)
        isBackward = arguments.int("first") == nil
        after = arguments.text("after")
        before = arguments.text("before")
    }

    /// A page of what lies in memory; `serial` is what its cursors hold.
    func page<T: Sendable>(
        _ typeName: String, _ all: [T], serial: (T) -> Int, _ make: @escaping @Sendable (T) -> GitHubNode
    ) throws(GitHubPagingError) -> GitHubConnectionPage {
        var range = all.indices
        if let after { range = (try position(after, all, serial) + 1)..<range.upperBound }
        if let before { range = range.lowerBound..<max(range.lowerBound, try position(before, all, serial)) }
        let shown = isBackward ? range.suffix(limit) : range.prefix(limit)
        return GitHubConnectionPage(
            typeName: typeName,
            elements: all[shown].map { element in
                GitHubElement(make: { make(element) }, cursor: GitHubCursor.make([Int64(serial(element))]))
            }, total: all.count, hasNext: shown.upperBound < all.count, hasPrevious: shown.lowerBound > 0)
    }

    private func position<T>(_ cursor: String, _ all: [T], _ serial: (T) -> Int) throws(GitHubPagingError) -> Int {
        guard let wanted = GitHubCursor.read(cursor)?.first else { throw .cursor(cursor) }
        guard let position = all.firstIndex(where: { serial($0) == Int(wanted) }) else { throw .cursor(cursor) }
        return position
    }
}
