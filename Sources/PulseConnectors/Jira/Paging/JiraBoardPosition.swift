import PulseDomain
import PulseJSON

/// Where a walk over boards and their sprints stands.
struct JiraBoardPosition: Sendable, Hashable {
    /// The next page of boards; `nil` when all were listed.
    var list: JiraListPosition? = JiraListPosition()
    /// Boards listed whose sprints are not through, in order.
    var boards: [Int64] = []
    /// Within the first of them.
    var sprints = JiraListPosition()

    init() {}

    var isComplete: Bool { list == nil && boards.isEmpty }

    init(_ root: JSONValue) {
        list = root["list"].kind == .object ? JiraListPosition(root["list"]) : nil
        sprints = JiraListPosition(root["sprints"])
        var elements = root["boards"].elements
        while let element = elements.next() { if let id = element.int64 { boards.append(id) } }
    }

    func write(to writer: inout JSONWriter) {
        if let list { writer.memberObject("list") { list.write(to: &$0) } }
        if !boards.isEmpty {
            writer.memberArray("boards") { writer in for board in boards { writer.int(board) } }
            writer.memberObject("sprints") { sprints.write(to: &$0) }
        }
    }

    /// The board at hand is through.
    mutating func finishBoard() {
        if !boards.isEmpty { boards.removeFirst() }
        sprints = JiraListPosition()
    }
}

/// A page of boards.
struct JiraBoardPage: Sendable, Hashable {
    struct Board: Sendable, Hashable {
        var id: Int64
        var name: String
        /// `scrum`, `kanban`, or `simple` for team-managed projects.
        var type: String
        /// The key of its project, where it belongs to one.
        var project: String?

        /// Kanban boards answer 400 when they are asked for sprints; team-managed ones may have them.
        var hasSprints: Bool { type != "kanban" }
    }

    var boards: [Board] = []
    var total: Int?
    var isLast: Bool?

    init(_ body: [UInt8]) throws {
        self = try JiraJSON.read(body, as: "The list of boards") { root in
            guard root["values"].kind == .array else {
                throw JiraFailure.unexpectedShape("The list of boards", missing: "list of values")
            }
            return JiraBoardPage(root)
        }
    }

    private init(_ root: JSONValue) {
        total = root["total"].int64.map { Int(clamping: $0) }
        isLast = root["isLast"].bool
        var values = root["values"].elements
        while let board = values.next() {
            guard let id = board["id"].lenientInteger else { continue }
            boards.append(
                Board(
                    id: id, name: board["name"].string ?? String(id), type: board["type"].string ?? "",
                    project: board["location"]["projectKey"].string))
        }
    }
}
