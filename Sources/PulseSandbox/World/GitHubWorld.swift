/// The organisation at one moment: what is made up, and over it what has changed since the start.
struct GitHubWorld: Sendable {
    /// A commit of a default branch that came after the start.
    struct LivingCommit: Sendable {
        /// Serial number of what it follows; -1: nothing.
        let parent: Int
        let at: Int64
        let event: Int
        /// The pull request that it merged; `nil`: pushed directly.
        let merged: PullPlace?
    }
    /// A release or deployment that came after the start.
    struct Delivery: Sendable {
        let at: Int64
        let event: Int
    }

    let seed: Seed
    let options: GitHubOptions
    let cast: [Vocabulary.Name]
    let keys: [String]
    let startsAt: Int64
    let historyBegin: Int64
    let counts: [Int]
    let timelines: [Timeline]
    /// Commits of each default branch at the start.
    let commitCounts: [Int]

    private(set) var records: [PullPlace: PullRecord] = [:]
    /// Places of changed pull requests by their newest change, for each repository; the id is the index.
    private(set) var byUpdate: [[SearchIndex.Place]]
    private(set) var bornCounts: [Int]
    private(set) var livingCommits: [[Int: LivingCommit]]
    private(set) var heads: [Int]
    private var nextSerials: [Int]
    private(set) var releases: [[Delivery]]
    private(set) var deployments: [[Delivery]]

    init(options: SandboxOptions, startsAt: Int64) {
        seed = Seed(options.seed &+ 0x6768)
        self.options = options.github
        self.startsAt = startsAt
        historyBegin = startsAt - Int64(max(1, options.historyInDays)) * 86_400_000
        cast = Vocabulary.people
        keys = Vocabulary.projects.prefix(min(max(1, options.jira.projects), Vocabulary.projects.count)).map(\.key)
        let size = min(max(1, options.github.repositories), Vocabulary.repositories.count)
        // The first repositories have most; the last is empty.
        let filled = size > 1 ? size - 1 : 1
        let weights = (0..<filled).map { 1_000 / ($0 + 3) }
        let whole = weights.reduce(0, +)
        var counts =
            weights.map { max(0, options.github.pullRequests) * $0 / whole } + Array(repeating: 0, count: size - filled)
        counts[0] += max(0, options.github.pullRequests) - counts.reduce(0, +)
        self.counts = counts
        commitCounts = (0..<size).map { $0 < filled ? counts[$0] * 2 + 25 : 0 }
        let (seed, begin) = (seed, historyBegin)
        timelines = counts.enumerated().map {
            Timeline(count: $1, begin: begin, end: startsAt, seed: seed, salt: 1_000 + $0)
        }
        byUpdate = Array(repeating: [], count: size)
        bornCounts = Array(repeating: 0, count: size)
        livingCommits = Array(repeating: [:], count: size)
        heads = commitCounts.map { $0 - 1 }
        nextSerials = commitCounts
        releases = Array(repeating: [], count: size)
        deployments = Array(repeating: [], count: size)
    }

    // MARK: Repositories

    func name(_ repository: Int) -> String { Vocabulary.repositories[repository] }

    func fullName(_ repository: Int) -> String { "\(options.organization)/\(name(repository))" }

    func repository(named name: String) -> Int? {
        let wanted = name.lowercased()
        return counts.indices.first { self.name($0).lowercased() == wanted }
    }

    func isEmpty(_ repository: Int) -> Bool { commitCounts[repository] == 0 }

    func defaultBranch(_ repository: Int) -> String { repository % 7 == 3 ? "master" : "main" }

    // MARK: Pull requests

    /// One number for a pull request, for drawing.
    func key(_ place: PullPlace) -> Int { place.repository * 100_000_000 + place.index }

    func pullCount(_ repository: Int) -> Int { counts[repository] + bornCounts[repository] }

