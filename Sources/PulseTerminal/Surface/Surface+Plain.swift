extension Surface {
    /// What it shows, a line a row, without blanks at line ends.
    package var plainText: String {
        (0..<storageSize.height).map(plainRow).joined(separator: "\n")
    }

    /// What it shows and how: each row is followed by its runs of style, as in `  @ 3-7 accent on selection bold`.
    package var annotated: String {
        (0..<storageSize.height).flatMap { [plainRow($0)] + runs(in: $0) }.joined(separator: "\n")
    }

    /// The surface as a terminal without Unicode shows it.
    package var asciiOnly: Surface {
        var copy = Surface(storageSize, glyphs: .ascii)
        for y in 0..<storageSize.height {
            for x in 0..<storageSize.width {
                let cell = cells[y * storageSize.width + x]
                if cell.width > 0 { copy.set(cell.glyph, at: Point(x, y), style: cell.style) }
            }
        }
        return copy
    }

    private func plainRow(_ y: Int) -> String {
        var row = ""
        var index = y * storageSize.width
        while index < (y + 1) * storageSize.width {
            if let whole = wholes[index] {
                row += whole.text
                index += whole.width
            } else {
                cells[index].glyph.append(to: &row)
                index += 1
            }
        }
        while row.last == " " { row.removeLast() }
        return row
    }

    private func runs(in y: Int) -> [String] {
        var runs: [String] = []
        var start = 0
        for x in 0..<storageSize.width {
            let style = cells[y * storageSize.width + x].style
            let isLast = x == storageSize.width - 1
            if isLast || cells[y * storageSize.width + x + 1].style != style {
                if style != .plain { runs.append("  @ \(start)-\(x) \(style)") }
                start = x + 1
            }
        }
        return runs
    }
}

extension Style: CustomStringConvertible {
    /// For golden tests: `accent on selection bold underline`.
    package var description: String {
        var words = [foreground.description]
        if background != .standard { words += ["on", background.description] }
        let names: [(Attributes, String)] = [
            (.bold, "bold"), (.dim, "dim"), (.italic, "italic"), (.underline, "underline"), (.reverse, "reverse"),
        ]
        for (attribute, name) in names where attributes.contains(attribute) { words.append(name) }
        return words.joined(separator: " ")
    }
}

extension Color: CustomStringConvertible {
    /// `standard`, a role's name, or `#rrggbb`.
    package var description: String {
        if let role { return role.name }
        if let rgb { return rgb.description }
        return "standard"
    }
}

extension RGB: CustomStringConvertible {
    /// `#rrggbb`.
    package var description: String {
        "#"
            + [red, green, blue].map { component in
                let digits = String(component, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
    }
}
