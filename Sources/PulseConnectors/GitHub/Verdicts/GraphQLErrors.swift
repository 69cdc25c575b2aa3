import PulseDomain
import PulseJSON

/// The `errors` of a GraphQL answer (GraphQL specification, section 7.1.2), which come with HTTP 200 and often beside
/// partial data that is not the truth.
struct GraphQLErrors: Sendable {
    /// What an error is about, the one that decides first.
    enum Kind: Int, Sendable, Comparable {
        case exhausted, secondary, saml, scopes, tooHeavy, cursor, forbidden, notFound, invalidQuery, element, unknown
        static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
    }

    struct Item: Sendable {
        var kind: Kind
        var message: String?
    }

    var items: [Item] = []

    /// Reads them; empty when there are none.
    init(_ root: JSONValue) {
        root["errors"].forEachElement { error in
            items.append(Item(kind: Self.kind(of: error), message: error["message"].string))
        }
    }

    /// The error that decides what becomes of the answer; `nil` when there is none, or when all of them concern single
    /// records, which paging asks for again.
    var decisive: Item? {
        guard let first = items.min(by: { $0.kind < $1.kind }), first.kind != .element else {
            return items.first { $0.kind == .unknown }
        }
        return first
    }

    private static func kind(of error: JSONValue) -> Kind {
        let message = error["message"].string ?? ""
        let isOfElement = position(in: error) != nil
        if mentionsSecondaryLimit(message) { return .secondary }
        if isTimeout(message) { return .tooHeavy }
        if error["extensions"]["saml_failure"].bool == true || message.contains("SAML") {
            return isOfElement ? .element : .saml
        }
        switch error["type"].string ?? error["code"].string ?? error["extensions"]["code"].string {
        case "RATE_LIMIT", "RATE_LIMITED", "graphql_rate_limit": return .exhausted
        case "RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED": return .tooHeavy
        case "INVALID_CURSOR_ARGUMENTS": return .cursor
        case "INSUFFICIENT_SCOPES": return .scopes
        case "FORBIDDEN": return isOfElement ? .element : .forbidden
        case "NOT_FOUND": return isOfElement ? .element : .notFound
        case "EXCESSIVE_PAGINATION", "MISSING_PAGINATION_BOUNDARIES": return .invalidQuery
        default: break
        }
        if isOfElement { return .element }
        // A validation error has a place in the query and none in the answer.
        return error["locations"].kind == .array && error["path"].isMissing || isValidationCode(error)
            ? .invalidQuery : .unknown
    }

    private static func isValidationCode(_ error: JSONValue) -> Bool {
        error["extensions"]["code"].string != nil
    }

    /// GitHub's texts about its secondary limits (docs.github.com, "Rate limits … for the GraphQL API").
    static func mentionsSecondaryLimit(_ message: String) -> Bool {
        let message = message.lowercased()
        return message.contains("secondary rate limit") || message.contains("abuse detection")
            || message.contains("submitted too quickly")
    }

    private static func isTimeout(_ message: String) -> Bool {
        message.hasPrefix("Something went wrong while executing your query")
            || message.hasPrefix("We couldn't respond to your request in time")
            || message.contains("Resource limits for this query exceeded")
            || message.hasPrefix("Timeout on validation") || message == "Timeout"
    }

    /// The position of the record that an error is about: the first number in its path.
    private static func position(in error: JSONValue) -> Int? {
        var position: Int?
        error["path"].forEachElement { step in
            if position == nil, let number = step.int64 { position = Int(clamping: number) }
        }
        return position
    }

    /// Positions in the page's list that some error is about.
    static func damagedElements(in root: JSONValue) -> Set<Int> {
        var positions: Set<Int> = []
        root["errors"].forEachElement { error in
            if let position = position(in: error) { positions.insert(position) }
        }
        return positions
    }
}
