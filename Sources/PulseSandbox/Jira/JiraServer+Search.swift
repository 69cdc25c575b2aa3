import PulseDomain
import PulseHTTP
import PulseJSON

extension JiraServer {
    /// What a search asks for, from a query or a body.
    struct SearchOrder {
        var jql = ""
        var token: String?
        var size: Int?
        var fields: [String]?
        var expand: [String] = []
        var start = 0
    }

    /// `/search/jql`: pages by token.
    func tokenSearch(_ request: ParsedRequest) -> Answer {
        let order: SearchOrder
        switch searchOrder(request, isClosed: true) {
        case .success(let read): order = read
        case .failure(let refusal): return .jira(400, [refusal.message])
        }
        let query: JQL
        do {
            var parser = try JQLParser(order.jql, world: world, now: now)
            query = try parser.parse()
        } catch {
            return .jira(400, [error.message])
        }
        guard query.condition != nil else {
            return .jira(
                400, ["Unbounded JQL queries are not allowed here. Please add a search restriction to your query."])
        }
        let fields = FieldSelection(
            order.fields ?? ["id"], dialect: dialect, customFieldCount: fragments.customFields[0].count)
        var cursor: IssueSearch.Place?
        if let token = order.token {
            guard let place = PageToken.read(token, jql: order.jql) else {
                return .jira(400, ["The provided next page token is invalid or has expired."])
            }
            cursor = place
        }
        let isIDsOnly = fields.isEmpty && !order.expand.contains("changelog")
        let size = min(max(1, order.size ?? 50), isIDsOnly ? 5_000 : options.pageLimit)
        let found =
            twist == .silentlyEmpty ? [] : IssueSearch(world: world, query: query).page(after: cursor, limit: size + 1)
        let shown = found.prefix(size)
        let next = found.count > size ? shown.last.map { PageToken.make($0.place, jql: order.jql) } : nil
        var text = ByteText(reservingBytes: isIDsOnly ? 32 * size : 14_000 * shown.count + 256)
        var renderer = renderer
        if order.expand.contains("changelog") { renderer.embeddedHistories = 40 }
        text.add("{\"issues\":[")
        let isEmptied = twist == .emptyPages && next != nil
        for (id, _) in shown where !isEmptied {
            guard let record = world.record(id), !record.isDeleted else { continue }
            text.comma()
            renderer.append(record, fields: fields, to: &text)
        }
        text.add("]")
        if let next {
            text.add(",\"nextPageToken\":\"")
            text.add(text: twist == .repeatedTokens ? order.token ?? next : next)
            text.add("\"")
        }
        text.add(",\"isLast\":")
        text.add(next == nil ? "true}" : "false}")
        return .json(points: 1 + shown.count, text.bytes)
    }

    func approximateCount(_ request: ParsedRequest) -> Answer {
        switch searchOrder(request, isClosed: false) {
        case .failure(let refusal): return .jira(400, [refusal.message])
        case .success(let order):
            do {
                var parser = try JQLParser(order.jql, world: world, now: now)
                let query = try parser.parse()
                let count = twist == .silentlyEmpty ? 0 : IssueSearch(world: world, query: query).count()
                return .document { $0.object { $0.member("count", count) } }
            } catch {
                return .jira(400, [error.message])
            }
        }
    }

