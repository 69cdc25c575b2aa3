import PulseDomain
import PulseTerminal

extension ConsoleState {
    /// Does what an action means on this screen.
    mutating func run(_ action: Action) -> [ConsoleEffect] {
        switch action {
        case .up: move(.rows(-1))
        case .down: move(.rows(1))
        case .pageUp: move(.pages(-1))
        case .pageDown: move(.pages(1))
        case .first: move(.first)
        case .last: move(.last)
        case .left, .previousPanel: changePanel(by: -1)
        case .right, .nextPanel: changePanel(by: 1)
        case .open: return openSelection()
        case .back: return goBack()
        case .mark: mark()
        case .markAll: markAll()
        case .filter where screen == .logs: logs.filter.open()
        case .filter where screen == .data: data.open?.filter.open()
        case .filter:
            fleet.filter.open()
            home.focus = .jobs
        case .sort:
            let all = JobSort.allCases
            fleet.sort = all[((all.firstIndex(of: fleet.sort) ?? 0) + 1) % all.count]
            fleet.isReversed = false
        case .reverse: fleet.isReversed.toggle()
        case .deleted:
            data.open?.includesDeleted.toggle()
            data.open?.reload()
        case .level:
            let levels = LogLevel.allCases
            logs.minimum = levels[((levels.firstIndex(of: logs.minimum) ?? 0) + 1) % levels.count]
        case .start, .pause, .resume, .stop, .retry, .hold, .retransform, .rewind, .skip, .acknowledge, .remedy,
            .replay, .discard, .confirmFinding, .undoFinding:
            return ask(for: action)
        case .show(let screen): return show(screen)
        case .palette: overlay = .palette(PaletteState(items: PaletteItem.matches(self, for: "")))
        case .help: overlay = .help(scrolled: 0)
        case .copy: return copyText.map { [.copy($0)] } ?? []
        case .message: overlay = lastSaid.map { .reading(Reading($0, now: elapsed)) }
        case .reconnect: return tryNow()
        case .reload where isLost: return attempt(.reconnect)
        case .reload where screen == .data && data.open != nil:
            data.open?.reload()
            return [.loadOverview]
        case .reload: return [.loadOverview] + loads(screen) + (detail.map { [.loadDetail($0.job)] } ?? [])
        case .theme:
            return useTheme((theme + 1) % max(1, options.themes.count))
        case .redraw: return [.redraw]
        case .suspend: return [.suspend]
        case .quit: return quit()
        }
        return []
    }

    /// Opens a job's own screen.
    mutating func open(_ job: JobID) -> [ConsoleEffect] {
        var opened = DetailState(job: job)
        opened.isAsking = true
        opened.askedAt = elapsed
        detail = opened
        return [.loadDetail(job)]
    }

    mutating func end() -> [ConsoleEffect] {
        isEnding = true
        return [.quit]
    }

    private mutating func quit() -> [ConsoleEffect] {
        let isBusy = fleet.runsHere > 0
        guard options.isEmbedded, isBusy else { return end() }
        overlay = .quit(isConfirmFocused: false)
        return []
    }

    private mutating func show(_ next: ScreenName) -> [ConsoleEffect] {
        if TinyScreen.fits(size), next != .jobs {
            say("\(next.title) needs \(TinyScreen.limit.width) columns and \(TinyScreen.limit.height) lines.", .warning)
            return []
        }
        detail = nil
        screen = next
        recovery.job = nil
        return loads(next)
    }

    private func loads(_ screen: ScreenName) -> [ConsoleEffect] {
        switch screen {
        case .jobs, .limits, .alerts, .health: []
        case .recovery: [.loadQuarantine(recovery.job), .loadFindings]
        case .logs: logs.isLoaded ? [] : [.loadLogs]
        case .audit: [.loadAudit]
        case .data: [.loadTables]
        }
    }

    private mutating func openSelection() -> [ConsoleEffect] {
        if let reading {
            overlay = .reading(reading)
            return []
        }
        if detail == nil, screen == .data, data.open == nil { return openTable() }
        if detail == nil, screen == .health { return openLog(of: health.selection) }
        guard detail == nil, screen == .alerts || screen == .jobs else { return [] }
        if screen == .alerts || home.focus == .alerts {
            guard let alert = targetAlert else { return [] }
            if alert.opensRecovery { return openRecovery(of: alert) }
            if alert.kind == .engineSilent { return show(.health) }
            guard let job = alert.job else {
                say("This alert is about no job in particular.", .info)
                return []
            }
            return open(job)
        }
        home.jobs.choose()
        return home.jobs.selection.map { open($0) } ?? []
    }

