import PulseJSON

/// What `identify` learned about a site and walks need: which custom fields mean what, and the names of boards.
///
/// Nothing of this can be hard-coded: ids differ from site to site, and several fields can have one name (FACTS §2.11).
struct JiraDetails: Sendable, Hashable {
    /// Numbers of custom fields (`customfield_10020` is 10020).
    var sprintFields: [Int64] = []
    /// Estimates, those that boards name first, most often named first.
    var estimateFields: [Int64] = []
    /// The estimate that the boards of a project name, by project id.
    var estimatesByProject: [String: [Int64]] = [:]
    var epicFields: [Int64] = []
    var flagFields: [Int64] = []
    /// Names by board id, in the order of the ids.
    var boards: [String: String] = [:]
    /// How many boards name a field, while they are being asked.
    private var namings: [Int64: Int] = [:]

    init() {}

    /// The fields that may hold the estimate of an issue of a project, best first.
    func estimates(project: String) -> [Int64] { (estimatesByProject[project] ?? []) + estimateFields }

    /// Reads what ``json`` wrote; what is missing stays empty.
    init(_ json: String?) {
        guard let json else { return }
        let read = try? JiraJSON.read(Array(json.utf8), as: "What was learned about the site") { root in
            var details = JiraDetails()
            details.sprintFields = Self.numbers(root["sprint"])
            details.estimateFields = Self.numbers(root["estimate"])
            details.epicFields = Self.numbers(root["epic"])
            details.flagFields = Self.numbers(root["flag"])
            var projects = root["estimateByProject"].members
            while let project = projects.next() {
                if let id = project.name.string { details.estimatesByProject[id] = Self.numbers(project.value) }
            }
            var boards = root["boards"].members
            while let board = boards.next() {
                if let id = board.name.string { details.boards[id] = board.value.string }
            }
            return details
        }
        if let read { self = read }
    }

    var json: String {
        let bytes = JSONWriter.document { writer in
            writer.object { writer in
                for (name, fields) in [
                    ("sprint", sprintFields), ("estimate", estimateFields), ("epic", epicFields), ("flag", flagFields),
                ] {
                    writer.memberArray(name) { writer in for field in fields { writer.int(field) } }
                }
                writer.memberObject("estimateByProject") { writer in
                    for (project, fields) in estimatesByProject.sorted(by: { $0.key < $1.key }) {
                        writer.memberArray(project) { writer in for field in fields { writer.int(field) } }
                    }
                }
                writer.memberObject("boards") { writer in
                    for (board, name) in boards.sorted(by: { $0.key < $1.key }) { writer.member(board, name) }
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func numbers(_ list: JSONValue) -> [Int64] {
        var result: [Int64] = []
        var elements = list.elements
        while let element = elements.next() { if let number = element.int64 { result.append(number) } }
        return result
    }
}

extension JiraDetails {
    /// Reads the catalogue of fields (`/field`).
    mutating func readCatalogue(_ body: [UInt8]) throws {
        try JiraJSON.read(body, as: "The catalogue of fields") { root in
            guard root.kind == .array else {
                throw JiraFailure.unexpectedShape("The catalogue of fields", missing: "list")
            }
            var fields = root.elements
            while let field = fields.next() {
                guard let number = field["id"].string.flatMap(Self.number(of:)) else { continue }
                let type = field["schema"]["custom"]
                let name = (field["untranslatedName"].string ?? field["name"].string ?? "").lowercased()
                if type.isString("com.pyxis.greenhopper.jira:gh-sprint") {
                    sprintFields.append(number)
                } else if type.isString("com.pyxis.greenhopper.jira:gh-epic-link") {
                    epicFields.append(number)
                } else if type.isString("com.pyxis.greenhopper.jira:jsw-story-points") {
                    estimateFields.append(number)
                } else if field["schema"]["type"].isString("number"),
                    ["story points", "story point estimate"].contains(name)
                {
                    estimateFields.append(number)
                } else if name == "flagged", field["schema"]["type"].isString("array") {
                    flagFields.append(number)
                }
            }
        }
    }

    /// Takes in what a board's configuration names as its estimate.
    ///
    /// Time (`timeoriginalestimate`) and counting issues are no points, and are left out.
    mutating func readConfiguration(_ body: [UInt8]) throws {
        let (field, project) = try JiraJSON.read(body, as: "The configuration of a board") { root in
            (
                root["estimation"]["field"]["fieldId"].string.flatMap(Self.number(of:)),
                root["location"]["type"].isString("project") ? root["location"]["id"].identifier : nil
            )
        }
        guard let field else { return }
        namings[field, default: 0] += 1
        if let project, !(estimatesByProject[project] ?? []).contains(field) {
            estimatesByProject[project, default: []].append(field)
        }
        let named = namings.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        estimateFields = named + estimateFields.filter { namings[$0] == nil }
    }

    /// The number in `customfield_10016`.
    static func number(of id: String) -> Int64? {
        id.hasPrefix("customfield_") ? Int64(id.dropFirst("customfield_".count)) : nil
    }
}
