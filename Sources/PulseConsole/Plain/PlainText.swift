import PulseTerminal

/// Surfaces as lines of text.
enum PlainText {
    /// Each row without blanks at its end, with colours where wanted.
    static func lines(of surface: Surface, usesColor: Bool) -> String {
        guard usesColor else { return surface.plainText + "\n" }
        var result = ""
        for y in 0..<surface.height {
            var row = ""
            var pending = ""
            var code = ""
            for x in 0..<surface.width {
                guard let cell = surface.cell(at: Point(x, y)) else { continue }
                if cell.text == " " {
                    pending += " "
                    continue
                }
                row += pending
                pending = ""
                let next = sgr(cell.style)
                if next != code {
                    row += "\u{1B}[0\(next)m"
                    code = next
                }
                row += cell.text
            }
            result += row + (code.isEmpty ? "" : "\u{1B}[0m") + "\n"
        }
        return result
    }

    /// What follows the reset: parameters of SGR (ECMA-48 section 8.3.117), each with its semicolon.
    private static func sgr(_ style: Style) -> String {
        var code = style.attributes.contains(.bold) ? ";1" : ""
        switch style.foreground.role {
        case .ok: code += ";32"
        case .running, .accent, .info, .chart, .gaugeFill: code += ";36"
        case .waiting: code += ";35"
        case .warning, .match, .chartSecond, .key: code += ";33"
        case .error, .critical: code += ";1;31"
        case .muted, .border, .gaugeEmpty, .paused: code += ";2"
        case .title, .headerText: code += ";1"
        default: break
        }
        return code
    }
}
