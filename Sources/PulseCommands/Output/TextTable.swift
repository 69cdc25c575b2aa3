import PulseTerminal

/// A plain table: columns as wide as what is in them, cut at the width of the output where it has one.
package struct TextTable {
    private let header: [String]
    /// Columns that are aligned to the right.
    private let numbers: Set<Int>
    private let rows: [[String]]

    package init(_ header: [String], numbers: Set<Int> = [], rows: [[String]]) {
        self.header = header
        self.numbers = numbers
        self.rows = rows
    }

    /// As wide and as it is shown on this output.
    ///
    /// - Parameter least: The width below which it is not cut: a line too long is better than a sentence that ends early.
    package func text(_ output: Output, least: Int = 0, empty: String) -> String {
        text(width: output.width.map { max($0, least) }, isBold: output.usesColor, as: output.fidelity, empty: empty)
    }

    /// Lines of at most `width` columns (`nil`: of any number), or `empty` when there is no row.
    func text(width: Int?, isBold: Bool = false, as fidelity: TextFidelity = .cells, empty: String) -> String {
        guard !rows.isEmpty else { return empty + "\n" }
        // Nothing from outside reaches the terminal as a control sequence (invariant 10).
        let rows = rows.map { $0.map { TerminalText.sanitize($0, as: fidelity) } }
        let widths = header.indices.map { column in
            ([header] + rows).map { TerminalText.width($0[column]) }.max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            let parts = cells.indices.map { column in
                TerminalText.pad(
                    cells[column], to: widths[column], numbers.contains(column) ? .right : .left, as: fidelity)
            }
            var text = parts.joined(separator: "  ")
            if let width { text = TerminalText.truncate(text, to: width, as: fidelity) }
            while text.last == " " { text.removeLast() }
            return text
        }
        let first = line(header)
        return ([isBold ? "\u{1B}[1m\(first)\u{1B}[0m" : first] + rows.map(line)).map { $0 + "\n" }.joined()
    }
}
