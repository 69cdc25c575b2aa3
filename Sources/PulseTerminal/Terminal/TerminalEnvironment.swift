/// What the environment variables say about the terminal: pure decisions, made once at the start.
package struct TerminalEnvironment: Hashable, Sendable {
    /// `TERM`; empty when unset.
    var term: String
    /// Whether the locale's character set is UTF-8.
    var isUTF8: Bool
    /// Whether the user wants no colours (https://no-color.org: set and not empty).
    var wantsNoColor: Bool
    /// Whether the terminal says that it shows any RGB value.
    var saysTrueColor: Bool
    /// Whether tmux stands between.
    var isInsideTmux: Bool
    /// Whether the terminal is built on VTE, which reorders right-to-left text unless told otherwise.
    var isVTE: Bool

    /// Reads the variables of the process, or any others.
    package init(_ variable: (String) -> String?) {
        func value(_ name: String) -> String? {
            variable(name).flatMap { $0.isEmpty ? nil : $0 }
        }
        term = value("TERM") ?? ""
        // The first of these that is set decides (POSIX, Base Definitions 8.2).
        let locale = (value("LC_ALL") ?? value("LC_CTYPE") ?? value("LANG") ?? "C").lowercased()
        isUTF8 = locale.contains("utf-8") || locale.contains("utf8")
        wantsNoColor = value("NO_COLOR") != nil
        let colorTerm = value("COLORTERM")?.lowercased()
        saysTrueColor = colorTerm == "truecolor" || colorTerm == "24bit" || term.hasSuffix("-direct")
        isInsideTmux = value("TMUX") != nil
        isVTE = value("VTE_VERSION") != nil
    }

    /// Terminals to try, best first: the one named, what it resembles, and what every screen understands.
    var candidates: [String] {
        var names: [String] = []
        if !term.isEmpty && term != "dumb" && term != "unknown" { names.append(term) }
        if ["screen", "tmux"].contains(where: { term.hasPrefix($0) }) { names += ["screen-256color", "screen"] }
        let modern = ["xterm", "kitty", "alacritty", "ghostty", "wezterm", "foot", "konsole", "gnome", "vte", "iterm"]
        if modern.contains(where: { term.contains($0) }) || term.hasSuffix("256color") || saysTrueColor {
            names += ["xterm-256color", "xterm"]
        }
        return names + ["vt100", "ansi"]
    }

    /// Signs to use on the terminal that was chosen. Consoles whose fonts have few signs get ASCII.
    func glyphs(on name: String) -> GlyphMode {
        let isPoor =
            ["linux", "vt", "ansi", "cons", "sun", "hurd", "mach"].contains { name.hasPrefix($0) }
            && !name.hasPrefix("vte")
        return isUTF8 && !isPoor ? .unicode : .ascii
    }

    /// Colours to use, given how many terminfo knows of.
    func colorDepth(terminfoColors: Int) -> ColorDepth {
        if wantsNoColor || terminfoColors < 8 { return .monochrome }
        if saysTrueColor || terminfoColors > 256 { return .trueColor }
        if terminfoColors >= 256 { return .palette256 }
        return terminfoColors >= 16 ? .sixteen : .eight
    }
}
