import PulseTerminal

/// What just happened, where it covers nothing that is needed to act: on the lower border of the last panel, and on the
/// hints where it needs a second line.
enum NoticeBar {
    static func draw(_ state: ConsoleState, on surface: inout Surface) {
        guard let notice = state.notice, !surface.size.isEmpty else { return }
        let area = place(of: notice, state, on: surface)
        Notice(notice.text, tone: notice.tone, whole: state.overlay == nil ? "m shows it whole" : nil)
            .draw(on: &surface, in: area)
    }

    private static func place(of notice: ConsoleNotice, _ state: ConsoleState, on surface: Surface) -> Rect {
        let all = surface.bounds
        // Where there is hardly a screen there are no panels, and at its end stands what keys are about.
        if TinyScreen.fits(surface.size) { return all.splitTop(1).rest.splitTop(3).top }
        let isLong = Notice.lines(notice.text, width: all.width).count > 1
        // A dialog may reach down to the end of the screen: what it decides on stays to be seen.
        let middle = surface.width / 2
        let isDialogBelow = [1, 2].contains { row in
            surface.cell(at: Point(middle, surface.height - row))?.style.background == .role(.overlay)
        }
        if isDialogBelow { return all.splitTop(isLong ? 2 : 1).top }
        let hints = all.splitBottom(1)
        let hasBorder = ["╰", "+"].contains(surface.cell(at: Point(0, surface.height - 2))?.text)
        // While a filter is typed it stands in place of the hints.
        if state.openFilter != nil, state.overlay == nil { return hints.rest.splitBottom(isLong ? 2 : 1).bottom }
        if isLong { return all.splitBottom(2).bottom }
        return hasBorder ? hints.rest.splitBottom(1).bottom.inset(left: 1, right: 1) : hints.bottom
    }
}
