/// A key and what it does, for the footer.
package struct KeyHint: Hashable, Sendable {
    /// The key's name.
    package var key: String
    /// What it does, in a word or two.
    package var text: String
    /// Whether it does something now; others are shown faint.
    package var isEnabled: Bool
    /// Where there is no room for all, those with the lowest rank stay; of one rank the first.
    package var rank: Int

    /// A hint.
    package init(_ key: String, _ text: String, isEnabled: Bool = true, rank: Int = 0) {
        self.key = key
        self.text = text
        self.isEnabled = isEnabled
        self.rank = rank
    }
}

/// The footer: as many hints as fit, the most important ones; in their order.
package struct KeyHints: Hashable, Sendable {
    /// In the order in which they stand.
    package var hints: [KeyHint]
    /// Shown at the right end, such as `? help`; those that do not fit together give way from the left, and so do those
    /// before the last that take the room of hints with a lower rank.
    package var last: [KeyHint]

    /// A footer.
    package init(_ hints: [KeyHint], last: [KeyHint] = []) {
        self.hints = hints
        self.last = last
    }

    /// Draws on the first row of an area.
    package func draw(on surface: inout Surface, in area: Rect) {
        guard !area.isEmpty else { return }
        let inner = area.width > 20 ? area.inset(left: 1, right: 1) : area
        var room = inner.width
        var ends = last
        func width(_ hints: [KeyHint]) -> Int { hints.reduce(0) { $0 + styled($1).width + 2 } - 2 }
        while ends.count > 1, width(ends) > max(room / 2, 8) { ends.removeFirst() }
        while let first = ends.first, ends.count > 1,
            width(ends) + 2 + width(hints.filter { $0.rank < first.rank }) > room
        {
            ends.removeFirst()
        }
        if !ends.isEmpty {
            var x = inner.maxX - min(width(ends), room)
            for hint in ends {
                let text = styled(hint)
                surface.put(text, at: Point(x, inner.minY), maxWidth: max(0, inner.maxX - x))
                x += text.width + 2
            }
            room -= min(width(ends), room) + 2
        }
        var x = 0
        for index in fitting(in: room) {
            let text = styled(hints[index])
            surface.put(text, at: Point(inner.minX + x, inner.minY), maxWidth: room - x)
            x += text.width + 2
        }
    }

    /// The hints that there is room for, in their order.
    private func fitting(in room: Int) -> [Int] {
        var kept: [Int] = []
        var used = 0
        for index in hints.indices.sorted(by: { (hints[$0].rank, $0) < (hints[$1].rank, $1) }) {
            let width = styled(hints[index]).width
            guard used + width <= room else { continue }
            kept.append(index)
            used += width + 2
        }
        return kept.sorted()
    }

    private func styled(_ hint: KeyHint) -> StyledText {
        hint.isEnabled
            ? StyledText(hint.key, Style(.key)) + StyledText(" " + hint.text, Style(.keyText))
            : StyledText(hint.key + " " + hint.text, Style(.muted).dim)
    }
}

/// Names of views beside each other, one of them chosen.
package struct Tabs: Hashable, Sendable {
    /// The names.
    package var titles: [String]
    /// Which is chosen.
    package var selected: Int

    /// Tabs.
    package init(_ titles: [String], selected: Int) {
        self.titles = titles
        self.selected = selected
    }

    /// Draws on the first row of an area, scrolled so that the chosen one is visible; returns where each stands, for
    /// the mouse (empty when it is not visible).
    @discardableResult
    package func draw(on surface: inout Surface, in area: Rect) -> [Rect] {
        let widths = titles.map { TerminalText.width($0) + 2 }
        var first = 0
        func width(from start: Int) -> Int {
            selected < start ? 0 : widths[start...min(selected, widths.count - 1)].reduce(0) { $0 + $1 + 1 }
        }
        while first < selected && first + 1 < titles.count && width(from: first) > area.width { first += 1 }
        var places = titles.map { _ in Rect(area.minX, area.minY, 0, 0) }
        var x = area.minX
        for index in titles.indices.dropFirst(first) where x < area.maxX {
            let place = Rect(x, area.minY, widths[index], 1).intersection(area)
            let isSelected = index == selected
            let style = isSelected ? Style(.selectionText, on: .selection, .bold) : Style(.muted)
            // Brackets tell the chosen one where colours do not.
            let text = isSelected ? "[\(titles[index])]" : " \(titles[index]) "
            surface.put(text, at: place.origin, style: style, maxWidth: place.width)
            places[index] = place
            x += widths[index] + 1
        }
        return places
    }
}