    func record(_ place: PullPlace) -> PullRecord? {
        if let record = records[place] { return record }
        guard counts.indices.contains(place.repository), (0..<max(1, counts[place.repository])).contains(place.index),
            counts[place.repository] > 0
        else { return nil }
        return baseRecord(place)
    }

    func baseRecord(_ place: PullPlace) -> PullRecord {
        let timeline = timelines[place.repository]
        let updated = timeline.updated(place.index)
        return PullRecord(
            place: place, createdAt: timeline.created(place.index), baseUpdatedAt: updated, updatedAt: updated,
            isBorn: false)
    }

    mutating func edit(_ place: PullPlace, _ kind: PullEdit.Kind, at time: Int64, event: Int) {
        guard var record = record(place) else { return }
        forget(record)
        record.edits.append(PullEdit(kind: kind, at: time, event: event))
        record.updatedAt = time
        remember(record)
    }

    mutating func open(in repository: Int, at time: Int64) {
        let place = PullPlace(repository: repository, index: pullCount(repository))
        bornCounts[repository] += 1
        remember(PullRecord(place: place, createdAt: time, baseUpdatedAt: time, updatedAt: time, isBorn: true))
    }

    private mutating func forget(_ record: PullRecord) {
        guard records[record.place] != nil else { return }
        let place = SearchIndex.Place(time: record.updatedAt, id: record.place.index)
        let position = byUpdate[record.place.repository].lowerBound(of: place)
        if byUpdate[record.place.repository].indices.contains(position) {
            byUpdate[record.place.repository].remove(at: position)
        }
    }

    private mutating func remember(_ record: PullRecord) {
        records[record.place] = record
        let place = SearchIndex.Place(time: record.updatedAt, id: record.place.index)
        byUpdate[record.place.repository].insert(place, at: byUpdate[record.place.repository].lowerBound(of: place))
    }

    // MARK: Default branches

    /// Puts a commit on the default branch; its serial number.
    @discardableResult
    mutating func push(to repository: Int, at time: Int64, event: Int, merging pull: PullPlace? = nil) -> Int {
        let serial = nextSerials[repository]
        nextSerials[repository] += 1
        livingCommits[repository][serial] = LivingCommit(
            parent: heads[repository], at: time, event: event, merged: pull)
        heads[repository] = serial
        return serial
    }

    /// Throws away up to three commits that came after the start and puts another in their place.
    mutating func rewrite(_ repository: Int, at time: Int64, event: Int) {
        for _ in 0..<3 {
            guard let last = livingCommits[repository][heads[repository]] else { break }
            heads[repository] = last.parent
        }
        push(to: repository, at: time, event: event)
    }

    mutating func release(_ repository: Int, at time: Int64, event: Int) {
        releases[repository].append(Delivery(at: time, event: event))
    }

    mutating func deploy(_ repository: Int, at time: Int64, event: Int) {
        deployments[repository].append(Delivery(at: time, event: event))
    }

    func commitTime(_ repository: Int, _ serial: Int) -> Int64 {
        if let living = livingCommits[repository][serial] { return living.at }
        return historyBegin + (startsAt - historyBegin) * Int64(serial + 1) / Int64(commitCounts[repository] + 1)
    }

    func isCommit(_ repository: Int, _ serial: Int) -> Bool {
        (0..<max(1, commitCounts[repository])).contains(serial) && commitCounts[repository] > 0
            || livingCommits[repository][serial] != nil
    }

    func parent(_ repository: Int, _ serial: Int) -> Int? {
        let parent = livingCommits[repository][serial]?.parent ?? serial - 1
        return parent >= 0 ? parent : nil
    }

    /// The commit that was newest at a time before the start.
    func commit(of repository: Int, at time: Int64) -> Int {
        let count = commitCounts[repository]
        let place = Int((time - historyBegin) * Int64(count + 1) / max(1, startsAt - historyBegin)) - 1
        return min(max(0, place), count - 1)
    }
}

extension [SearchIndex.Place] {
    /// The first position that is not before `place`.
    func lowerBound(of place: SearchIndex.Place) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
