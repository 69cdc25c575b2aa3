import PulseJSON

/// A sprint on the board of a project: two weeks, one after another since the history began.
struct JiraSprint: Sendable {
    let project: Int
    let number: Int

    func begin(_ world: JiraWorld) -> Int64 { world.historyBegin + Int64(number) * JiraWorld.sprintLength }

    func state(_ world: JiraWorld, now: Int64) -> String {
        let begin = begin(world)
        return now < begin ? "future" : now < begin + JiraWorld.sprintLength ? "active" : "closed"
    }

    private var goal: String { Vocabulary.goals[(project + number) % Vocabulary.goals.count] }

    /// As the agile API gives it.
    func write(_ writer: inout JSONWriter, world: JiraWorld, base: String, now: Int64) {
        let (begin, state) = (begin(world), state(world, now: now))
        writer.object {
            $0.member("id", world.sprintID(number, of: project))
            $0.member("self", "\(base)/rest/agile/1.0/sprint/\(world.sprintID(number, of: project))")
            $0.member("state", state)
            $0.member("name", world.sprintName(number, of: project))
            if state != "future" {
                $0.member("startDate", WireTime.jira(begin, zone: .utc))
                $0.member("endDate", WireTime.jira(begin + JiraWorld.sprintLength, zone: .utc))
            }
            if state == "closed" {
                $0.member("completeDate", WireTime.jira(begin + JiraWorld.sprintLength, zone: .utc))
            }
            $0.member("originBoardId", project + 1)
            $0.member("goal", goal)
        }
    }

    /// As the sprint field of Cloud has it.
    func fieldJSON(world: JiraWorld, now: Int64) -> [UInt8] {
        let begin = begin(world)
        let sprint = self
        return JSONWriter.document { writer in
            writer.object {
                $0.member("id", world.sprintID(sprint.number, of: sprint.project))
                $0.member("name", world.sprintName(sprint.number, of: sprint.project))
                $0.member("state", sprint.state(world, now: now))
                $0.member("boardId", sprint.project + 1)
                $0.member("goal", sprint.goal)
                $0.member("startDate", WireTime.github(begin))
                $0.member("endDate", WireTime.github(begin + JiraWorld.sprintLength))
            }
        }
    }

    /// As the sprint field of Data Center has it: what Java's `toString` made of it.
    func javaText(world: JiraWorld, now: Int64) -> [UInt8] {
        let id = world.sprintID(number, of: project)
        let begin = WireTime.jira(begin(world), zone: world.zone)
        let end = WireTime.jira(self.begin(world) + JiraWorld.sprintLength, zone: world.zone)
        let state = state(world, now: now).uppercased()
        let text =
            "com.atlassian.greenhopper.service.sprint.Sprint@\(String(id * 7_919, radix: 16))[id=\(id),rapidViewId=\(project + 1),state=\(state),"
            + "name=\(world.sprintName(number, of: project)),startDate=\(begin),endDate=\(end),completeDate=<null>,activatedDate=\(begin),"
            + "sequence=\(id),goal=\(goal),autoStartStop=false]"
        return JSONWriter.document { $0.string(text) }
    }
}

/// A version of a project: one each 91 days.
struct JiraVersion: Sendable {
    let project: Int
    let number: Int

    static let length: Int64 = 91 * 86_400_000

    static func number(at time: Int64, world: JiraWorld) -> Int { Int(max(0, time - world.historyBegin) / length) }

    var id: Int { 20_000 + project * 100 + number }

    func json(world: JiraWorld, api: String) -> [UInt8] {
        JSONWriter.document { write(&$0, world: world, api: api, now: .max) }
    }

    func write(_ writer: inout JSONWriter, world: JiraWorld, api: String, now: Int64) {
        let end = world.historyBegin + Int64(number + 1) * Self.length
        let version = self
        writer.object {
            $0.member("self", "\(api)/version/\(version.id)")
            $0.member("id", String(version.id))
            $0.member("description", "")
            $0.member("name", "\(world.projects[version.project].key) \(version.number / 4 + 1).\(version.number % 4)")
            $0.member("archived", false)
            $0.member("released", end <= now)
            $0.member("startDate", WireTime.date(end - Self.length))
            $0.member("releaseDate", WireTime.date(end))
            $0.member("projectId", JiraWorld.firstID + version.project)
        }
    }
}
