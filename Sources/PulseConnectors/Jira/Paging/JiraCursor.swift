import PulseDomain
import PulseJSON

/// Where a walk of Jira stands, as it is kept in checkpoints.
enum JiraCursor: Sendable, Hashable {
    /// A list that is read by offset: projects, versions, catalogues.
    case list(JiraListPosition)
    /// Boards, and within them their sprints.
    case boards(JiraBoardPosition)
    /// A search for issues, with what is still to be fetched of single issues.
    case issues(JiraSearchPosition)

    init(_ cursor: Cursor) throws {
        self = try JiraJSON.read(Array(cursor.json.utf8), as: "The stored position") { root in
            let kind = root["kind"]
            if kind.isString("list") { return .list(JiraListPosition(root)) }
            if kind.isString("boards") { return .boards(JiraBoardPosition(root)) }
            guard kind.isString("issues"), let position = JiraSearchPosition(root) else {
                throw JiraFailure.unreadableCursor()
            }
            return .issues(position)
        }
    }

    var cursor: Cursor {
        let json = JSONWriter.document { writer in
            writer.object { writer in
                switch self {
                case .list(let position):
                    writer.member("kind", "list")
                    position.write(to: &writer)
                case .boards(let position):
                    writer.member("kind", "boards")
                    position.write(to: &writer)
                case .issues(let position):
                    writer.member("kind", "issues")
                    position.write(to: &writer)
                }
            }
        }
        return Cursor(json: String(decoding: json, as: UTF8.self))
    }
}

/// A position in a list that is read by offset.
struct JiraListPosition: Sendable, Hashable {
    var start = 0
    /// The total that the page before told; when it shrinks, rows before `start` are gone and others moved up.
    var total: Int?
    /// How often the list was begun anew because of that.
    var restarts = 0

    init() {}

    init(_ root: JSONValue) {
        start = Int(clamping: root["start"].int64 ?? 0)
        total = root["total"].int64.map { Int(clamping: $0) }
        restarts = Int(clamping: root["restarts"].int64 ?? 0)
    }

    func write(to writer: inout JSONWriter) {
        writer.member("start", start)
        if let total { writer.member("total", total) }
        if restarts > 0 { writer.member("restarts", restarts) }
    }

    /// Where the list goes on after a page of `count` rows; `nil` at its end.
    ///
    /// `total` and `isLast` are what the page tells, `nil` where it does not. A page may be shorter than asked for.
    func next(count: Int, total newTotal: Int?, isLast: Bool?, requested: Int) -> JiraListPosition? {
        if let total, let newTotal, newTotal < total, start > 0, restarts < 3 {
            var anew = JiraListPosition()
            anew.restarts = restarts + 1
            return anew
        }
        guard count > 0 else { return nil }
        var next = self
        next.start = start + count
        next.total = newTotal
        if let newTotal { return next.start < newTotal ? next : nil }
        if let isLast { return isLast ? nil : next }
        return count < requested ? nil : next
    }
}

extension JSONValue {
    /// The strings of an array; others are left out.
    var strings: [String] {
        var result: [String] = []
        var elements = elements
        while let element = elements.next() { if let text = element.text { result.append(text) } }
        return result
    }
}
