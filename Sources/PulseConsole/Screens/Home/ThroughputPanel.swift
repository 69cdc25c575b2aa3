import PulseDomain
import PulseTerminal

/// What is loaded and asked for, a second.
enum ThroughputPanel {
    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        guard area.height >= 3 else { return }
        let inner = surface.box(area, title: .strong("Throughput")).inset(left: 1, right: 1)
        let samples = state.throughputTimeline
        keepFalling(samples, state, pen)
        surface.put(present(samples, state, pen), at: inner.origin, maxWidth: inner.width)
        guard inner.height >= 4, !samples.isEmpty else { return }
        let isTall = inner.height >= 13
        let (rest, bottom) = inner.inset(top: 1).splitBottom(isTall ? 5 : inner.height >= 6 ? 1 : 0)
        // Only what can be seen decides on the scale.
        let shown = samples.suffix(inner.width * 2)
        let records = LineChart.Series(
            "records", shown.map { Double($0.records) }, role: .chart, isFilled: true,
            gradient: [.chartLow, .chart, .chartHigh])
        let ceiling = ceiling(shown.map { Double($0.records) })
        // The right end is the last moment that is known.
        let end = state.fleet.staleness.map { pen.times.clockWithSeconds($0.asOf) } ?? "now"
        let chart = LineChart([records], maximum: ceiling, endLabel: end)
        // Two dots a column: what the left end stands for, whether or not it was measured.
        let span = max(1, chart.plotWidth(in: rest) * 2)
        LineChart([records], maximum: ceiling, startLabel: "-" + TimeTexts.duration(.seconds(span)), endLabel: end)
            .draw(on: &surface, in: rest)
        guard !bottom.isEmpty else { return }
        if isTall {
            let (heading, plot) = bottom.splitTop(1)
            surface.put(.muted("requests"), at: heading.origin, maxWidth: heading.width)
            let requests = LineChart.Series(
                "requests", shown.map { Double($0.requests) }, role: .chartSecond, isFilled: true)
            LineChart(
                [requests], maximum: self.ceiling(shown.map { Double($0.requests) }), scaleWidth: chart.scale(in: rest)
            ).draw(on: &surface, in: plot)
            return
        }
        let label = "requests "
        surface.put(.muted(label), at: bottom.origin, maxWidth: bottom.width)
        let room = bottom.inset(left: label.utf8.count)
        let curve = pen.curve(
            samples.suffix(room.width).map { Double($0.requests) }, width: room.width, role: .chartSecond)
        surface.put(curve, at: Point(bottom.maxX - curve.width, bottom.minY), maxWidth: curve.width)
    }

    /// Draws again while the present figures fall though nothing is heard, until they are zero.
    private static func keepFalling(_ samples: [ThroughputSample], _ state: ConsoleState, _ pen: Pen) {
        guard case .live = state.connection, !pen.isStale,
            samples.suffix(5).contains(where: { $0.records > 0 || $0.requests > 0 })
        else { return }
        pen.times.note(after: state.clock?.rate ?? 1)
    }

    /// Where the scale ends: at the greatest value, but for a few that stand so far out that nothing else would be seen.
    /// Those are cut; the greatest is told as a number. `nil`: at the greatest.
    static func ceiling(_ values: [Double]) -> Double? {
        let sorted = values.sorted()
        guard let greatest = sorted.last, sorted.count >= 20 else { return nil }
        let usual = sorted[sorted.count * 95 / 100]
        return usual > 0 && greatest > usual * 3 ? LineChart.roundedUp(usual * 1.25) : nil
    }

    /// The present figures; where there are none, since when.
    private static func present(_ samples: [ThroughputSample], _ state: ConsoleState, _ pen: Pen) -> StyledText {
        guard let staleness = state.fleet.staleness else { return summary(samples, pen) }
        return .muted("nothing is known since \(pen.times.clockWithSeconds(staleness.asOf))")
    }

    /// The present figures: the mean of the last five seconds, so that they can be read.
    static func summary(_ samples: [ThroughputSample], _ pen: Pen) -> StyledText {
        guard !samples.isEmpty else { return .muted("nothing measured yet") }
        let recent = samples.suffix(5)
        let bytes = recent.reduce(0) { $0 + $1.bytes } / recent.count
        let peak = samples.map(\.records).max() ?? 0
        return pen.line([
            // One sample is no history.
            rates(samples, pen), samples.count > 1 ? .muted("peak \(Figures.compact(Double(peak)))") : nil,
            bytes > 0 ? .muted("\(Figures.bytes(bytes))/s") : nil,
        ])
    }

    /// Records and requests a second, the mean of the last five.
    static func rates(_ samples: [ThroughputSample], _ pen: Pen) -> StyledText {
        let recent = samples.suffix(5)
        guard !recent.isEmpty else { return .muted("nothing measured yet") }
        let count = Double(recent.count)
        let records = Double(recent.reduce(0) { $0 + $1.records }) / count
        let requests = Double(recent.reduce(0) { $0 + $1.requests }) / count
        return pen.line([
            StyledText(Figures.compact(records), Style(.chart).bold) + " rec/s",
            StyledText(Figures.compact(requests), Style(.chartSecond).bold) + " req/s",
        ])
    }

    /// One line for narrow screens.
    static func drawBrief(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        guard !area.isEmpty else { return }
        surface.fill(area, style: Style(.headerText, on: .header))
        let samples = state.throughputTimeline
        keepFalling(samples, state, pen)
        let text = present(samples, state, pen)
        let room = area.width - text.width - 4
        surface.put(
            text.over(Style(.headerText, on: .header)), at: Point(area.minX + 1, area.minY), maxWidth: area.width - 2)
        guard room >= 8 else { return }
        let values = samples.suffix(room).map { Double($0.records) }
        let curve = pen.curve(values, width: room, role: .chart).over(Style(.headerText, on: .header))
        surface.put(curve, at: Point(area.maxX - curve.width - 1, area.minY), maxWidth: curve.width)
    }
}
