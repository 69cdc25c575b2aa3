import PulseJSON

extension JiraServer {
    func serverInfo() -> Answer {
        .document { writer in
            writer.object {
                $0.member("baseUrl", base)
                $0.member("version", dialect == .cloud ? "1001.0.0-SNAPSHOT" : "10.3.1")
                $0.memberArray("versionNumbers") { list in
                    for number in dialect == .cloud ? [1_001, 0, 0] : [10, 3, 1] { list.int(number) }
                }
                $0.member("deploymentType", dialect == .cloud ? "Cloud" : "Server")
                $0.member("buildNumber", dialect == .cloud ? 100_300 : 10_030_001)
                $0.member("buildDate", WireTime.jira(world.historyBegin, zone: world.zone))
                $0.member("serverTime", WireTime.jira(now, zone: world.zone))
                if dialect == .cloud { $0.member("serverTimeZone", world.zone.name) }
                $0.member("scmInfo", "1f51473f5c7b75c1a69a0090f4832cdc5053702a")
                $0.member("serverTitle", "Acme")
            }
        }
    }

    func permissions(_ request: ParsedRequest) -> Answer {
        let asked = request.values("permissions")
        guard !asked.isEmpty || dialect == .dataCenter else {
            return .jira(400, ["The permissions query parameter is required."])
        }
        return .document { writer in
            writer.object {
                $0.memberObject("permissions") {
                    for (index, key) in (asked.isEmpty ? ["BROWSE_PROJECTS"] : asked).enumerated() {
                        $0.memberObject(key) {
                            $0.member("id", String(10 + index))
                            $0.member("key", key)
                            $0.member(
                                "name", key.split(separator: "_").map { $0.capitalizedWord }.joined(separator: " "))
                            $0.member("type", "PROJECT")
                            $0.member("description", "")
                            $0.member("havePermission", true)
                        }
                    }
                }
            }
        }
    }

    /// Those of every project, each once.
    func catalogue(_ fragments: [[[UInt8]]]) -> [UInt8] {
        var elements = fragments.first ?? []
        for project in fragments.indices where JiraWorld.isTeamManaged(project) { elements += fragments[project] }
        return list(elements)
    }

    func resolutions() -> [UInt8] {
        JSONWriter.document { writer in
            writer.array { list in
                for (index, name) in ["Done", "Won't Do"].enumerated() {
                    list.object {
                        $0.member("self", "\(api)/resolution/\(10_000 + index)")
                        $0.member("id", String(10_000 + index))
                        $0.member("description", "")
                        $0.member("name", name)
                    }
                }
            }
        }
    }

    func fieldCatalogue() -> [UInt8] {
        JSONWriter.document { writer in
            writer.array { list in
                for field in FieldSelection.Field.allCases {
                    list.object {
                        $0.member("id", field.name)
                        if dialect == .cloud { $0.member("key", field.name) }
                        $0.member("name", field.name.prefix(1).uppercased() + field.name.dropFirst())
                        $0.member("custom", false)
                        $0.member("orderable", true)
                        $0.member("navigable", true)
                        $0.member("searchable", true)
                        $0.member("clauseNames", [field.name])
                        $0.memberObject("schema") {
                            $0.member(
                                "type",
                                ["created", "updated", "resolutiondate"].contains(field.name)
                                    ? "datetime" : "string")
                            $0.member("system", field.name)
                        }
                    }
                }
                for place in fragments.customFields[0].indices { customField(place, &list) }
            }
        }
    }

    private func customField(_ place: Int, _ list: inout JSONWriter) {
        let number = dialect.firstCustomField + place
        let (type, custom): (String, String) =
            switch place {
            case CustomField.sprint: ("array", "com.pyxis.greenhopper.jira:gh-sprint")
            case CustomField.epicLink: ("any", "com.pyxis.greenhopper.jira:gh-epic-link")
            case CustomField.rank: ("any", "com.pyxis.greenhopper.jira:gh-lexo-rank")
            case CustomField.storyPointEstimate: ("number", "com.pyxis.greenhopper.jira:jsw-story-points")
            default:
                switch CustomField.shape(place) {
                case .text: ("string", "com.atlassian.jira.plugin.system.customfieldtypes:textfield")
                case .number: ("number", "com.atlassian.jira.plugin.system.customfieldtypes:float")
                case .option: ("option", "com.atlassian.jira.plugin.system.customfieldtypes:select")
                case .options: ("array", "com.atlassian.jira.plugin.system.customfieldtypes:multiselect")
                case .user: ("user", "com.atlassian.jira.plugin.system.customfieldtypes:userpicker")
                case .date: ("date", "com.atlassian.jira.plugin.system.customfieldtypes:datepicker")
                case .instant: ("datetime", "com.atlassian.jira.plugin.system.customfieldtypes:datetime")
                case .paragraph: ("string", "com.atlassian.jira.plugin.system.customfieldtypes:textarea")
                }
            }
        list.object {
            $0.member("id", "customfield_\(number)")
            if dialect == .cloud { $0.member("key", "customfield_\(number)") }
            $0.member("name", CustomField.name(place))
            $0.member("custom", true)
            $0.member("orderable", true)
            $0.member("navigable", true)
            $0.member("searchable", true)
            $0.member("clauseNames", ["cf[\(number)]", CustomField.name(place)])
            $0.memberObject("schema") {
                $0.member("type", type)
                if type == "array" { $0.member("items", place == CustomField.sprint ? "json" : "option") }
                $0.member("custom", custom)
                $0.member("customId", number)
            }
        }
    }

    func statusSearch(_ request: ParsedRequest) -> Answer {
        var elements: [[UInt8]] = []
        for project in world.projects.indices where project == 0 || JiraWorld.isTeamManaged(project) {
            for status in IssueStatus.allCases {
                elements.append(
                    JSONWriter.document { writer in
                        writer.object {
                            $0.member("id", String(JiraFragments.id(status.rawValue, in: project)))
                            $0.member("name", status.name)
                            $0.member("description", "")
                            $0.member(
                                "statusCategory", ["new": "TODO", "done": "DONE"][status.category.key] ?? "IN_PROGRESS")
                            $0.memberObject("scope") {
                                $0.member("type", JiraWorld.isTeamManaged(project) ? "PROJECT" : "GLOBAL")
                                if JiraWorld.isTeamManaged(project) {
                                    $0.memberObject("project") { $0.member("id", String(JiraWorld.firstID + project)) }
                                }
                            }
                        }
                    })
            }
        }
        return page(elements, request, defaultSize: 200, largest: 200)
    }

    func userSearch(_ request: ParsedRequest) -> Answer {
        let start = max(0, request.number("startAt") ?? 0)
        let shown = Array(fragments.users.dropFirst(start).prefix(min(1_000, request.number("maxResults") ?? 50)))
        return .json(points: 1 + 2 * shown.count, list(shown))
    }
}

extension Substring {
    /// `Browse` of `BROWSE`.
    fileprivate var capitalizedWord: String { prefix(1).uppercased() + dropFirst().lowercased() }
}
