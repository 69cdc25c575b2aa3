import PulseHTTP
import PulseJSON

extension JiraServer {
    func projectList(_ request: ParsedRequest) -> [UInt8] {
        list(world.projects.indices.map { project($0, expand: request.values("expand")) })
    }

    /// `/project/search` in Cloud, `/project/{idOrKey}` and what lies below it.
    func project(_ request: ParsedRequest, _ parts: [String]) -> Answer {
        if parts.count == 2, parts[1] == "search", dialect == .cloud { return projectSearch(request) }
        guard let project = world.project(named: parts[1]) else {
            return .jira(404, ["No project could be found with key '\(parts[1])'."])
        }
        guard parts.count > 2 else {
            return .json(points: 2, self.project(project, expand: ["description", "lead"]))
        }
        let versions = versions(project)
        switch parts[2] {
        case "version": return page(versions, request, defaultSize: 50)
        case "versions": return .json(points: 1 + versions.count, list(versions))
        case "components", "component":
            return parts[2] == "components"
                ? .json(list(fragments.components[project]))
                : page(fragments.components[project], request, defaultSize: 50)
        case "statuses": return .json(projectStatuses(project))
        default: return .jira(404, ["Not found."])
        }
    }

    private func projectSearch(_ request: ParsedRequest) -> Answer {
        let wanted = request.values("keys").map { $0.uppercased() }
        let statuses = request.values("status")
        let listed = world.projects.indices
            .filter { twist != .silentlyEmpty && (wanted.isEmpty || wanted.contains(world.projects[$0].key)) }
            .filter { _ in statuses.isEmpty || statuses.contains("live") }
            .sorted { world.projects[$0].key < world.projects[$1].key }
        return page(listed.map { project($0, expand: request.values("expand")) }, request, defaultSize: 50)
    }

    private func project(_ project: Int, expand: [String]) -> [UInt8] {
        let about = world.projects[project]
        let id = JiraWorld.firstID + project
        return JSONWriter.document { writer in
            writer.object {
                $0.member("expand", "description,lead,issueTypes,url,projectKeys,permissions,insight")
                $0.member("self", "\(api)/project/\(id)")
                $0.member("id", String(id))
                $0.member("key", about.key)
                if expand.contains("description") {
                    $0.member("description", "Everything about \(about.name.lowercased()).")
                }
                if expand.contains("lead") {
                    $0.name("lead")
                    $0.raw(fragments.users[project * 3 % fragments.users.count])
                }
                $0.member("name", about.name)
                $0.memberObject("avatarUrls") {
                    for size in ["48x48", "24x24", "16x16", "32x32"] {
                        $0.member(
                            size, "\(api)/universal_avatar/view/type/project/avatar/\(10_400 + project)?size=\(size)")
                    }
                }
                $0.member("projectTypeKey", "software")
                if dialect == .cloud {
                    $0.member("simplified", JiraWorld.isTeamManaged(project))
                    $0.member("style", JiraWorld.isTeamManaged(project) ? "next-gen" : "classic")
                    $0.member("isPrivate", false)
                } else {
                    $0.member("archived", false)
                }
            }
        }
    }

    private func versions(_ project: Int) -> [[UInt8]] {
        let last = JiraVersion.number(at: now, world: world) + 1
        return (0...last).map { number in
            JSONWriter.document {
                JiraVersion(project: project, number: number).write(&$0, world: world, api: api, now: now)
            }
        }
    }

    private func projectStatuses(_ project: Int) -> [UInt8] {
        JSONWriter.document { writer in
            writer.array { list in
                for kind in IssueKind.allCases {
                    list.object {
                        $0.member("self", "\(api)/issuetype/\(JiraFragments.id(kind.rawValue, in: project))")
                        $0.member("id", String(JiraFragments.id(kind.rawValue, in: project)))
                        $0.member("name", kind.name)
                        $0.member("subtask", kind == .subtask)
                        $0.memberArray("statuses") { inner in
                            for status in fragments.statuses[project] { inner.raw(status) }
                        }
                    }
                }
            }
        }
    }

    // MARK: Boards

