import PulseDomain

/// All issues at one moment: what is made up, and over it what has changed since the start.
struct JiraWorld: Sendable {
    let seed: Seed
    let projects: [Vocabulary.Project]
    let cast: [Vocabulary.Name]
    /// Issues of each project at the start.
    let counts: [Int]
    let timelines: [Timeline]
    /// Milliseconds since 1970.
    let historyBegin: Int64
    let startsAt: Int64
    let zone: SandboxZone

    /// Records that have changed since the start, deleted ones included.
    private(set) var records: [Int: IssueRecord] = [:]
    private(set) var bornIDs: [Int] = []
    /// Keys that came into use after the start, former ones included.
    private var keys: [KeyNumber: Int] = [:]
    private var nextNumbers: [Int]
    var index: SearchIndex

    static let firstID = 10_000
    private let firstBornID: Int

    init(options: SandboxOptions, startsAt: Int64) {
        seed = Seed(options.seed)
        self.startsAt = startsAt
        historyBegin = startsAt - Int64(max(1, options.historyInDays)) * 86_400_000
        zone = options.jira.zone
        cast = Vocabulary.people
        let size = min(max(1, options.jira.projects), Vocabulary.projects.count)
        projects = Array(Vocabulary.projects.prefix(size))
        // Project sizes differ: the first has about three times as many issues as the last.
        let weights = (0..<size).map { 3 * size - 2 * $0 }
        let whole = weights.reduce(0, +)
        var counts = weights.map { max(0, options.jira.issues) * $0 / whole }
        counts[0] += max(0, options.jira.issues) - counts.reduce(0, +)
        self.counts = counts
        let (seed, begin) = (seed, historyBegin)
        timelines = counts.enumerated().map { Timeline(count: $1, begin: begin, end: startsAt, seed: seed, salt: $0) }
        nextNumbers = counts.map { $0 + 1 }
        firstBornID = Self.firstID + (counts.max() ?? 0) * size
        index = SearchIndex(lagInMilliseconds: options.jira.indexLag.inMicroseconds / 1_000)
    }

    // MARK: Names

    func baseID(_ key: KeyNumber) -> Int { Self.firstID + (key.number - 1) * projects.count + key.project }

    /// Where an issue from before the start was made; `nil` for ids that are none.
    func baseKey(ofID id: Int) -> KeyNumber? {
        guard id >= Self.firstID, id < firstBornID else { return nil }
        let (number, project) = ((id - Self.firstID) / projects.count + 1, (id - Self.firstID) % projects.count)
        return number <= counts[project] ? KeyNumber(project: project, number: number) : nil
    }

    /// The issue that has, or had, this key.
    func id(forKey key: KeyNumber) -> Int? {
        if let id = keys[key] { return id }
        return counts.indices.contains(key.project) && (1...max(1, counts[key.project])).contains(key.number)
            && counts[key.project] > 0
            ? baseID(key) : nil
    }

    func text(_ key: KeyNumber) -> String { "\(projects[key.project].key)-\(key.number)" }

    /// Reads `PAY-12`, in any case.
    func key(_ text: String) -> KeyNumber? {
        let parts = text.split(separator: "-")
        guard parts.count == 2, let number = Int(parts[1]), let project = project(named: String(parts[0])) else {
            return nil
        }
        return KeyNumber(project: project, number: number)
    }

    /// A project by key, id or name.
    func project(named name: String) -> Int? {
        let wanted = name.uppercased()
        return projects.firstIndex { $0.key == wanted || $0.name.uppercased() == wanted }
            ?? Int(name).flatMap { projects.indices.contains($0 - Self.firstID) ? $0 - Self.firstID : nil }
    }

    // MARK: Records

    /// An issue as it is; `nil` when there never was one. It may be deleted.
    func record(_ id: Int) -> IssueRecord? {
        if let record = records[id] { return record }
        return baseKey(ofID: id).map { baseRecord($0) }
    }

    func baseRecord(_ key: KeyNumber) -> IssueRecord {
        let timeline = timelines[key.project]
        return IssueRecord(
            id: baseID(key), key: key, createdAt: timeline.created(key.number - 1),
            updatedAt: timeline.updated(key.number - 1),
            isBorn: false)
    }

    /// Every issue that exists, in the order of ids within projects.
    func forEachRecord(_ body: (IssueRecord) -> Void) {
        for project in projects.indices {
            for number in stride(from: 1, through: counts[project], by: 1) {
                let key = KeyNumber(project: project, number: number)
                let record = records[baseID(key)] ?? baseRecord(key)
                if !record.isDeleted { body(record) }
            }
        }
        for id in bornIDs { if let record = records[id], !record.isDeleted { body(record) } }
    }

    /// Whether the project has statuses and types of its own.
    static func isTeamManaged(_ project: Int) -> Bool { project % 4 == 3 }

    // MARK: Sprints

    /// Kanban boards have none.
    func hasSprints(_ project: Int) -> Bool { project % 5 != 4 }

    static let sprintLength: Int64 = 14 * 86_400_000

    func sprintNumber(at time: Int64) -> Int { Int(max(0, time - historyBegin) / Self.sprintLength) }

    // MARK: Changes

    /// The next unused number of a project, for a new or moved issue.
    private mutating func takeNumber(_ project: Int) -> KeyNumber {
        defer { nextNumbers[project] += 1 }
        return KeyNumber(project: project, number: nextNumbers[project])
    }

    mutating func create(in project: Int, at time: Int64, event: Int) {
        let key = takeNumber(project)
        let id = firstBornID + bornIDs.count
        bornIDs.append(id)
        keys[key] = id
        let record = IssueRecord(id: id, key: key, createdAt: time, updatedAt: time, isBorn: true)
        records[id] = record
        index.note(record, at: time, event: event, seed: seed)
    }

    mutating func edit(_ id: Int, _ kind: IssueEdit.Kind, at time: Int64, event: Int) {
        guard var record = record(id), !record.isDeleted else { return }
        record.edits.append(IssueEdit(kind: kind, at: time, event: event))
        record.updatedAt = time
        records[id] = record
        index.note(record, at: time, event: event, seed: seed)
    }

    mutating func move(_ id: Int, to project: Int, at time: Int64, event: Int) {
        guard var record = record(id), !record.isDeleted, record.key.project != project else { return }
        let (from, to) = (record.key, takeNumber(project))
        keys[from] = id
        keys[to] = id
        record.formerKeys.append(from)
        record.key = to
        records[id] = record
        edit(id, .move(from: from, to: to), at: time, event: event)
    }

    mutating func delete(_ id: Int, at time: Int64, event: Int) {
        guard var record = record(id), !record.isDeleted else { return }
        record.isDeleted = true
        records[id] = record
        index.note(record, at: time, event: event, seed: seed)
    }
}
