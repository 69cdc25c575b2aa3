package import PulseDomain
package import PulseTerminal

/// The plain twin of the screens: the same rows as lines of text, for pipes, scripts and screen readers.
///
/// Every line is sanitised, at most as wide as told, and ends without blanks; the text ends with a line break. Where no
/// width is told nothing is cut or wrapped.
package struct PlainRenderer: Sendable {
    /// Columns of a line; `nil`: as many as it takes.
    package var width: Int?
    /// The moment that ages and countdowns refer to.
    package var now: Instant
    package var glyphs: GlyphMode
    /// Whether states are coloured with the terminal's own sixteen colours (ECMA-48 SGR).
    package var usesColor: Bool
    /// How the program was called, with the options that say which store is meant: what alerts advise begins with it.
    package var program = "pulse"
    /// Whether log lines name their engine: more than one is known.
    package var showsEngines = false
    /// What outlives sanitising: on a terminal what all of them show alike, elsewhere whole clusters.
    package var fidelity: TextFidelity

    package init(
        width: Int?, now: Instant, glyphs: GlyphMode = .unicode, usesColor: Bool = false,
        fidelity: TextFidelity = .cells
    ) {
        self.width = width.map { max(20, $0) }
        self.now = now
        self.glyphs = glyphs
        self.usesColor = usesColor
        self.fidelity = fidelity
    }

    /// The verdict, the alerts, and how many jobs are in which state. Without a running engine: what is left of the last.
    package func status(_ overview: Overview, isRunning: Bool = true) -> String {
        var fleet = Fleet()
        fleet.replace(overview)
        let pen = pen(for: fleet)
        let verdict = Verdict(fleet, .live, pen.present, isRunning: isRunning)
        let because = verdict.because ?? (isRunning ? nil : Self.lastRun(overview, pen))
        var lines = [
            StyledText(verdict.headline.plain(glyphs), Style(verdict.label.role).bold)
                + (because.map { "  \($0)" } ?? .nothing)
        ]
        let asOf = fleet.staleness.map { "as of \(pen.times.clockWithSeconds($0.asOf)): " } ?? ""
        lines.append(
            .muted(asOf)
                + Tally.line(
                    fleet, pen, room: (width ?? Self.wide) - asOf.count, beside: verdict))
        let engine = overview.engine
        let members = Self.membersLine(overview, pen)
        let isOne = isRunning && members == nil
        lines.append(
            pen.line([
                "tenant \(engine.tenant)", .muted(engine.store), isOne ? .muted(engine.holder) : nil,
                .muted("version \(engine.version)"),
                isOne ? .muted("up \(pen.times.age(since: engine.startedAt))") : nil,
                isRunning ? nil : "no engine is running on it",
            ]))
        if isRunning, let members { lines.append(members) }
        if let reads = engine.reads { lines.append(pen.line(["reads from \(reads.sentence)"])) }
        lines += Self.receiverLines(engine.receivers ?? [], pen)
        if isRunning { lines.append(ThroughputPanel.summary(fleet.timeline(until: now), pen)) }
        return text(lines) + (fleet.alerts.isEmpty ? "" : "\n" + alerts(overview, isRunning: isRunning))
    }

    /// Who is told of alerts, and where that fails.
    private static func receiverLines(_ receivers: [ReceiverStatus], _ pen: Pen) -> [StyledText] {
        guard !receivers.isEmpty else { return [] }
        let told = receivers.map { receiver in
            let last = receiver.lastDeliveredAt.map { ", the last \(pen.times.ago($0))" } ?? ""
            return "\(receiver.name) (\(receiver.way)\(last))"
        }
        return [pen.line(["alerts go to \(told.joined(separator: ", "))"])]
            + receivers.filter { $0.failure != nil || $0.givenUp > 0 }.map { receiver in
                let row = ReceiverRow(receiver, pen.times)
                let label = Label(
                    row.label.unicode, row.label.ascii, "\(row.name) is \(row.label.word)", row.label.role)
                return pen.line(
                    [label.text(pen.glyphs)] + row.facts.map { StyledText($0) }
                        + [row.because.isEmpty ? nil : .muted(row.because)])
            }
    }

    /// How many things somebody has to look at; what was acknowledged, and notices, are none.
    package func problems(_ overview: Overview, isRunning: Bool = true) -> Int {
        var fleet = Fleet()
        fleet.replace(overview)
        return Verdict(fleet, .live, pen.present, isRunning: isRunning).problems
    }

    /// The engines that share the store, each with how long it is up; `nil` where the one that was asked is alone.
    private static func membersLine(_ overview: Overview, _ pen: Pen) -> StyledText? {
        let working = overview.engines.filter { $0.presence(at: overview.asOf, overview.engine.absence) == .working }
        guard working.contains(where: { $0.id != overview.engine.holder }) else { return nil }
        let silent = overview.engines.count {
            $0.presence(at: overview.asOf, overview.engine.absence, among: overview.engines) == .silent
        }
        let named = working.prefix(3).map { "\($0.id) up \(pen.times.age(since: $0.startedAt))" }
        let more = working.count - named.count
        return pen.line([
            StyledText("\(working.count.counted("engine")) at work"),
            .muted(named.joined(separator: "; ") + (more > 0 ? " and \(more) more" : "")),
            silent > 0 ? "\(silent) silent" : nil,
        ])
    }

    /// What the newest run of all jobs came to.
    private static func lastRun(_ overview: Overview, _ pen: Pen) -> String {
        let runs = overview.jobs.compactMap { job in job.run.map { (job.id, $0) } }
        guard let (job, run) = runs.max(by: { $0.1.stateSince < $1.1.stateSince }) else {
            return "Nothing has run yet."
        }
        guard run.state.name.isFinal else {
            return
                "The newest run is of \(job): \(run.state.name.rawValue) for \(pen.times.age(since: run.stateSince))."
        }
        return "The last run was of \(job): \(run.state.name.rawValue) \(pen.times.ago(run.stateSince))."
    }

    /// The table of jobs, the most pressing first.
    package func jobs(_ overview: Overview) -> String {
        var fleet = Fleet()
        fleet.replace(overview)
        _ = fleet.arrange()
        let pen = pen(for: fleet)
        let width = width ?? Self.wide
        let barWidth = width >= 120 ? 12 : 8
        return table(
            JobsTable.columns(
                width: width, barWidth: barWidth, longestName: fleet.longestName, hasTrend: fleet.hasTrend,
                isStale: pen.isStale),
            count: fleet.order.count, empty: "No sources yet."
        ) { row in
            fleet.jobs[fleet.order[row]].map {
                JobsTable.cells(
                    pen.row($0), barWidth: barWidth, engineWidth: JobsTable.engineWidth(width), pen)
            } ?? []
        }
    }

    /// Who works on the store.
    package func engines(_ overview: Overview) -> String {
        var fleet = Fleet()
        fleet.replace(overview)
        let pen = pen(for: fleet)
        return table(
            HealthScreen.columns(width: width ?? Self.wide, fleet), count: fleet.engines.count,
            empty: "No engine has told of itself yet."
        ) { HealthScreen.cells(EngineRow(fleet.engines[$0], in: fleet, pen.times), pen) }
    }

    /// Limits with their forecasts, and breakers that are not closed.
    package func limits(_ overview: Overview) -> String {
        var fleet = Fleet()
        fleet.replace(overview)
        let pen = pen(for: fleet)
        let columns = [
            TableColumn("LIMIT", .flexible(min: 10, weight: 1, max: 20)),
            TableColumn("OF", .flexible(min: 8, weight: 1, max: 24), priority: 3),
            TableColumn("USED", .fixed(17), priority: 2), TableColumn("BUDGET", .fixed(20), alignment: .right),
            TableColumn("SPENT", .fixed(9), alignment: .right, priority: 1),
            TableColumn("FORECAST", .flexible(min: 20, weight: 4)),
        ]
        let rows = fleet.quotas.map { QuotaRow($0, pen.times) }
        let table = table(columns, count: rows.count, empty: "No provider has stated a limit yet.") { index in
            let row = rows[index]
            let share = row.usedShare.map { pen.bar($0, width: 11, role: row.role) + " \(Figures.percent($0))" }
            let forecast =
                row.blocked.isEmpty
                ? pen.line([StyledText(row.forecast, Style(row.forecastRole)), .muted(row.reset)])
                : StyledText(row.blocked, Style(.waiting))
            return [
                StyledText(row.bucket, Style(.title)), .muted(row.users.isEmpty ? row.identity : row.users),
                share ?? "unknown", StyledText(row.budget),
                .muted(row.rate), forecast,
            ]
        }
        return table + text(fleet.breakers.map { LimitsPanel.breakerLine($0, pen) })
    }

    /// What is wrong, why, what happens by itself, and what helps.
    package func alerts(_ overview: Overview, isRunning: Bool = true) -> String {
        var fleet = Fleet()
        fleet.replace(overview)
        let pen = pen(for: fleet)
        var lines: [StyledText] = []
        let verdict = Verdict(fleet, .live, pen.present, isRunning: isRunning)
        // A problem that no engine is there to raise an alert for, such as that none is left.
        if verdict.problems > 0, !fleet.alerts.contains(where: { $0.acknowledgedBy == nil && $0.severity != .notice }) {
            lines.append(
                StyledText(verdict.headline.plain(glyphs), Style(verdict.label.role).bold)
                    + (verdict.because.map { "  \($0)" } ?? .nothing))
        }
        guard !fleet.alerts.isEmpty else {
            return text(lines.isEmpty ? ["There is no alert."] : lines)
        }
        for alert in fleet.alerts {
            let row = AlertRow(alert, pen.times(of: alert))
            let head =
                StyledText(row.label.plain(glyphs), Style(row.label.role).bold) + " " + .muted("for \(row.age)  ")
            lines.append(head + StyledText(row.sentence, Style(.title)))
            for paragraph in [row.because, "\(pen.arrow) \(row.next)"] {
                lines += wrapped(paragraph).map { StyledText("    " + $0) }
            }
            if let somebody = alert.acknowledgedBy {
                lines.append(.muted("    acknowledged by \(somebody)"))
            } else {
                let advice = "\(pen.arrow) \(Command.acknowledge(alert: alert.id).commandLine(of: program))"
                lines += wrapped(advice).map { StyledText("    " + $0, Style(.muted)) }
            }
            for remedy in alert.commandLines(of: program).prefix(3) {
                // Whole, also where the line is too short for it.
                lines += wrapped("\(pen.arrow) \(remedy)").map { StyledText("    " + $0, Style(.accent)) }
            }
        }
        return text(lines)
    }

    /// Checkpoints in the order given.
    package func checkpoints(_ checkpoints: [Checkpoint]) -> String {
        let pen = pen
        return table(
            CheckpointsTable.columns(checkpoints), count: checkpoints.count, empty: "No checkpoint has been saved yet."
        ) {
            CheckpointsTable.cells(checkpoints[$0], pen)
        }
    }

    /// Quarantined records in the order given.
    package func quarantine(_ entries: [QuarantineEntry]) -> String {
        let pen = pen
        return table(
            RecoveryScreen.columns, count: entries.count, empty: "Nothing is in quarantine: every record was loaded."
        ) { RecoveryScreen.cells(entries[$0], pen) }
    }

    /// The last runs of a job, in the order given.
    package func runs(_ runs: [RunStatus]) -> String {
        let pen = pen
        return table(RunsTable.columns, count: runs.count, empty: "It has never run.") {
            RunsTable.cells(runs[$0], pen)
        }
    }

    /// The audit in the order given.
    package func audit(_ entries: [AuditEntry]) -> String {
        let pen = pen
        return table(AuditScreen.columns, count: entries.count, empty: "Nobody has done anything yet.") {
            AuditScreen.cells(entries[$0], pen)
        }
    }

    /// Log lines in the order given, each on one line of any length.
    package func logs(_ lines: [LogLine]) -> String {
        lines.map { LogRow.plain($0, as: fidelity, showsEngine: showsEngines) + "\n" }.joined()
    }

    // MARK: Lines

    private var pen: Pen { Pen(glyphs: glyphs, now: now) }

    /// For what is as of an earlier moment where the store, or the engine, is away.
    private func pen(for fleet: Fleet) -> Pen { Pen(glyphs: glyphs, now: now, staleness: fleet.staleness) }

    /// As wide as any column or line is made for.
    private static let wide = 400

    /// Lines of a paragraph that stands four columns in.
    private func wrapped(_ paragraph: String) -> [String] {
        guard let width else { return TerminalText.sanitizedLines(paragraph, as: fidelity) }
        return TerminalText.wrap(paragraph, to: width - 4, as: fidelity)
    }

    private func table(
        _ columns: [TableColumn], count: Int, empty: String, cells: @escaping (Int) -> [StyledText]
    ) -> String {
        guard count > 0 else { return text([StyledText(empty)]) }
        guard let width else {
            // As wide as what is in them, whatever the screen would leave out.
            let kept = TableColumn.layout(columns, width: Self.wide).map(\.index)
            var widths = columns.map { TerminalText.width($0.title) }
            for row in 0..<count {
                for (index, cell) in cells(row).enumerated() { widths[index] = max(widths[index], cell.width) }
            }
            let whole = kept.map {
                TableColumn(columns[$0].title, .fixed(widths[$0]), alignment: columns[$0].alignment)
            }
            return lines(whole, count: count, width: kept.reduce(2) { $0 + max(1, widths[$1]) + 1 }) { row in
                let row = cells(row)
                return row.isEmpty ? [] : kept.map { row[$0] }
            }
        }
        return lines(columns, count: count, width: width, cells: cells)
    }

    private func lines(
        _ columns: [TableColumn], count: Int, width: Int, cells: @escaping (Int) -> [StyledText]
    ) -> String {
        var result = ""
        // In blocks, so that memory does not grow with the number of rows.
        let block = max(1, min(500, 200_000 / width))
        for first in stride(from: 0, to: count, by: block) {
            let rows = first..<min(count, first + block)
            let header = first == 0 ? 1 : 0
            var surface = Surface(Size(width, rows.count + header), glyphs: glyphs, fidelity: fidelity)
            TableView(columns: columns, ids: rows, showsHeader: first == 0) { cells($0 + first) }
                .draw(on: &surface, in: surface.bounds, state: TableState<Int>())
            result += PlainText.lines(of: surface, usesColor: usesColor)
        }
        return result
    }

    private func text(_ lines: [StyledText]) -> String {
        guard !lines.isEmpty else { return "" }
        let width = width ?? lines.map(\.width).max() ?? 0
        var surface = Surface(Size(max(1, width), lines.count), glyphs: glyphs, fidelity: fidelity)
        for (row, line) in lines.enumerated() { surface.put(line, at: Point(0, row), maxWidth: width) }
        return PlainText.lines(of: surface, usesColor: usesColor)
    }
}