    func agile(_ request: ParsedRequest, _ parts: [String]) -> Answer {
        if isAnonymous { return .jira(401, ["Client must be authenticated to access this resource."]) }
        guard request.method == .get else { return .jira(405, ["Method Not Allowed"]) }
        switch (parts.first, parts.count) {
        case ("board"?, 1):
            var boards = Array(world.projects.indices)
            if let key = request.value("projectKeyOrId") { boards = boards.filter { world.project(named: key) == $0 } }
            return page(boards.map { board($0) }, request, defaultSize: 50)
        case ("board"?, 2...):
            guard let id = Int(parts[1]), world.projects.indices.contains(id - 1) else {
                return .jira(
                    404,
                    [
                        "The requested board cannot be viewed because it either does not exist or you do not have permission to view it."
                    ])
            }
            guard parts.count > 2 else { return .json(board(id - 1)) }
            switch parts[2] {
            case "configuration": return .json(configuration(id - 1))
            case "sprint": return sprints(id - 1, request)
            default: return .jira(404, ["Not found."])
            }
        case ("sprint"?, 2):
            guard let id = Int(parts[1]), world.projects.indices.contains(id / 1_000 - 1),
                id % 1_000 <= world.sprintNumber(at: now) + 1
            else {
                return .jira(404, ["Sprint with id \(parts[1]) does not exist"])
            }
            return .json(rendered(JiraSprint(project: id / 1_000 - 1, number: id % 1_000)))
        default: return .jira(404, ["Not found."])
        }
    }

    private func board(_ project: Int) -> [UInt8] {
        JSONWriter.document { writer in
            writer.object {
                $0.member("id", project + 1)
                $0.member("self", "\(base)/rest/agile/1.0/board/\(project + 1)")
                $0.member("name", "\(world.projects[project].key) board")
                $0.member(
                    "type",
                    !world.hasSprints(project) ? "kanban" : JiraWorld.isTeamManaged(project) ? "simple" : "scrum")
                $0.memberObject("location") {
                    $0.member("projectId", JiraWorld.firstID + project)
                    $0.member("projectKey", world.projects[project].key)
                    $0.member("projectName", world.projects[project].name)
                    $0.member("displayName", "\(world.projects[project].name) (\(world.projects[project].key))")
                    $0.member("name", "\(world.projects[project].name) (\(world.projects[project].key))")
                }
            }
        }
    }

    private func configuration(_ project: Int) -> [UInt8] {
        let field = JiraWorld.isTeamManaged(project) ? CustomField.storyPointEstimate : CustomField.storyPoints
        return JSONWriter.document { writer in
            writer.object {
                $0.member("id", project + 1)
                $0.member("name", "\(world.projects[project].key) board")
                $0.member(
                    "type",
                    !world.hasSprints(project) ? "kanban" : JiraWorld.isTeamManaged(project) ? "simple" : "scrum")
                $0.member("self", "\(base)/rest/agile/1.0/board/\(project + 1)/configuration")
                $0.memberObject("location") {
                    $0.member("type", "project")
                    $0.member("projectKeyOrId", world.projects[project].key)
                }
                $0.memberObject("filter") { $0.member("id", String(10_000 + project)) }
                $0.memberObject("columnConfig") {
                    $0.memberArray("columns") { list in
                        for status in IssueStatus.allCases {
                            list.object {
                                $0.member("name", status.name)
                                $0.memberArray("statuses") { inner in
                                    inner.object {
                                        $0.member("id", String(JiraFragments.id(status.rawValue, in: project)))
                                    }
                                }
                            }
                        }
                    }
                    $0.member("constraintType", "none")
                }
                if world.hasSprints(project) {
                    $0.memberObject("estimation") {
                        $0.member("type", "field")
                        $0.memberObject("field") {
                            $0.member("fieldId", "customfield_\(dialect.firstCustomField + field)")
                            $0.member("displayName", CustomField.name(field))
                        }
                    }
                }
                $0.memberObject("ranking") {
                    $0.member("rankCustomFieldId", dialect.firstCustomField + CustomField.rank)
                }
            }
        }
    }

    private func sprints(_ project: Int, _ request: ParsedRequest) -> Answer {
        guard world.hasSprints(project) else { return .jira(400, ["The board does not support sprints"]) }
        let states = request.values("state")
        let all = (0...(world.sprintNumber(at: now) + 1)).map { JiraSprint(project: project, number: $0) }
        let listed = all.filter { states.isEmpty || states.contains($0.state(world, now: now)) }
        return page(listed.map { rendered($0) }, request, defaultSize: 50, largest: 50)
    }

    private func rendered(_ sprint: JiraSprint) -> [UInt8] {
        JSONWriter.document { sprint.write(&$0, world: world, base: base, now: now) }
    }
}
