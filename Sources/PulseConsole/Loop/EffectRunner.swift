import PulseDomain

/// Carries out what updates ask of the engine, in tasks of its own; answers arrive in the mailbox.
final class EffectRunner: Sendable {
    private let operations: any Operations
    private let principal: Principal
    private let mailbox: EventMailbox
    private let link: ConsoleLink?
    private let wait: @Sendable (Duration) async throws -> Void
    private let tasks = TaskBag()
    /// What listens to events: one at a time.
    private let listening = TaskBag.Place()
    private let readingLogs = TaskBag.Place()

    /// - Parameter wait: How a connection is waited for.
    init(
        operations: any Operations, principal: Principal, mailbox: EventMailbox, link: ConsoleLink? = nil,
        wait: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.operations = operations
        self.principal = principal
        self.mailbox = mailbox
        self.link = link
        self.wait = wait
    }

    /// Starts an effect; those of the terminal are not known here.
    func start(_ effect: ConsoleEffect) {
        switch effect {
        case .connect(let delay):
            run(at: listening) {
                try await self.connect(after: delay)
            } orElse: {
                .linkLost($0)
            }
        case .loadOverview:
            run {
                .overview(try await self.operations.overview())
            } orElse: {
                .linkLost($0)
            }
        case .loadDetail(let job):
            run {
                .detail(job, try await self.operations.jobDetail(job))
            } orElse: {
                .detailFailed(job, $0)
            }
        case .loadLogs:
            run(at: readingLogs) { .logs(try await self.readLogs()) }
        case .loadQuarantine(let job):
            run {
                .quarantine(try await self.operations.quarantine(QuarantineFilter(job: job)))
            } orElse: {
                .readFailed($0)
            }
        case .loadFindings:
            run {
                .findings(try await self.operations.tombstones(TombstoneFilter()))
            } orElse: {
                .readFailed($0)
            }
        case .loadFindingRows(let finding):
            run {
                let rows = try await self.operations.tombstoneRows(
                    of: finding, after: nil, limit: RecoveryState.rowLimit)
                return .findingRows(finding, rows)
            } orElse: {
                .readFailed($0)
            }
        case .loadAudit:
            run {
                .audit(try await self.operations.audit(limit: 500))
            } orElse: {
                .auditFailed($0)
            }
        case .loadTables:
            run {
                .tables(try await self.operations.tables())
            } orElse: {
                .tablesFailed($0)
            }
        case .loadRows(let filter):
            run {
                .rows(filter, try await self.operations.rows(filter))
            } orElse: {
                .rowsFailed(filter, $0)
            }
        case .preview(let dialog, let variant, let commands):
            run {
                var outcomes: [CommandOutcome<CommandPreview>] = []
                for command in commands {
                    outcomes.append(
                        CommandOutcome(command, await Self.result { try await self.operations.preview(command) }))
                }
                return .previewed(dialog: dialog, variant: variant, outcomes)
            }
        case .perform(let commands, let reason):
            run {
                var outcomes: [CommandOutcome<CommandReceipt>] = []
                for command in commands {
                    var generator = SystemRandomNumberGenerator()
                    let request = CommandRequest(
                        command, by: self.principal, reason: reason, correlation: CorrelationID(using: &generator))
                    outcomes.append(
                        CommandOutcome(command, await Self.result { try await self.operations.perform(request) }))
                }
                return .performed(outcomes)
            }
        case .tell(let confirmation): link?.tell(confirmation?.sentence, confirmation?.job)
        case .copy, .useTheme, .redraw, .suspend, .quit, .end: break
        }
    }

    /// Passes on what is heard of theme files.
    func follow(_ themes: @escaping @Sendable () -> AsyncStream<ThemeNews>) {
        tasks.start { [mailbox] in
            for await news in themes() { mailbox.post(.themes(news)) }
        }
    }

    /// Passes on what is heard of the link.
    func followLink() {
        guard let link else { return }
        tasks.start { [mailbox] in
            for await news in link.news() { mailbox.post(.link(news)) }
        }
    }

    /// Ends all tasks; commands that were given stay given.
    func stop() { tasks.cancel() }

    /// Events first, then the overview, so that nothing falls between them.
    private func connect(after delay: Duration) async throws -> ConsoleEvent {
        if delay > .zero { try await wait(delay) }
        let events = try await operations.events()
        mailbox.post(.overview(try await operations.overview()))
        for await event in events {
            // In turn: an overview that is read beside the stream may be older than what the stream says meanwhile.
            if event == .gap {
                mailbox.post(.overview(try await operations.overview()))
            } else {
                mailbox.post(.happened([event]))
            }
        }
        try Task.checkCancellation()
        return .linkLost(.streamEnded)
    }

    /// The newest lines. Nothing else asks for them while the link is there: a read that fails is repeated, after five
    /// seconds each time.
    private func readLogs() async throws -> [LogLine] {
        var isTold = false
        while true {
            do {
                return try await operations.logs(job: nil, after: nil, limit: 1_000)
            } catch {
                try Task.checkCancellation()
                if !isTold { mailbox.post(.readFailed(Self.failure(error))) }
                isTold = true
                try await wait(.seconds(5))
            }
        }
    }

    private func run(
        at place: TaskBag.Place? = nil, _ work: @escaping @Sendable () async throws -> ConsoleEvent,
        orElse failed: @escaping @Sendable (Failure) -> ConsoleEvent = { .readFailed($0) }
    ) {
        tasks.start(at: place) { [mailbox] in
            do {
                mailbox.post(try await work())
            } catch is CancellationError {
                // The console is ending; nobody waits for the answer.
            } catch {
                mailbox.post(failed(Self.failure(error)))
            }
        }
    }

    private static func result<Answer>(_ work: () async throws -> Answer) async -> Result<Answer, Failure> {
        do {
            return .success(try await work())
        } catch {
            return .failure(failure(error))
        }
    }

    private static func failure(_ error: any Error) -> Failure {
        (error as? Failure)
            ?? Failure(
                .ours, code: "console.unexpected", "The engine answered with an unexpected error: \(error).",
                remedy: "Look at the engine's log.")
    }
}
