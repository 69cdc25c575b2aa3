import PulseDomain
import PulseTerminal

/// Everything the engine told: jobs in the order of the screen, limits, breakers, alerts, throughput.
///
/// Rows are only put in order again when a key of the order changed, so that ten thousand jobs cost what few cost.
struct Fleet: Sendable {
    /// What the engine is; `nil` before it was heard.
    private(set) var engine: EngineStatus?
    /// By id, whatever the filter.
    private(set) var jobs: [JobID: JobStatus] = [:]
    /// The rows: filtered and sorted.
    private(set) var order: [JobID] = []
    /// How many jobs are in each condition, whatever the filter.
    private(set) var tally: [JobCondition: Int] = [:]
    /// Jobs whose last run failed. Kept, because every draw asks for them.
    private(set) var failed: Set<JobID> = []
    /// What jobs wait for that takes its time. Kept, for the same reason.
    private(set) var longWaits: [WaitReason: LongWait] = [:]
    /// Records of all jobs that are in quarantine.
    private(set) var quarantined = 0
    /// Letters of the longest job's name; grows only.
    private(set) var longestName = 0
    private(set) var quotas: [QuotaStatus] = []
    /// Those that are not closed.
    private(set) var breakers: [BreakerStatus] = []
    /// Most urgent first.
    private(set) var alerts: [Alert] = []
    /// Oldest first, at most ``sampleLimit``.
    private(set) var throughput: [ThroughputSample] = []
    /// In the order in which they are shown; those that ended lately are among them.
    private(set) var engines: [EngineMember] = []
    /// Words that all have to occur in a job's name, title or state.
    var filter = ListFilter() { didSet { isOutOfOrder = isOutOfOrder || filter.text != oldValue.text } }
    var sort = JobSort.attention { didSet { isOutOfOrder = true } }
    var isReversed = false { didSet { isOutOfOrder = true } }

    /// That the link to the engine is lost; `nil` while it is there.
    var lost: Staleness?
    /// Whether any job has measured its rate for long enough to show how it goes. Stays true, so that columns stay.
    private(set) var hasTrend = false

    private var isOutOfOrder = false
    static let sampleLimit = 900

    /// Runs that this engine works on, and that wait when it ends.
    var runsHere: Int { jobs.values.count { $0.run.map { $0.state.name.isHeld && !$0.isElsewhere } ?? false } }

    /// Whether another engine of the store works, and takes over what this one leaves.
    func hasOthers(at now: Instant) -> Bool {
        engines.contains { $0.id != engine?.holder && presence(of: $0, at: now) == .working }
    }

    /// That what is shown is as of an earlier moment; `nil` while it is kept up to date.
    var staleness: Staleness? { lost ?? engine?.absence.flatMap { Staleness($0) } }

    /// Whether an engine works, as of the last moment that is known. The one that answers does, however long it told
    /// nothing of itself.
    func presence(of member: EngineMember, at now: Instant) -> EngineMember.Presence {
        let presence = member.presence(
            at: staleness.map { min($0.asOf, now) } ?? now, engine?.absence, among: engines)
        return presence.isUnheard && member.id == engine?.holder ? .working : presence
    }

    /// Whether engines are known, and none is left: whoever answers only looks.
    func isDeserted(at now: Instant) -> Bool {
        !engines.isEmpty && engines.allSatisfy { presence(of: $0, at: now) != .working }
    }

    /// Engines that are missed: they hold runs, or nobody has seen yet that they are silent.
    func missed(at now: Instant) -> [EngineMember] {
        engines.filter { member in
            guard presence(of: member, at: now) == .silent else { return false }
            return !member.holds.isEmpty || alerts.contains { $0.id == Alert.silence(of: member.id) }
        }
    }

    /// Columns that log lines have for the name of their engine; 0 while only one is known.
    func engineWidth(in width: Int) -> Int {
        guard engines.count > 1 else { return 0 }
        let longest = engines.map { TerminalText.width($0.id) }.max() ?? 0
        return min(longest, width >= 110 ? 28 : 14)
    }

    /// Takes everything from one moment.
    mutating func replace(_ overview: Overview) {
        engine = overview.engine
        jobs = Dictionary(overview.jobs.map { ($0.id, $0) }) { _, last in last }
        tally = [:]
        (failed, longWaits, quarantined) = ([], [:], 0)
        for status in jobs.values {
            longestName = max(longestName, status.id.rawValue.utf8.count)
            count(status)
        }
        quotas = overview.quotas.sorted { $0.id < $1.id }
        breakers = overview.breakers.filter { $0.position != .closed }.sorted(by: Self.isBefore)
        set(overview.alerts)
        throughput = Array(overview.throughput.suffix(Self.sampleLimit))
        engines = overview.engines
        hasTrend = hasTrend || jobs.values.contains { Self.hasTrend($0) }
        isOutOfOrder = true
    }

