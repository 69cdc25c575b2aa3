import PulseJSON

/// Parts of answers that many issues share, rendered once.
struct JiraFragments: Sendable {
    let dialect: JiraDialect
    let base: String
    let users: [[UInt8]]
    let projects: [[UInt8]]
    /// By project, then status or type: team-managed projects have their own.
    let statuses: [[[UInt8]]]
    let kinds: [[[UInt8]]]
    let priorities: [[UInt8]]
    let components: [[[UInt8]]]
    /// Descriptions as the dialect writes them: documents or wiki text.
    let texts: [[UInt8]]
    let remarks: [[UInt8]]
    /// By variant, then custom field: the name and the value.
    let customFields: [[[UInt8]]]
    /// By variant: all custom fields that are the same for the variant, with commas.
    let customBlocks: [[UInt8]]
    static let priorityNames = ["Highest", "High", "Medium", "Low", "Lowest"]

    init(world: JiraWorld, options: JiraOptions, dialect: JiraDialect) {
        let base = dialect == .cloud ? options.url : options.dataCenterURL
        let api = base + (dialect == .cloud ? "/rest/api/3" : "/rest/api/2")
        self.dialect = dialect
        self.base = base
        let users = world.cast.indices.map { Self.user($0, world: world, api: api, dialect: dialect) }
        self.users = users
        projects = world.projects.indices.map { Self.project($0, world: world, base: base, api: api) }
        statuses = world.projects.indices.map { project in
            IssueStatus.allCases.map { Self.status($0, in: project, api: api, base: base) }
        }
        kinds = world.projects.indices.map { project in
            IssueKind.allCases.map { Self.kind($0, in: project, api: api, base: base) }
        }
        priorities = Self.priorityNames.indices.map { index in
            JSONWriter.document { writer in
                writer.object {
                    $0.member("self", "\(api)/priority/\(index + 1)")
                    $0.member(
                        "iconUrl", "\(base)/images/icons/priorities/\(Self.priorityNames[index].lowercased()).svg")
                    $0.member("name", Self.priorityNames[index])
                    $0.member("id", String(index + 1))
                }
            }
        }
        components = world.projects.enumerated().map { project, about in
            about.components.indices.map { index in
                JSONWriter.document { writer in
                    writer.object {
                        $0.member("self", "\(api)/component/\(10_000 + project * 20 + index)")
                        $0.member("id", String(10_000 + project * 20 + index))
                        $0.member("name", about.components[index])
                    }
                }
            }
        }
        texts = (0..<64).map { Self.text($0, world: world, paragraphs: options.paragraphs, dialect: dialect) }
        remarks = Vocabulary.remarks.indices.map { Self.remark(Vocabulary.remarks[$0], dialect: dialect) }
        let fields = (0..<32).map { variant in
            (0..<max(4, options.customFields)).map {
                Self.customField($0, variant: variant, world: world, users: users, api: api, dialect: dialect)
            }
        }
        customFields = fields
        customBlocks = fields.map { variant in
            variant.reduce(into: [UInt8]()) {
                guard !$1.isEmpty else { return }
                $0.append(UInt8(ascii: ","))
                $0.append(contentsOf: $1)
            }
        }
    }

    static func accountID(_ person: Int) -> String {
        let bits = Seed.mixed(UInt64(person) &+ 77)
        let digits = String(bits, radix: 16)
        return "5b10a284" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Id of a status or type: team-managed projects number their own.
    static func id(_ index: Int, in project: Int) -> Int {
        JiraWorld.isTeamManaged(project) ? 10_100 + project * 10 + index : 10_000 + index
    }

    private static func user(_ person: Int, world: JiraWorld, api: String, dialect: JiraDialect) -> [UInt8] {
        let name = world.cast[person]
        let id = accountID(person)
        return JSONWriter.document { writer in
            writer.object {
                $0.member(
                    "self", dialect == .cloud ? "\(api)/user?accountId=\(id)" : "\(api)/user?username=\(name.login)")
                if dialect == .cloud {
                    $0.member("accountId", id)
                } else {
                    $0.member("name", name.login)
                    $0.member("key", "JIRAUSER\(10_100 + person)")
                    $0.member("emailAddress", "\(name.login)@acme.example")
                }
                // Most people hide their address in Cloud.
                if dialect == .cloud, person % 5 == 0 { $0.member("emailAddress", "\(name.login)@acme.example") }
                $0.memberObject("avatarUrls") {
                    for size in ["48x48", "24x24", "16x16", "32x32"] {
                        $0.member(
                            size,
                            "https://avatar.example.net/\(person)/\(size.prefix(2))"
                        )
                    }
                }
                $0.member("displayName", name.full)
                $0.member("active", person % 23 != 7)
                $0.member("timeZone", world.zone.name)
                if dialect == .cloud { $0.member("accountType", "atlassian") }
            }
        }
    }

    private static func project(_ project: Int, world: JiraWorld, base: String, api: String) -> [UInt8] {
        let id = JiraWorld.firstID + project
        return JSONWriter.document { writer in
            writer.object {
                $0.member("self", "\(api)/project/\(id)")
                $0.member("id", String(id))
                $0.member("key", world.projects[project].key)
                $0.member("name", world.projects[project].name)
                $0.member("projectTypeKey", "software")
                $0.member("simplified", JiraWorld.isTeamManaged(project))
                $0.memberObject("avatarUrls") {
                    for size in ["48x48", "24x24", "16x16", "32x32"] {
                        $0.member(
                            size, "\(api)/universal_avatar/view/type/project/avatar/\(10_400 + project)?size=\(size)")
                    }
                }
            }
        }
    }

    private static func status(_ status: IssueStatus, in project: Int, api: String, base: String) -> [UInt8] {
        let id = id(status.rawValue, in: project)
        let category = status.category
        return JSONWriter.document { writer in
            writer.object {
                $0.member("self", "\(api)/status/\(id)")
                $0.member("description", "")
                $0.member("iconUrl", "\(base)/images/icons/statuses/generic.png")
                $0.member("name", status.name)
                $0.member("id", String(id))
                $0.memberObject("statusCategory") {
                    $0.member("self", "\(api)/statuscategory/\(category.id)")
                    $0.member("id", category.id)
                    $0.member("key", category.key)
                    $0.member("colorName", category.color)
                    $0.member("name", category.name)
                }
                if JiraWorld.isTeamManaged(project) { $0.scope(project) }
            }
        }
    }

    private static func kind(_ kind: IssueKind, in project: Int, api: String, base: String) -> [UInt8] {
        let id = id(kind.rawValue, in: project)
        return JSONWriter.document { writer in
            writer.object {
                $0.member("self", "\(api)/issuetype/\(id)")
                $0.member("id", String(id))
                $0.member("description", "")
                $0.member(
                    "iconUrl",
                    "\(base)/secure/viewavatar?size=medium&avatarId=\(10_300 + kind.rawValue)&avatarType=issuetype")
                $0.member("name", kind.name)
                $0.member("subtask", kind == .subtask)
                $0.member("avatarId", 10_300 + kind.rawValue)
                $0.member("hierarchyLevel", kind.level)
                if JiraWorld.isTeamManaged(project) { $0.scope(project) }
            }
        }
    }
}

extension JSONWriter {
    /// Whose a status, type or field is.
    fileprivate mutating func scope(_ project: Int) {
        memberObject("scope") {
            $0.member("type", "PROJECT")
            $0.memberObject("project") { $0.member("id", String(JiraWorld.firstID + project)) }
        }
    }
}