    /// The log, with the lines of one engine.
    private mutating func openLog(of engine: String?) -> [ConsoleEffect] {
        guard let engine else { return [] }
        logs.filter.set(engine)
        return show(.logs)
    }

    /// Opens the records that an alert is about.
    mutating func openRecovery(of alert: Alert) -> [ConsoleEffect] {
        _ = show(.recovery)
        recovery.pane = .quarantine
        recovery.job = alert.job
        return loads(.recovery)
    }

    /// Takes the nearest thing back: marks, then the filter, then the screen.
    private mutating func goBack() -> [ConsoleEffect] {
        if notice != nil { notice = nil }
        if detail != nil {
            detail = nil
        } else if screen == .recovery, !recovery.table.marked.isEmpty {
            recovery.table.marked = []
        } else if screen == .recovery, recovery.job != nil {
            recovery.job = nil
            return loads(.recovery)
        } else if screen == .logs, !logs.filter.isEmpty {
            logs.filter.clear()
        } else if screen == .data, data.open?.filter.isEmpty == false {
            data.open?.filter.clear()
        } else if screen == .data, data.open != nil {
            data.open = nil
        } else if screen != .jobs {
            screen = .jobs
        } else if !home.jobs.marked.isEmpty {
            home.jobs.marked = []
        } else if !fleet.filter.isEmpty {
            fleet.filter.clear()
        } else {
            home.focus = .jobs
            home.jobs.letGo()
            home.jobs.follow(fleet.order, restsAtTop: true)
        }
        return []
    }

    private mutating func mark() {
        if screen == .recovery, recovery.pane == .findings {
            say("Findings are decided on one by one.", .info)
        } else if screen == .recovery {
            recovery.table.toggleMark()
            recovery.table.move(by: 1, in: recovery.ids)
        } else {
            home.focus = .jobs
            home.jobs.toggleMark()
            home.jobs.move(by: 1, in: fleet.order)
        }
    }

    private mutating func markAll() {
        if screen == .recovery {
            guard recovery.pane == .quarantine else { return }
            recovery.table.marked = recovery.table.marked.isEmpty ? Set(recovery.ids) : []
        } else {
            home.jobs.marked = home.jobs.marked.isEmpty ? Set(fleet.order) : []
        }
    }

    private mutating func changePanel(by step: Int) {
        if let pane = detail?.pane {
            let all = DetailState.Pane.allCases
            detail?.pane = all[(pane.rawValue + step + all.count) % all.count]
        } else if screen == .recovery {
            recovery.pane = recovery.pane == .quarantine ? .findings : .quarantine
        } else if screen == .jobs {
            home.focus = home.focus == .jobs && !fleet.alerts.isEmpty ? .alerts : .jobs
        }
    }

    /// What the clipboard is for on this screen.
    var copyText: String? {
        if let detail {
            switch detail.pane {
            case .partitions: return detail.partitions.selection?.rawValue ?? detail.job.rawValue
            case .checkpoints:
                let chosen = detail.data?.checkpoints.first { CheckpointID($0) == detail.checkpoints.selection }
                return chosen?.cursor?.json ?? detail.job.rawValue
            case .runs:
                let chosen = detail.data?.recentRuns.first { $0.id == detail.runs.selection }
                return chosen?.correlation.rawValue ?? detail.job.rawValue
            case .log: return detail.logLine.map { LogRow.plain($0) }
            }
        }
        switch screen {
        case .jobs where home.focus == .alerts, .alerts: return targetAlert.map { "\($0.sentence) \($0.because)" }
        case .jobs: return targets.isEmpty ? nil : targets.map(\.rawValue).joined(separator: "\n")
        case .limits: return limits.selection?.description
        case .recovery where recovery.pane == .findings:
            let rows = recovery.finding.flatMap { recovery.rows[$0.id] } ?? []
            return rows.isEmpty ? nil : rows.map { $0.label ?? $0.id }.joined(separator: "\n")
        case .recovery:
            let entry = recovery.entries.first { $0.id == recovery.table.selection }
            return entry.map { String(decoding: $0.record.payload.prefix(50_000), as: UTF8.self) }
        case .data:
            guard let open = data.open else { return data.table.selection?.rawValue }
            return open.selected?.id(in: open.table)?.id
        case .logs: return logs.selected.map { LogRow.plain($0) }
        case .audit: return audit.entries.first { $0.sequence == audit.table.selection }?.correlation.rawValue
        case .health: return health.selection
        }
    }
}
