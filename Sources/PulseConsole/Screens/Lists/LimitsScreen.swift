import PulseDomain
import PulseTerminal

/// Every limit in full, with the breakers.
enum LimitsScreen {
    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface) {
        let body = ScreenFrame.draw(state, pen, on: &surface)
        let fleet = state.fleet
        let inner = surface.box(
            body,
            title: .strong("Limits") + .muted(" \(fleet.quotas.count)")
                + LimitsPanel.legend(pen, room: body.width - 16), style: Style(.borderFocused))
        guard !fleet.quotas.isEmpty || !fleet.breakers.isEmpty else {
            surface.put(.muted("No provider has stated a limit yet."), at: Point(inner.minX + 1, inner.minY))
            return
        }
        var y = inner.minY
        for breaker in fleet.breakers where y < inner.maxY {
            surface.put(LimitsPanel.breakerLine(breaker, pen), at: Point(inner.minX + 1, y), maxWidth: inner.width - 2)
            y += 1
        }
        if y > inner.minY { y += 1 }
        let selected = fleet.quotas.firstIndex { $0.id == state.limits.selection } ?? 0
        let visible = max(1, (inner.maxY - y) / 4)
        let first = max(0, min(selected - visible / 2, fleet.quotas.count - visible))
        for index in first..<fleet.quotas.count where y + 2 < inner.maxY {
            let area = Rect(inner.minX, y, inner.width, 3)
            if index == selected { surface.put("▸", at: area.origin, style: Style(.accent)) }
            drawQuota(fleet.quotas[index], pen, on: &surface, in: area.inset(left: 2, right: 1))
            y += 4
        }
    }

    private static func drawQuota(_ quota: QuotaStatus, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        let row = QuotaRow(quota, pen.times)
        LimitsPanel.drawGauge(row, pen, on: &surface, in: area.splitTop(1).top)
        surface.put(LimitsPanel.details(row, pen), at: Point(area.minX + 2, area.minY + 1), maxWidth: area.width - 2)
        let facts = pen.line([
            .muted(row.load), .muted("\(Figures.count(quota.requests)) requests this window"),
            quota.reserve > 0 ? .muted("\(Figures.count(quota.reserve)) in reserve") : nil,
            quota.allowedPerMinute.map { .muted("paced to \(Figures.compact($0))/min") },
            quota.sources.count > 1
                ? .muted("used by \(quota.sources.map(\.rawValue).joined(separator: ", "))") : nil,
            .muted(row.identity),
        ])
        let curveWidth = area.width >= 150 ? 30 : area.width >= 100 ? 16 : 0
        surface.put(facts, at: Point(area.minX + 2, area.minY + 2), maxWidth: area.width - 3 - curveWidth)
        let curve = pen.curve(row.history, width: curveWidth, role: row.role)
        surface.put(curve, at: Point(area.maxX - curve.width, area.minY + 2), maxWidth: curve.width)
    }
}
