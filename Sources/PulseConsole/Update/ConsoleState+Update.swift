import PulseDomain
import PulseTerminal

extension ConsoleState {
    /// Takes one event in and says what has to be done. Pure: the same state and event give the same result.
    mutating func update(_ event: ConsoleEvent) -> [ConsoleEffect] {
        var effects: [ConsoleEffect] = []
        let wasHindered = obstacle != nil
        switch event {
        case .time(let time):
            elapsed = max(elapsed, time)
            if let notice, notice.until <= elapsed { self.notice = nil }
        case .input(let input): effects = take(input)
        case .overview(let overview): effects = take(overview)
        case .happened(let events): effects = take(events)
        case .linkLost(let failure): effects = loseLink(failure)
        case .link(let news): take(news)
        case .detail(let job, let data): take(data, of: job)
        case .detailFailed(let job, let failure):
            guard detail?.job == job else { break }
            detail?.isAsking = false
            detail?.failure = failure
        case .previewed(let id, let variant, let outcomes):
            guard case .command(var dialog) = overlay, dialog.id == id else { break }
            dialog.show(outcomes, of: variant)
            overlay = .command(dialog)
        case .performed(let outcomes):
            tell(outcomes)
            effects = reloadLists()
        case .logs(let lines):
            logs.buffer.append(lines)
            logs.isLoaded = true
        case .quarantine(let entries):
            recovery.all = entries
            recovery.isLoaded = true
        case .findings(let findings):
            recovery.findings = findings
            recovery.areFindingsLoaded = true
            // What was confirmed or taken back has other rows now.
            recovery.rows = [:]
        case .findingRows(let finding, let rows): recovery.rows[finding] = rows
        case .audit(let entries):
            audit.entries = entries
            audit.isLoaded = true
            audit.failure = nil
        case .auditFailed(let failure): audit.failure = failure
        case .tables(let tables): (data.tables, data.isLoaded, data.failure) = (tables, true, nil)
        case .tablesFailed(let failure): data.failure = failure
        case .rows(let filter, let rows):
            let now = now
            data.open?.take(rows, for: filter, at: now)
        case .rowsFailed(let filter, let failure): data.open?.fail(failure, for: filter)
        case .readFailed(let failure): say("\(failure.sentence) \(failure.remedy)", .error)
        case .themes(let news): effects = take(news)
        case .closed: effects = end()
        case .copied(let text, let isTaken):
            say(
                isTaken ? "Copied: \(text)" : "That is too long for the terminal's clipboard.",
                isTaken ? .success : .warning)
        }
        if wasHindered, obstacle == nil {
            // Why a key did nothing is true no more.
            if notice?.isAnswer == true { notice = nil }
            effects += askAnew()
        }
        return tellPresence() + effects + settle()
    }

    /// Once commands can be given again: what an open dialog says was asked before, or in vain.
    private mutating func askAnew() -> [ConsoleEffect] {
        guard case .command(var dialog)? = overlay else { return [] }
        dialog.forgetFailures()
        overlay = .command(dialog)
        guard !dialog.commands.isEmpty else { return [] }
        return [.preview(dialog: dialog.id, variant: dialog.chosen, dialog.commands)]
    }

    /// Shows a line for a while; the worse, the longer.
    mutating func say(_ text: String, _ tone: Notice.Tone) {
        let seconds = tone == .error || tone == .warning ? 20 : 8
        notice = ConsoleNotice(text: text, tone: tone, until: elapsed + .seconds(seconds))
        lastSaid = Said(text: text, tone: tone, at: elapsed)
    }

    /// After a change: rows in order, selections on their objects, details read again where they are out of date.
    private mutating func settle() -> [ConsoleEffect] {
        if fleet.arrange() || home.jobs.selection == nil { home.jobs.follow(fleet.order, restsAtTop: true) }
        let alertIDs = fleet.alerts.map(\.id)
        home.alerts.follow(alertIDs, restsAtTop: true)
        alerts.follow(alertIDs, restsAtTop: true)
        if alertIDs.isEmpty { home.focus = .jobs }
        limits.follow(fleet.quotas.map(\.id))
        recovery.table.follow(recovery.ids)
        recovery.findingsTable.follow(recovery.findings.map(\.id))
        health.follow(fleet.engines.map(\.id), restsAtTop: true)
        audit.table.follow(audit.entries.map(\.sequence), restsAtTop: true)
        settleLogs()
        scrollToSelection()
        return askForDetail() + askForRows() + settleData()
    }

    private mutating func take(_ overview: Overview) -> [ConsoleEffect] {
        clock = EngineClock(asOf: overview.asOf, at: elapsed, rate: overview.engine.clockRate)
        fleet.replace(overview)
        awaitsOverview = false
        noteLive()
        heardAt = elapsed
        detail?.isStale = true
        // Also of a log that was read before: lines of the time without a link are missing in it.
        return [.loadLogs]
    }

