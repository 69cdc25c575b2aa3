import PulseDomain
import PulseTerminal

/// Everything that decides what the console shows and does. A value: changed by events, drawn by pure functions.
struct ConsoleState: Sendable {
    var options: ConsoleOptions
    var size: Size
    /// The console's own clock, as of the last `.time`.
    var elapsed: Duration = .zero
    /// `nil` before the engine was heard.
    var clock: EngineClock?
    var connection = Connection.connecting
    /// Whether everything is being read anew: until it is here, a link that stands again changes nothing.
    var awaitsOverview = false
    /// How long the last answer of the gateway took; `nil` without a gateway.
    var roundTrip: Duration?
    /// Whom the gateway takes one for; `nil` without a gateway, and before it told.
    var person: SignedIn?
    /// Why this login may give no command, as a sentence; `nil` when it may.
    var mayOnlyLookBecause: String?
    /// The others who are connected to the gateway.
    var others: [PresenceStatus] = []
    /// Whether the gateway told who else is connected since it was reached last.
    var hasHeardOfOthers = false
    /// What the others were told last.
    var toldConfirmation: OpenConfirmation?
    /// When something was heard of the engine last, on the console's clock.
    var heardAt: Duration = .zero
    var fleet = Fleet()
    var screen = ScreenName.jobs
    var home = HomeState()
    /// The job that is open; `nil` on the numbered screens.
    var detail: DetailState?
    var limits = TableState<QuotaID>()
    var recovery = RecoveryState()
    var alerts = TableState<String>()
    var logs = LogState()
    var audit = AuditState()
    var data = DataState()
    /// Engines by name.
    var health = TableState<String>()
    var overlay: Overlay?
    var notice: ConsoleNotice?
    /// What was said last, and when: it can be read after it has gone.
    var lastSaid: Said?
    var theme = 0
    var nextDialog = 1
    var isEnding = false

    init(options: ConsoleOptions, size: Size) {
        self.options = options
        self.size = size
    }

    /// What the engine's clock reads.
    var now: Instant { clock?.now(at: elapsed) ?? .epoch }
}

/// Where a person is on the home screen.
struct HomeState: Hashable, Sendable {
    enum Focus: Hashable, Sendable { case jobs, alerts }

    var focus = Focus.jobs
    var jobs = TableState<JobID>()
    var alerts = TableState<String>()
}

/// A job's own screen.
struct DetailState: Sendable {
    enum Pane: Int, CaseIterable, Sendable, Hashable {
        case partitions, checkpoints, runs, log

        var title: String {
            switch self {
            case .partitions: "Partitions"
            case .checkpoints: "Checkpoints"
            case .runs: "Runs"
            case .log: "Log"
            }
        }
    }

    let job: JobID
    /// `nil` until it was read.
    var data: JobDetail?
    var failure: Failure?
    var pane = Pane.partitions
    var partitions = TableState<PartitionKey>()
    var checkpoints = TableState<CheckpointID>()
    var runs = TableState<RunID>()
    var log = LogBuffer()
    var logView = LogViewState()

    /// The selected line of the log.
    var logLine: LogLine? { log[selectedBy: logView] }

    /// When it was asked for last, on the console's clock; `nil`: never.
    var askedAt: Duration?
    var isAsking = false
    /// Whether something changed since it was read.
    var isStale = false

    init(job: JobID) { self.job = job }
}

/// A checkpoint among those of all partitions of a job.
struct CheckpointID: Hashable, Sendable {
    var partition: PartitionKey
    var sequence: Int64
}

/// The engine's log.
struct LogState: Sendable {
    var buffer = LogBuffer()
    var view = LogViewState()
    var isLoaded = false
    /// The least important level that is shown.
    var minimum = LogLevel.info { didSet { known = nil } }
    /// Words that all have to occur in a line.
    var filter = ListFilter() { didSet { if filter.text != oldValue.text { known = nil } } }
    /// The numbers of the lines that are shown, in the order of their times.
    private(set) var shown: [Int] = []
    /// Up to which number lines were judged; `nil`: none is.
    private var known: Int?

    /// The selected line.
    var selected: LogLine? { buffer[selectedBy: view] }

    /// After a change: judges lines that are new, forgets dropped ones, keeps the selection on its line or at the end.
    mutating func settle(height: Int) {
        let range = buffer.range
        if known == nil { shown = [] }
        if shown.contains(where: { $0 < range.lowerBound }) { shown.removeAll { $0 < range.lowerBound } }
        let terms = filter.text.lowercased().split(separator: " ").map(String.init)
        let start = max(known ?? range.lowerBound, range.lowerBound)
        for number in start..<max(start, range.upperBound) where isShown(buffer[number], terms) {
            buffer.insert(number, into: &shown)
        }
        known = range.upperBound
        view.settle(in: shown, height: height)
    }

    private func isShown(_ line: LogLine, _ terms: [String]) -> Bool {
        guard line.level >= minimum else { return false }
        guard !terms.isEmpty else { return true }
        let text = LogRow.plain(line).lowercased()
        return terms.allSatisfy { text.contains($0) }
    }
}

/// Who did what.
struct AuditState: Hashable, Sendable {
    var entries: [AuditEntry] = []
    var isLoaded = false
    /// Why it could not be read the last time.
    var failure: Failure?
    var table = TableState<Int64>()
}

/// What lies over the screen and takes the keys.
enum Overlay: Sendable {
    case help(scrolled: Int)
    /// A line in full.
    case reading(Reading)
    case palette(PaletteState)
    case command(CommandDialog)
    /// Asks before running work is left; the focus is on staying.
    case quit(isConfirmFocused: Bool)
}

/// What was said, as it is kept.
struct Said: Hashable, Sendable {
    var text: String
    var tone: Notice.Tone
    /// On the console's clock.
    var at: Duration
}

/// A line about what just happened, for a while.
struct ConsoleNotice: Hashable, Sendable {
    var text: String
    var tone: Notice.Tone
    /// When it goes, on the console's clock.
    var until: Duration
    /// Whether it only answers a key, so that the next one takes it away: it may cover what is looked for then.
    var isAnswer = false
}