    /// Takes one change.
    mutating func apply(_ event: OperationsEvent) {
        switch event {
        case .job(let status): upsert(status)
        case .quota(let quota):
            if let index = quotas.firstIndex(where: { $0.id == quota.id }) {
                quotas[index] = quota
            } else {
                quotas.append(quota)
                quotas.sort { $0.id < $1.id }
            }
        case .breaker(let breaker):
            breakers.removeAll { $0.source == breaker.source && $0.endpoint == breaker.endpoint }
            if breaker.position != .closed {
                breakers.append(breaker)
                breakers.sort(by: Self.isBefore)
            }
        case .alerts(let alerts): set(alerts)
        case .throughput(let sample):
            throughput.append(sample)
            // Cut in blocks, so that most samples move nothing.
            if throughput.count > Self.sampleLimit + 300 {
                throughput.removeFirst(throughput.count - Self.sampleLimit)
            }
        case .engine(let status): engine = status
        case .engines(let members): engines = members
        case .log, .gap: break
        }
    }

    /// Filters and sorts where that has become necessary. Returns whether the rows changed.
    mutating func arrange() -> Bool {
        guard isOutOfOrder else { return false }
        isOutOfOrder = false
        let terms = filter.text.lowercased().split(separator: " ").map { Array($0.utf8) }
        var keyed: [(key: Double, id: JobID)] = []
        keyed.reserveCapacity(jobs.count)
        for (id, status) in jobs where terms.isEmpty || Self.matches(status, terms) {
            keyed.append((sort.key(status), id))
        }
        let sign: Double = isReversed ? -1 : 1
        keyed.sort {
            $0.key == $1.key ? ($0.id < $1.id) != (isReversed && sort == .name) : $0.key * sign < $1.key * sign
        }
        let rows = keyed.map(\.id)
        guard rows != order else { return false }
        order = rows
        return true
    }

    private mutating func upsert(_ status: JobStatus) {
        let former = jobs.updateValue(status, forKey: status.id)
        if let former {
            let condition = JobCondition(former)
            discount(former)
            if !isOutOfOrder {
                isOutOfOrder =
                    sort.key(former) != sort.key(status)
                    || !filter.isEmpty
                        && (condition != JobCondition(status) || former.definition.title != status.definition.title)
            }
        } else {
            isOutOfOrder = true
            longestName = max(longestName, status.id.rawValue.utf8.count)
        }
        hasTrend = hasTrend || Self.hasTrend(status)
        count(status)
    }

    /// Adds a job to what is known of all together.
    private mutating func count(_ status: JobStatus) {
        let condition = JobCondition(status)
        tally[condition, default: 0] += 1
        if condition == .failed { failed.insert(status.id) }
        if let wait = LongWait.wait(of: status) { longWaits[wait.reason, default: LongWait()].add(status.id, wait) }
        quarantined += status.quarantined
    }

    /// Takes back what ``count(_:)`` added.
    private mutating func discount(_ status: JobStatus) {
        tally[JobCondition(status), default: 0] -= 1
        failed.remove(status.id)
        if let wait = LongWait.wait(of: status) {
            longWaits[wait.reason]?.jobs.remove(status.id)
            if longWaits[wait.reason]?.jobs.isEmpty == true { longWaits[wait.reason] = nil }
        }
        quarantined -= status.quarantined
    }

    private static func hasTrend(_ status: JobStatus) -> Bool { status.history.contains { $0 > 0 } }

    private mutating func set(_ alerts: [Alert]) {
        self.alerts = alerts.sorted { left, right in
            let leftSeen = left.acknowledgedBy != nil
            if leftSeen != (right.acknowledgedBy != nil) { return !leftSeen }
            if left.severity != right.severity { return left.severity < right.severity }
            return left.since == right.since ? left.id < right.id : left.since > right.since
        }
    }

    private static func isBefore(_ left: BreakerStatus, _ right: BreakerStatus) -> Bool {
        (left.source, left.endpoint) < (right.source, right.endpoint)
    }

    private static func matches(_ status: JobStatus, _ terms: [[UInt8]]) -> Bool {
        let label = JobCondition(status).label.word
        let text = Array("\(status.id) \(status.definition.title) \(label)".lowercased().utf8)
        return terms.allSatisfy { term in
            guard term.count <= text.count else { return false }
            return (0...(text.count - term.count)).contains { start in
                text[start..<(start + term.count)].elementsEqual(term)
            }
        }
    }
}