    private mutating func take(_ events: [OperationsEvent]) -> [ConsoleEffect] {
        var effects: [ConsoleEffect] = []
        for event in events {
            fleet.apply(event)
            switch event {
            case .gap: if !effects.contains(.loadOverview) { effects.append(.loadOverview) }
            case .job(let status) where status.id == detail?.job:
                detail?.isStale = true
                detail?.data?.status = status
            case .log(let line):
                // Also before the log was read: what is read may be older than this line.
                logs.buffer.append([line])
                if let job = line.job, job == detail?.job { detail?.log.append([line]) }
            case .throughput(let sample): clock?.note(sample.at, at: elapsed)
            default: break
            }
        }
        if fleet.engine != nil { noteLive() }
        heardAt = elapsed
        return effects
    }

    private mutating func take(_ data: JobDetail, of job: JobID) {
        guard detail?.job == job else { return }
        var data = data
        keepChosenCheckpoint(in: &data)
        detail?.isAsking = false
        detail?.failure = nil
        detail?.data = data
        detail?.log.append(data.logs)
        detail?.partitions.follow(data.partitions.map(\.key))
        detail?.checkpoints.follow(data.checkpoints.map(CheckpointID.init), restsAtTop: true)
        detail?.runs.follow(data.recentRuns.map(\.id), restsAtTop: true)
    }

    /// While a run goes on, a chosen checkpoint soon is none of the newest: it stays in the list, after them, so that a
    /// rewind is to the one that was chosen.
    private func keepChosenCheckpoint(in data: inout JobDetail) {
        guard let detail, detail.checkpoints.isChosen, let chosen = detail.checkpoints.selection,
            !data.checkpoints.contains(where: { CheckpointID($0) == chosen }),
            let kept = detail.data?.checkpoints.first(where: { CheckpointID($0) == chosen })
        else { return }
        data.checkpoints.append(kept)
    }

    /// Reads the open job again when it changed, once a second at most.
    private mutating func askForDetail() -> [ConsoleEffect] {
        guard let open = detail, !open.isAsking, open.isStale else { return [] }
        if let asked = open.askedAt, elapsed - asked < .seconds(1) { return [] }
        detail?.isStale = false
        detail?.isAsking = true
        detail?.askedAt = elapsed
        return [.loadDetail(open.job)]
    }

    /// Reads the rows of the chosen finding, once.
    private mutating func askForRows() -> [ConsoleEffect] {
        guard detail == nil, screen == .recovery, let finding = recovery.finding, recovery.rows[finding.id] == nil
        else { return [] }
        // Empty until they come, so that they are asked for once.
        recovery.rows[finding.id] = []
        return [.loadFindingRows(finding.id)]
    }

    /// When something has to happen that no event announces, on the console's clock; `nil`: never.
    var wakesAt: Duration? {
        var times: [Duration] = []
        if let notice { times.append(notice.until) }
        if let detail, detail.isStale, !detail.isAsking, let asked = detail.askedAt {
            times.append(asked + .seconds(1))
        }
        return times.min()
    }

    private mutating func tell(_ outcomes: [CommandOutcome<CommandReceipt>]) {
        var done: [String] = []
        var refused: [String] = []
        var unchanged: [String] = []
        for outcome in outcomes {
            switch outcome.answer {
            case .success(.accepted(let sentence)): done.append(sentence)
            case .success(.unchanged(let sentence)): unchanged.append(sentence)
            case .success(.refused(let because, let instead)): refused.append("Refused: \(because) \(instead)")
            case .failure(let failure): refused.append("\(failure.sentence) \(failure.remedy)")
            }
        }
        if outcomes.count == 1 {
            if let sentence = done.first { say(sentence, .success) }
            if let sentence = unchanged.first { say(sentence, .info) }
            if let sentence = refused.first { say(sentence, .error) }
            return
        }
        var parts: [String] = []
        if !done.isEmpty { parts.append("\(done.count) accepted") }
        if !unchanged.isEmpty { parts.append("\(unchanged.count) unchanged") }
        if !refused.isEmpty { parts.append("\(refused.count) refused") }
        let text = parts.joined(separator: ", ")
        say(refused.first.map { "\(text). \($0)" } ?? text + ".", refused.isEmpty ? .success : .warning)
    }

    private func reloadLists() -> [ConsoleEffect] {
        switch screen {
        case .recovery where detail == nil: [.loadQuarantine(recovery.job), .loadFindings]
        case .audit where detail == nil: [.loadAudit]
        default: []
        }
    }
}

extension CheckpointID {
    init(_ checkpoint: Checkpoint) {
        self.init(partition: checkpoint.partition.key, sequence: checkpoint.sequence)
    }
}
