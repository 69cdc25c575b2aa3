/// The part of JQL that the sandbox understands.
struct JQL: Sendable, Hashable {
    enum Field: Sendable, Hashable { case project, id, key, updated, created, status, statusCategory, type }
    enum Comparison: String, Sendable, Hashable {
        case equal = "=", unequal = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
    }

    indirect enum Condition: Sendable, Hashable {
        case all([Condition])
        case any([Condition])
        case not(Condition)
        /// Project or id is one of these.
        case projects(Set<Int>)
        case ids(Set<Int>)
        case id(Comparison, Int)
        /// Number within a project.
        case key(Comparison, KeyNumber)
        /// Milliseconds since 1970.
        case time(Field, Comparison, Int64)
        /// Names in lower case.
        case named(Field, Set<String>)
        case everything
    }

    struct Order: Sendable, Hashable {
        let field: Field
        let isDescending: Bool
    }

    /// `nil`: no restriction at all.
    var condition: Condition?
    var order: [Order]

    /// Why a query is refused, in Jira's words.
    struct Refusal: Error { let message: String }
}

/// Reads JQL.
struct JQLParser {
    private enum Token: Equatable {
        case word(String)
        case quoted(String)
        case symbol(String)
    }

    private var tokens: [Token] = []
    private var position = 0
    private let world: JiraWorld
    private let now: Int64

    /// - Parameter now: milliseconds since 1970, for periods such as `-7d`.
    init(_ text: String, world: JiraWorld, now: Int64) throws(JQL.Refusal) {
        self.world = world
        self.now = now
        tokens = try Self.tokens(of: text)
    }

    mutating func parse() throws(JQL.Refusal) -> JQL {
        var condition: JQL.Condition?
        if !atOrder, position < tokens.count { condition = try alternatives() }
        var order: [JQL.Order] = []
        if takeWord("order") {
            guard takeWord("by") else { throw unexpected("'by'") }
            repeat {
                let field = try self.field()
                var isDescending = false
                if takeWord("desc") { isDescending = true } else { _ = takeWord("asc") }
                order.append(JQL.Order(field: field, isDescending: isDescending))
            } while takeSymbol(",")
            if order.count > 7 { throw JQL.Refusal(message: "The maximum number of fields in ORDER BY is 7.") }
        }
        guard position == tokens.count else { throw unexpected("either 'OR' or 'AND'") }
        return JQL(condition: condition, order: order)
    }

    private var atOrder: Bool { if case .word(let word)? = peek { word.lowercased() == "order" } else { false } }
    private var peek: Token? { position < tokens.count ? tokens[position] : nil }

