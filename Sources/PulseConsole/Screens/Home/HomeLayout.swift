import PulseTerminal

/// Where the panels of the home screen stand. Depends on the size and on how much there is to show, never on time.
struct HomeLayout: Hashable {
    enum Kind: Hashable {
        /// One column without boxes.
        case compact
        /// Boxes; limits and throughput below the jobs.
        case regular
        /// Limits and throughput beside the jobs.
        case wide
    }

    var kind: Kind
    /// Empty when there is no alert.
    var alerts: Rect
    /// The jobs with what is around them.
    var jobs: Rect
    /// The rows of the jobs' table, without headings.
    var jobRows: Rect
    /// More about the selected job; empty where there is no room.
    var selected: Rect
    var limits: Rect
    var throughput: Rect
    /// What happened lately; empty where there is no room.
    var activity = Rect(0, 0, 0, 0)

    /// Lines that an alert takes.
    var linesPerAlert: Int { kind == .compact ? 1 : 2 }

    init(_ state: ConsoleState) {
        let size = state.size
        let body = ScreenFrame.area(of: size).body
        let alertCount = state.fleet.alerts.count
        let limitCount = state.fleet.quotas.count
        let breakerCount = state.fleet.breakers.count
        kind =
            size.width >= 160 && size.height >= 30
            ? .wide : size.width >= 100 && size.height >= 30 ? .regular : .compact
        selected = Rect(0, 0, 0, 0)
        switch kind {
        case .compact:
            let alertRows = alertCount == 0 ? 0 : min(alertCount, max(1, body.height / 5))
            let (top, below) = body.splitTop(alertRows)
            let limitRows = body.height < 12 ? 0 : min(limitCount + breakerCount, max(1, body.height / 5))
            let (middle, bottom) = below.splitBottom(limitRows + (body.height < 12 ? 0 : 1))
            alerts = top
            jobs = middle
            (throughput, limits) = bottom.splitTop(body.height < 12 ? 0 : 1)
            jobRows = jobs.inset(top: 1)
        case .regular:
            let (top, rest) = Self.cutAlerts(alertCount, from: body)
            alerts = top
            let wanted = max(9, min(13, limitCount * 2 + breakerCount + 2))
            // Jobs take what they need; what they leave makes the charts higher.
            let jobRowsWanted = max(8, state.fleet.jobs.count + 3)
            let bottomRows = max(min(wanted, rest.height / 2), min(rest.height - jobRowsWanted, rest.height * 3 / 5))
            let (middle, bottom) = rest.splitBottom(bottomRows)
            jobs = middle
            let parts = bottom.columns([60, 40])
            throughput = parts[1]
            // Limits take what they need where something useful can stand below.
            let needed = max(1, limitCount * 2 + breakerCount) + 2
            (limits, activity) = parts[0].splitTop(parts[0].height - needed >= 5 ? needed : parts[0].height)
            jobRows = jobs.inset(left: 1, top: 2, right: 1, bottom: 1)
        case .wide:
            let (top, rest) = Self.cutAlerts(alertCount, from: body)
            alerts = top
            let (left, right) = rest.splitRight(max(60, min(72, size.width / 3)))
            let wanted = max(6, limitCount * 2 + breakerCount + 2)
            (limits, throughput) = right.splitTop(min(wanted, rest.height * 3 / 5))
            let jobRowsWanted = max(8, state.fleet.jobs.count + 3)
            let spare = left.height - jobRowsWanted
            if spare >= 8 {
                let below: Rect
                (jobs, below) = left.splitBottom(spare)
                (selected, activity) = below.splitTop(spare >= 24 ? 17 : spare >= 16 ? spare / 2 : spare)
            } else {
                jobs = left
            }
            jobRows = jobs.inset(left: 1, top: 2, right: 1, bottom: 1)
        }
    }

    /// How many alerts are shown, and whether a line says that there are more.
    func shownAlerts(of count: Int) -> (shown: Int, saysMore: Bool) {
        let rows = kind == .compact ? alerts.height : alerts.height - 2
        let fitting = max(0, rows / linesPerAlert)
        return count <= fitting ? (count, false) : (max(1, fitting), rows > fitting * linesPerAlert)
    }

    private static func cutAlerts(_ count: Int, from body: Rect) -> (top: Rect, rest: Rect) {
        guard count > 0 else { return body.splitTop(0) }
        let shown = min(count, max(1, (body.height / 4 - 2) / 2))
        let rows = shown * 2 + 2 + (count > shown ? 1 : 0)
        return body.splitTop(rows)
    }
}
