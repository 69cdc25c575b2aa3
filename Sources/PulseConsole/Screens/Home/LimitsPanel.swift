import PulseDomain
import PulseTerminal

/// Gauges of the limits, and breakers that are not closed.
enum LimitsPanel {
    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        guard area.height >= 3 else { return }
        let title =
            StyledText.strong("Limits") + (state.fleet.quotas.isEmpty ? .nothing : legend(pen, room: area.width - 12))
        let inner = surface.box(area, title: title).inset(left: 1, right: 1)
        let fleet = state.fleet
        guard !fleet.quotas.isEmpty || !fleet.breakers.isEmpty else {
            let text = fleet.engine == nil ? "…" : "No provider has stated a limit yet."
            surface.put(text, at: inner.origin, style: Style(.muted), maxWidth: inner.width)
            return
        }
        var y = inner.minY
        for line in breakerLines(fleet.breakers, pen, rows: inner.height) {
            surface.put(line, at: Point(inner.minX, y), maxWidth: inner.width)
            y += 1
        }
        // Two lines each where all fit so, else one.
        let isTall = inner.maxY - y >= fleet.quotas.count * 2
        for (index, quota) in fleet.quotas.enumerated() {
            let left = inner.maxY - y
            let rest = fleet.quotas.count - index
            guard left > 0 else { break }
            if left == 1, rest > 1 {
                let text = "and \(rest) more: press 2 for all limits"
                surface.put(text, at: Point(inner.minX, y), style: Style(.muted), maxWidth: inner.width)
                break
            }
            let row = QuotaRow(quota, pen.times)
            drawGauge(row, pen, on: &surface, in: Rect(inner.minX, y, inner.width, 1))
            y += 1
            if isTall {
                let curve = pen.curve(row.history, width: 12, role: row.role)
                let detail = details(row, pen)
                let room = inner.width - 2 - (row.history.isEmpty ? 0 : 13)
                surface.put(detail, at: Point(inner.minX + 2, y), maxWidth: room)
                surface.put(curve, at: Point(inner.maxX - curve.width, y), maxWidth: curve.width)
                y += 1
            }
        }
    }

    /// What the signs of gauges mean.
    static func legend(_ pen: Pen, room: Int) -> StyledText {
        let text =
            pen.glyphs == .unicode ? " ■ used ▪ by the reset · free" : " # used + by the reset . free"
        return TerminalText.width(text) <= room ? .muted(text) : .nothing
    }

    /// Name, bar, share and budget on one row.
    static func drawGauge(_ row: QuotaRow, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        let nameWidth = min(area.width >= 100 ? 30 : 20, area.width * 2 / 5)
        let name = StyledText(row.bucket, Style(.title)) + .muted(" " + (row.users.isEmpty ? row.identity : row.users))
        surface.put(name, at: area.origin, maxWidth: nameWidth)
        let budget = TerminalText.pad(row.budget, to: 20, .right)
        let isBudgetShown = area.width >= 56
        let barWidth = area.width - nameWidth - 1 - 5 - (isBudgetShown ? 21 : 0)
        let bar = Rect(area.minX + nameWidth + 1, area.minY, max(0, barWidth), 1)
        let gauge = TextGraphics.gauge(
            row.usedShare ?? 0, until: row.projectedShare, width: bar.width, role: row.role, glyphs: pen.glyphs)
        surface.put(gauge, at: bar.origin, maxWidth: bar.width)
        let share = TerminalText.pad(row.usedShare.map(Figures.percent) ?? "?", to: 5, .right)
        surface.put(share, at: Point(bar.maxX, area.minY), style: Style(row.role == .gaugeFill ? .text : row.role))
        if isBudgetShown { surface.put(.muted(budget), at: Point(bar.maxX + 6, area.minY), maxWidth: 20) }
    }

    static func details(_ row: QuotaRow, _ pen: Pen) -> StyledText {
        if !row.blocked.isEmpty { return StyledText(row.blocked, Style(.waiting)) }
        return pen.line([
            StyledText(row.forecast, Style(row.forecastRole)), row.reset.isEmpty ? nil : .muted(row.reset),
            .muted(row.rate),
        ])
    }

    static func breakerLine(_ breaker: BreakerStatus, _ pen: Pen) -> StyledText {
        let label = breaker.position.label
        var when = "\(Figures.many(breaker.failures, "failure"))"
        if let probe = breaker.probesAt { when = "probes \(pen.times.until(probe))" }
        let head = StyledText("\(label.sign(pen.glyphs)) breaker \(label.word)", Style(label.role).bold)
        return head + StyledText(" \(breaker.source)/\(breaker.endpoint)", Style(.title)) + pen.dot
            + StyledText(when, Style(.waiting)) + (breaker.because.map { pen.dot + .muted($0) } ?? .nothing)
    }

    /// A line each, or one for all where they would leave no room for the limits.
    static func breakerLines(_ breakers: [BreakerStatus], _ pen: Pen, rows: Int) -> [StyledText] {
        guard rows > 0 else { return [] }
        guard breakers.count > max(1, rows / 2) else { return breakers.map { breakerLine($0, pen) } }
        let label = BreakerPosition.open.label
        let sources = Dictionary(grouping: breakers, by: \.source).sorted { $0.key < $1.key }
        let names = sources.map { source, breakers in
            "\(source): \(breakers.map { $0.endpoint.rawValue }.joined(separator: ", "))"
        }
        let probe = breakers.compactMap(\.probesAt).min().map { "next probe \(pen.times.until($0))" }
        let word = breakers.allSatisfy { $0.position == .open } ? "open" : "open or probing"
        let text = "\(label.sign(pen.glyphs)) \(Figures.many(breakers.count, "breaker")) \(word)"
        let head = StyledText(text, Style(label.role).bold)
        return [
            pen.line([
                head, probe.map { StyledText($0, Style(.waiting)) },
                StyledText(names.joined(separator: "; "), Style(.text)),
            ])
        ]
    }

    /// One line a limit, without a box.
    static func drawBrief(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        var y = area.minY
        for line in breakerLines(state.fleet.breakers, pen, rows: area.height) {
            surface.put(line, at: Point(area.minX + 1, y), maxWidth: area.width - 2)
            y += 1
        }
        // The most used first: where there is no room for all, the others are in no danger.
        let quotas = state.fleet.quotas.sorted { ($0.usedShare ?? 0, $1.id) > ($1.usedShare ?? 0, $0.id) }
        let missing = quotas.count - (area.maxY - y)
        let more = missing > 0 && !area.isEmpty ? StyledText.muted(" \(missing) more: 2 ") : .nothing
        for quota in quotas where y < area.maxY {
            let row = QuotaRow(quota, pen.times)
            let gaugeWidth = min(42, area.width * 11 / 20)
            let room = area.width - gaugeWidth - 4 - (y == area.maxY - 1 ? more.width : 0)
            drawGauge(row, pen, on: &surface, in: Rect(area.minX + 1, y, gaugeWidth, 1))
            surface.put(details(row, pen), at: Point(area.minX + gaugeWidth + 3, y), maxWidth: room)
            y += 1
        }
        surface.put(more, at: Point(area.maxX - more.width, area.maxY - 1), maxWidth: more.width)
    }
}