    /// Data Center's `/search`: pages by offset over rows that move.
    func offsetSearch(_ request: ParsedRequest) -> Answer {
        let order: SearchOrder
        switch searchOrder(request, isClosed: false) {
        case .success(let read): order = read
        case .failure(let refusal): return .jira(400, [refusal.message])
        }
        let found: [(id: Int, place: IssueSearch.Place)]
        do {
            var parser = try JQLParser(order.jql, world: world, now: now)
            let query = try parser.parse()
            found =
                twist == .silentlyEmpty ? [] : IssueSearch(world: world, query: query).page(after: nil, limit: .max)
        } catch {
            return .jira(400, [error.message])
        }
        let fields = FieldSelection(
            order.fields ?? ["*navigable"], dialect: dialect, customFieldCount: fragments.customFields[0].count)
        let size = min(max(0, order.size ?? 50), 1_000)
        let shown = found.dropFirst(order.start).prefix(size)
        var renderer = renderer
        if order.expand.contains("changelog") { renderer.embeddedHistories = .max }
        var text = ByteText(reservingBytes: 14_000 * shown.count + 256)
        text.add("{\"expand\":\"schema,names\",\"startAt\":")
        text.add(order.start)
        text.add(",\"maxResults\":")
        text.add(size)
        text.add(",\"total\":")
        text.add(found.count)
        text.add(",\"issues\":[")
        for (id, _) in shown where twist != .emptyPages {
            guard let record = world.record(id), !record.isDeleted else { continue }
            text.comma()
            renderer.append(record, fields: fields, to: &text)
        }
        text.add("]}")
        return .json(points: 1 + shown.count, text.bytes)
    }

    private func searchOrder(_ request: ParsedRequest, isClosed: Bool) -> Result<SearchOrder, JQL.Refusal> {
        var order = SearchOrder()
        if request.method == .get {
            order.jql = request.value("jql") ?? ""
            order.token = request.value("nextPageToken")
            order.size = request.number("maxResults")
            order.fields = request.query.contains { $0.name == "fields" } ? request.values("fields") : nil
            order.expand = request.values("expand")
            order.start = max(0, request.number("startAt") ?? 0)
            return .success(order)
        }
        let known: Set<String> = [
            "jql", "nextPageToken", "maxResults", "fields", "expand", "fieldsByKeys", "properties", "reconcileIssues",
        ]
        var reader = JSONReader()
        do {
            return try reader.read(request.body) { root in
                var stranger: String?
                root.forEachMember { name, _ in
                    if isClosed, let name = name.string, !known.contains(name) { stranger = name }
                }
                if let stranger { return .failure(JQL.Refusal(message: "Unrecognized field \"\(stranger)\"")) }
                if root["reconcileIssues"].count > 50 {
                    return .failure(JQL.Refusal(message: "At most 50 issues can be reconciled."))
                }
                order.jql = root["jql"].string ?? ""
                order.token = root["nextPageToken"].string
                order.size = root["maxResults"].int64.map { Int(clamping: $0) }
                if root["fields"].kind == .array {
                    var names: [String] = []
                    root["fields"].forEachElement { if let name = $0.string { names.append(name) } }
                    order.fields = names
                }
                if let expand = root["expand"].string { order.expand = expand.split(separator: ",").map(String.init) }
                root["expand"].forEachElement { if let name = $0.string { order.expand.append(name) } }
                order.start = Int(clamping: root["startAt"].int64 ?? 0)
                return .success(order)
            }
        } catch {
            return .failure(
                JQL.Refusal(message: "There was an error parsing JSON. Check that your request body is valid."))
        }
    }
}

/// Where the next page of a search begins, tied to its query.
enum PageToken {
    static func make(_ place: IssueSearch.Place, jql: String) -> String {
        let parts = [String(Seed.hash(jql.utf8), radix: 36)] + place.numbers.map { String($0) }
        return "Ch" + Base64.encode(Array(parts.joined(separator: ":").utf8))
    }

    /// `nil` for a token of another query, or none at all.
    static func read(_ token: String, jql: String) -> IssueSearch.Place? {
        guard token.hasPrefix("Ch"), let bytes = Base64.decodeLeniently(String(token.dropFirst(2))) else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: ":")
        let numbers = parts.dropFirst().compactMap { Int64($0) }
        guard parts.first.map(String.init) == String(Seed.hash(jql.utf8), radix: 36), numbers.count == parts.count - 1,
            !numbers.isEmpty
        else { return nil }
        return IssueSearch.Place(numbers: numbers)
    }
}
