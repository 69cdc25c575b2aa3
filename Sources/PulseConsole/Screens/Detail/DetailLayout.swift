import PulseTerminal

/// Where the parts of a job's screen stand. Depends on the size only.
struct DetailLayout: Hashable {
    var summary: Rect
    /// Beside the summary on wide screens, below it on others; empty where there is no room.
    var stages: Rect
    /// The chosen list with its tabs.
    var list: Rect
    /// The tail of the log, where there is room for it beside the list.
    var log: Rect
    var hasBoxes: Bool

    /// `showsLog`: the log is what is chosen, and has the room of list and tail together.
    init(_ size: Size, showsLog: Bool = false) {
        let body = ScreenFrame.area(of: size).body
        hasBoxes = size.height >= 24 && size.width >= 80
        let isWide = size.width >= 150
        let summaryRows = hasBoxes ? (size.height >= 30 ? 9 : 7) : min(5, body.height / 3)
        let (top, below) = body.splitTop(summaryRows)
        var rest = below
        if isWide {
            (summary, stages) = top.splitRight(62)
        } else {
            summary = top
            (stages, rest) = rest.splitTop(size.height >= 36 ? 8 : 0)
        }
        (list, log) = rest.splitBottom(size.height >= 36 && !showsLog ? max(7, rest.height * 2 / 5) : 0)
    }

    /// Rows of the list's table.
    var tableRows: Int { max(1, list.height - (hasBoxes ? 3 : 2)) }
    /// Lines of the log where it is what is chosen.
    var logRows: Int { max(1, list.height - (hasBoxes ? 2 : 1)) }
}
