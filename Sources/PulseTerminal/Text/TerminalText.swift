/// Makes text from outside safe to show, and measures it. Widths do not depend on the user's locale.
package enum TerminalText {
    /// What stands for a line break in text that is shown on one line.
    package enum LineBreak: Sendable {
        /// A blank.
        case space
        /// The sign ␤ (U+2424).
        case sign

        var scalar: UInt32 {
            switch self {
            case .space: 0x20
            case .sign: 0x2424
            }
        }
    }

    /// The text as cells would show it: one line, no control, bidirectional or invisible characters, no escape
    /// sequences, at most three combining marks on a base, U+FFFD for what cannot be shown.
    package static func sanitize(
        _ text: String, lineBreak: LineBreak = .space, as fidelity: TextFidelity = .cells
    ) -> String {
        if isPlain(text) { return text }
        if fidelity == .clusters { return string(TextPiece.pieces(of: text, lineBreak: lineBreak.scalar)) }
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for glyph in GlyphSequence(text, lineBreak: lineBreak.scalar) { glyph.append(to: &result) }
        return result
    }

    /// Bytes from outside as safe text; invalid UTF-8 becomes U+FFFD.
    package static func sanitize(_ bytes: some Collection<UInt8>, lineBreak: LineBreak = .space) -> String {
        sanitize(String(decoding: bytes, as: UTF8.self), lineBreak: lineBreak)
    }

    /// Safe text of several lines; splits at LF, CR LF, CR, and Unicode's separators. A last empty line is left out.
    package static func sanitizedLines(_ text: String, as fidelity: TextFidelity = .cells) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var previousWasReturn = false
        for scalar in text.unicodeScalars {
            let isBreak = ScalarClass(scalar) == .lineBreak && scalar.value != 0x0B && scalar.value != 0x0C
            if isBreak {
                if !(previousWasReturn && scalar.value == 0x0A) {
                    lines.append(sanitize(String(line), as: fidelity))
                    line = String.UnicodeScalarView()
                }
            } else {
                line.append(scalar)
            }
            previousWasReturn = scalar.value == 0x0D
        }
        if !line.isEmpty { lines.append(sanitize(String(line), as: fidelity)) }
        return lines
    }

    /// Columns the text takes once sanitised.
    package static func width(_ text: String) -> Int {
        if isPlain(text) { return text.utf8.count }
        return GlyphSequence(text).reduce(0) { $0 + $1.width }
    }

    /// Safe text of at most `width` columns, shortened with "…" where something had to go.
    package static func truncate(
        _ text: String, to width: Int, _ truncation: Truncation = .end, as fidelity: TextFidelity = .cells
    ) -> String {
        switch fidelity {
        case .cells: string(fit(Array(GlyphSequence(text)), to: width, truncation))
        case .clusters: string(fit(TextPiece.pieces(of: text), to: width, truncation))
        }
    }

    /// Safe text of exactly `width` columns: shortened or filled up with blanks.
    package static func pad(
        _ text: String, to width: Int, _ alignment: Alignment = .left, _ truncation: Truncation = .end,
        as fidelity: TextFidelity = .cells
    ) -> String {
        let fitted = truncate(text, to: width, truncation, as: fidelity)
        let free = max(0, width - Self.width(fitted))
        let before = alignment.leading(free)
        return String(repeating: " ", count: before) + fitted + String(repeating: " ", count: free - before)
    }

    /// Breaks text into safe lines of at most `width` columns, at blanks where there are some.
    package static func wrap(_ text: String, to width: Int, as fidelity: TextFidelity = .cells) -> [String] {
        guard width > 0 else { return [] }
        return sanitizedLines(text, as: fidelity).flatMap { line in
            switch fidelity {
            case .cells: wrapLine(Array(GlyphSequence(line)), to: width)
            case .clusters: wrapLine(TextPiece.pieces(of: line), to: width)
            }
        }
    }

    private static func wrapLine(_ units: [some TextUnit], to width: Int) -> [String] {
        var lines: [String] = []
        var current = units
        current.removeAll()
        var columns = 0
        func line(_ units: some Sequence<some TextUnit>) -> String {
            var result = string(units)
            while result.last == " " { result.removeLast() }
            return result
        }
        for unit in units where unit.width <= width {
            if columns + unit.width > width {
                if unit.isSpace {
                    lines.append(line(current))
                    current.removeAll()
                    columns = 0
                    continue
                }
                let cut = current.lastIndex { $0.isSpace }.map { $0 + 1 } ?? current.count
                lines.append(line(current[..<cut]))
                current.removeFirst(cut)
                columns = current.reduce(0) { $0 + $1.width }
            }
            current.append(unit)
            columns += unit.width
        }
        if !current.isEmpty || lines.isEmpty { lines.append(line(current)) }
        return lines
    }

    /// Shortens glyphs or clusters to a width.
    static func fit<Unit: TextUnit>(_ units: [Unit], to width: Int, _ truncation: Truncation) -> [Unit] {
        guard width > 0 else { return [] }
        let total = units.reduce(0) { $0 + $1.width }
        if total <= width { return units }
        switch truncation {
        case .none:
            return prefix(units, columns: width)
        case .end:
            return prefix(units, columns: width - 1) + [.ellipsis]
        case .middle:
            let head = prefix(units, columns: width / 2)
            let rest = width - 1 - head.reduce(0) { $0 + $1.width }
            return head + [.ellipsis] + prefix(units.reversed(), columns: rest).reversed()
        }
    }

    private static func prefix<Unit: TextUnit>(_ units: some Sequence<Unit>, columns: Int) -> [Unit] {
        var used = 0
        var result: [Unit] = []
        for unit in units {
            guard used + unit.width <= columns else { break }
            used += unit.width
            result.append(unit)
        }
        return result
    }

    private static func string(_ units: some Sequence<some TextUnit>) -> String {
        var result = ""
        for unit in units { unit.append(to: &result) }
        return result
    }

    /// Whether every byte is printable ASCII.
    static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }
}

/// Where text that is too long loses its characters.
package enum Truncation: Sendable {
    /// At the end, marked with "…".
    case end
    /// In the middle, marked with "…"; good for paths and identifiers.
    case middle
    /// At the end, without a mark.
    case none
}

/// Where text stands in a wider field.
package enum Alignment: Sendable {
    /// At the left edge.
    case left
    /// In the middle.
    case center
    /// At the right edge.
    case right

    /// Of so many free columns, how many come before.
    func leading(_ free: Int) -> Int {
        switch self {
        case .left: 0
        case .center: free / 2
        case .right: free
        }
    }
}
