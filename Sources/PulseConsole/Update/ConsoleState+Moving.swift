import PulseDomain
import PulseTerminal

/// A movement in a list.
enum Movement: Hashable, Sendable {
    case rows(Int)
    case pages(Int)
    case first, last
}

extension TableState {
    /// Moves the selection; a page is what `height` rows show, less one that stays for orientation.
    mutating func move(_ movement: Movement, height: Int, in ids: some RandomAccessCollection<ID>) {
        switch movement {
        case .rows(let rows): move(by: rows, in: ids)
        case .pages(let pages): move(by: pages * max(1, height - 1), in: ids)
        case .first: moveToFirst(in: ids)
        case .last: moveToLast(in: ids)
        }
    }
}

extension LogViewState {
    mutating func move(_ movement: Movement, height: Int, in lines: some RandomAccessCollection<Int>) {
        move(in: lines) { $0.move(movement, height: height, in: lines) }
    }
}

extension ConsoleState {
    /// Moves in whatever has the focus.
    mutating func move(_ movement: Movement) {
        if detail != nil {
            moveInDetail(movement)
            return
        }
        switch screen {
        case .jobs where home.focus == .alerts:
            home.alerts.move(movement, height: 3, in: fleet.alerts.map(\.id))
        case .jobs: home.jobs.move(movement, height: HomeLayout(self).jobRows.height, in: fleet.order)
        case .limits: limits.move(movement, height: listHeight / 3, in: fleet.quotas.map(\.id))
        case .recovery where recovery.pane == .findings:
            recovery.findingsTable.move(movement, height: listHeight / 2, in: recovery.findings.map(\.id))
        case .recovery: recovery.table.move(movement, height: listHeight / 2, in: recovery.ids)
        case .logs: logs.view.move(movement, height: logHeight, in: logs.shown)
        case .alerts: alerts.move(movement, height: listHeight / 4, in: fleet.alerts.map(\.id))
        case .health: health.move(movement, height: listHeight / 2, in: fleet.engines.map(\.id))
        case .data where data.open != nil:
            // What is below the list takes two fifths of the screen.
            let (shown, height) = (data.open?.shownIDs ?? [], listHeight * 3 / 5)
            data.open?.list.move(movement, height: height, in: shown)
        case .data: data.table.move(movement, height: listHeight, in: data.tables.map(\.name))
        case .audit: audit.table.move(movement, height: listHeight, in: audit.entries.map(\.sequence))
        }
    }

    /// Scrolls lists so that their selection is visible.
    mutating func scrollToSelection() {
        if detail == nil, screen == .jobs {
            home.jobs.scroll(height: HomeLayout(self).jobRows.height, in: fleet.order)
        }
        if let data = detail?.data, let pane = detail?.pane {
            let height = DetailLayout(size, showsLog: pane == .log).tableRows
            switch pane {
            case .partitions: detail?.partitions.scroll(height: height, in: data.partitions.map(\.key))
            case .checkpoints: detail?.checkpoints.scroll(height: height, in: data.checkpoints.map(CheckpointID.init))
            case .runs: detail?.runs.scroll(height: height, in: data.recentRuns.map(\.id))
            case .log: break
            }
        }
    }

    /// Rows of a screen that is one list, without the lines around it.
    var listHeight: Int { max(1, size.height - 6) }

    /// Lines of the log's screen, which has no headings.
    private var logHeight: Int { max(1, ScreenFrame.area(of: size).body.height - 2) }

    /// Logs at their newest line, or at the chosen one.
    mutating func settleLogs() {
        logs.settle(height: logHeight)
        guard let lines = detail?.log.order else { return }
        detail?.logView.settle(in: lines, height: DetailLayout(size, showsLog: true).logRows)
    }

    private mutating func moveInDetail(_ movement: Movement) {
        guard let pane = detail?.pane, let data = detail?.data else { return }
        let layout = DetailLayout(size, showsLog: pane == .log)
        switch pane {
        case .partitions:
            detail?.partitions.move(movement, height: layout.tableRows, in: data.partitions.map(\.key))
        case .checkpoints:
            detail?.checkpoints.move(movement, height: layout.tableRows, in: data.checkpoints.map(CheckpointID.init))
        case .runs: detail?.runs.move(movement, height: layout.tableRows, in: data.recentRuns.map(\.id))
        case .log:
            let lines = detail?.log.order ?? []
            detail?.logView.move(movement, height: layout.logRows, in: lines)
        }
    }
}