    private mutating func alternatives() throws(JQL.Refusal) -> JQL.Condition {
        var parts = [try conjunction()]
        while takeWord("or") { parts.append(try conjunction()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func conjunction() throws(JQL.Refusal) -> JQL.Condition {
        var parts = [try negation()]
        while takeWord("and") { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func negation() throws(JQL.Refusal) -> JQL.Condition {
        if takeWord("not") || takeSymbol("!") { return .not(try negation()) }
        if takeSymbol("(") {
            let inner = try alternatives()
            guard takeSymbol(")") else { throw unexpected("')'") }
            return inner
        }
        return try clause()
    }

    private mutating func clause() throws(JQL.Refusal) -> JQL.Condition {
        let field = try self.field()
        let isNegated = takeWord("not")
        if takeWord("in") {
            guard takeSymbol("(") else { throw unexpected("'('") }
            var values = [try value()]
            while takeSymbol(",") { values.append(try value()) }
            guard takeSymbol(")") else { throw unexpected("')' or ','") }
            let condition = try membership(field, values)
            return isNegated ? .not(condition) : condition
        }
        if takeWord("is") {
            let isNot = takeWord("not")
            guard takeWord("empty") || takeWord("null") else { throw unexpected("'EMPTY'") }
            return isNot ? .everything : .not(.everything)
        }
        guard case .symbol(let symbol)? = peek, let comparison = JQL.Comparison(rawValue: symbol) else {
            throw unexpected("an operator")
        }
        position += 1
        return try self.comparison(field, comparison, try value())
    }

    private func comparison(_ field: JQL.Field, _ comparison: JQL.Comparison, _ value: String) throws(JQL.Refusal)
        -> JQL.Condition
    {
        switch field {
        case .updated, .created: return .time(field, comparison, try time(value, field))
        case .id, .key:
            if comparison == .equal { return try membership(field, [value]) }
            if comparison == .unequal { return .not(try membership(field, [value])) }
            if let id = Int(value) { return .id(comparison, id) }
            guard let key = world.key(value) else { throw noIssue(value) }
            return .key(comparison, key)
        default:
            guard comparison == .equal || comparison == .unequal else {
                throw JQL.Refusal(
                    message: "The operator '\(comparison.rawValue)' is not supported by the '\(name(field))' field.")
            }
            let condition = try membership(field, [value])
            return comparison == .equal ? condition : .not(condition)
        }
    }

    private func membership(_ field: JQL.Field, _ values: [String]) throws(JQL.Refusal) -> JQL.Condition {
        switch field {
        case .project:
            var projects: Set<Int> = []
            for value in values {
                guard let project = world.project(named: value) else {
                    throw JQL.Refusal(message: "The value '\(value)' does not exist for the field 'project'.")
                }
                projects.insert(project)
            }
            return .projects(projects)
        case .id, .key:
            var ids: Set<Int> = []
            for value in values {
                guard let id = Int(value) ?? world.key(value).flatMap({ world.id(forKey: $0) }),
                    let record = world.record(id), !record.isDeleted
                else { throw noIssue(value) }
                ids.insert(id)
            }
            return .ids(ids)
        case .updated, .created:
            throw JQL.Refusal(message: "The operator 'in' is not supported by the '\(name(field))' field.")
        case .status, .statusCategory, .type: return .named(field, Set(values.map { $0.lowercased() }))
        }
    }

    private func noIssue(_ value: String) -> JQL.Refusal {
        JQL.Refusal(message: "An issue with key '\(value)' does not exist for field 'key'.")
    }

    private func name(_ field: JQL.Field) -> String {
        switch field {
        case .project: "project"
        case .id: "id"
        case .key: "key"
        case .updated: "updated"
        case .created: "created"
        case .status: "status"
        case .statusCategory: "statusCategory"
        case .type: "issuetype"
        }
    }

    private func time(_ value: String, _ field: JQL.Field) throws(JQL.Refusal) -> Int64 {
        if let milliseconds = Int64(value), value.utf8.first != UInt8(ascii: "-") { return milliseconds }
        if let time = JQLTime.read(value, zone: world.zone, now: now) { return time }
        throw JQL.Refusal(
            message:
                "Date value '\(value)' for field '\(name(field))' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
                + "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.")
    }

    private mutating func field() throws(JQL.Refusal) -> JQL.Field {
        guard let token = peek else { throw unexpected("a field name") }
        let text: String
        switch token {
        case .word(let word): text = word
        case .quoted(let word): text = word
        case .symbol: throw unexpected("a field name")
        }
        position += 1
        switch text.lowercased() {
        case "project": return .project
        case "id": return .id
        case "key", "issuekey", "issue": return .key
        case "updated", "updateddate": return .updated
        case "created", "createddate": return .created
        case "status": return .status
        case "statuscategory": return .statusCategory
        case "issuetype", "type": return .type
        default: throw JQL.Refusal(message: "Field '\(text)' does not exist or you do not have permission to view it.")
        }
    }

    private mutating func value() throws(JQL.Refusal) -> String {
        switch peek {
        case .word(let word)?:
            position += 1
            if takeSymbol("(") {
                guard takeSymbol(")"), word.lowercased() == "now" else { throw unexpected("')'") }
                return String(now)
            }
            return word
        case .quoted(let word)?:
            position += 1
            return word
        default: throw unexpected("a value")
        }
    }

    private mutating func takeWord(_ word: String) -> Bool {
        guard case .word(let next)? = peek, next.lowercased() == word else { return false }
        position += 1
        return true
    }

    private mutating func takeSymbol(_ symbol: String) -> Bool {
        guard peek == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    private func unexpected(_ wanted: String) -> JQL.Refusal {
        let got =
            switch peek {
            case .word(let text)?, .quoted(let text)?, .symbol(let text)?: "got '\(text)'"
            case nil: "the query ended"
            }
        return JQL.Refusal(message: "Error in the JQL Query: Expecting \(wanted) but \(got).")
    }

    private static func tokens(of text: String) throws(JQL.Refusal) -> [Token] {
        var tokens: [Token] = []
        var rest = Substring(text)
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if first == "\"" || first == "'" {
                rest.removeFirst()
                var content = ""
                var isClosed = false
                while let next = rest.popFirst() {
                    if next == first {
                        isClosed = true
                        break
                    }
                    content.append(next == "\\" ? rest.popFirst() ?? "\\" : next)
                }
                guard isClosed else {
                    throw JQL.Refusal(
                        message: "Error in the JQL Query: The quoted string '\(content)' has not been completed.")
                }
                tokens.append(.quoted(content))
            } else if "(),".contains(first) {
                tokens.append(.symbol(String(rest.removeFirst())))
            } else if "=!<>~".contains(first) {
                let symbol = String(rest.prefix { "=!<>~".contains($0) })
                rest = rest.dropFirst(symbol.count)
                tokens.append(.symbol(symbol))
            } else {
                let word = String(rest.prefix { !$0.isWhitespace && !"()=,!<>~\"'".contains($0) })
                rest = rest.dropFirst(word.count)
                tokens.append(.word(word))
            }
        }
        return tokens
    }
}
