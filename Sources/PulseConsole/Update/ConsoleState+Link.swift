import PulseDomain
import PulseTerminal

extension ConsoleState {
    /// What was told of the way to the engine.
    mutating func take(_ news: LinkNews) {
        switch news {
        case .live(let roundTrip):
            self.roundTrip = roundTrip
            if !awaitsOverview, fleet.engine != nil, case .lost = connection {
                noteLive()
                heardAt = elapsed
            }
        case .lost(let failure, let since, let retryIn, let attempt):
            var (retryAt, attempt) = (elapsed + (retryIn ?? .zero), attempt)
            // Who tries again then is the console itself: it knows when, and how often it did.
            if retryIn == nil, case .lost(_, _, let known, let count) = connection {
                (retryAt, attempt) = (known, count)
            }
            let heard = max(.zero, elapsed - since)
            noteLost(failure, since: heard, retryAt: retryAt, attempt: attempt, asOf: heard)
        case .signedIn(let person): self.person = person
        case .mayOnlyLook(let because): mayOnlyLookBecause = because
        case .others(let others): (self.others, hasHeardOfOthers) = (others, true)
        }
    }

    /// The connection failed, or the stream of events ended: it is made again after a while.
    mutating func loseLink(_ failure: Failure) -> [ConsoleEffect] {
        var (failure, since, attempt) = (failure, elapsed, 1)
        var delay: Duration = .seconds(1)
        if case .lost(let former, let first, _, let count) = connection {
            (since, attempt) = (first, count + 1)
            // Twice as long each time, up to what somebody who waits for it bears.
            delay = .seconds(min(15, 1 << min(count, 4)))
            // That the stream ended says less than why it did.
            if failure.code == Failure.streamEnded.code { failure = former }
        }
        awaitsOverview = true
        // Somebody has to log in first: looked for at a steady pace.
        if failure.kind == .unauthorised { delay = .seconds(5) }
        noteLost(
            failure, since: since, retryAt: elapsed + delay, attempt: attempt,
            asOf: options.link == nil ? heardAt : since)
        return [.connect(after: delay)]
    }

    /// Whether the link is lost.
    var isLost: Bool { if case .lost = connection { true } else { false } }

    /// Tries the connection now instead of when its time comes. Whoever else counts down gives way to this try.
    mutating func tryNow() -> [ConsoleEffect] {
        guard case .lost(let failure, let since, _, let attempt) = connection else { return [] }
        connection = .lost(failure, since: since, retryAt: elapsed, attempt: attempt)
        awaitsOverview = true
        return [.connect(after: .zero)]
    }

    /// Events arrive (again): what is shown is what is.
    mutating func noteLive() {
        connection = .live
        fleet.lost = nil
    }

    /// - Parameter asOf: Up to when what is shown is right, on the console's clock.
    private mutating func noteLost(
        _ failure: Failure, since: Duration, retryAt: Duration, attempt: Int, asOf: Duration
    ) {
        connection = .lost(failure, since: since, retryAt: retryAt, attempt: attempt)
        if others.isEmpty { hasHeardOfOthers = false }
        guard let clock else { return }
        fleet.lost = Staleness(
            cause: .link, asOf: clock.now(at: asOf), since: clock.now(at: since), because: failure.sentence)
    }

    /// Why no command at all can be given now; `nil` when commands can be given.
    var obstacle: CommandObstacle? {
        if let reason = options.readOnlyBecause ?? mayOnlyLookBecause { return .looksOnly(reason) }
        guard let engine = fleet.engine else { return .unheard }
        if let lost = fleet.lost { return .lost(asOf: lost.asOf) }
        // Whatever is commanded is stored first. Where several share the store it is said since when it is away.
        if let absence = engine.absence, absence.isPresent { return .storeAway(since: absence.since) }
        return engine.trouble.map { .storeTrouble($0) }
    }

    /// The same as a sentence.
    var commandObstacle: String? { obstacle?.sentence(TimeTexts(now: now)) }

    /// Tells the others of a confirmation that was opened or closed here.
    mutating func tellPresence() -> [ConsoleEffect] {
        guard options.link != nil else { return [] }
        var open: OpenConfirmation?
        if case .command(let dialog)? = overlay { open = OpenConfirmation(dialog) }
        guard open != toldConfirmation else { return [] }
        toldConfirmation = open
        return [.tell(open)]
    }
}

extension ConsoleState {
    /// The others who have a confirmation open about the same job.
    func others(decidingWith dialog: CommandDialog) -> [PresenceStatus] {
        guard !isLost, let job = OpenConfirmation(dialog).job else { return [] }
        return others.filter { $0.confirmation != nil && $0.job == job }
    }
}

/// A confirmation that is open, as others are told of it.
struct OpenConfirmation: Hashable, Sendable {
    var sentence: String
    /// `nil`: several jobs, or none.
    var job: JobID?

    init(_ dialog: CommandDialog) {
        sentence = "\(dialog.title)?"
        let jobs = Set(dialog.variants.flatMap { $0.commands.compactMap(\.job) + ($0.rangeOf ?? []) })
        job = jobs.count == 1 ? jobs.first : nil
    }
}

extension Failure {
    /// The stream of events ended, and nobody said why.
    static let streamEnded = Failure(
        .transient, code: "console.stream_ended", "The engine no longer sends events.",
        remedy: "The console connects again by itself.")
}
