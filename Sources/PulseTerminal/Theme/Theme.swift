/// The colours of all meanings.
package struct Theme: Hashable, Sendable {
    /// One meaning's look.
    struct Entry: Hashable, Sendable {
        /// Nil means the terminal's own colour.
        var color: RGB?
        /// The colour of the first sixteen for terminals with no more; nil means the nearest, or the terminal's own
        /// where `color` is nil.
        var ansi: ANSIColor?
        /// Added on every terminal.
        var attributes: Style.Attributes = []
        /// Added where there are no colours.
        var monochrome: Style.Attributes = []
    }

    /// One of a terminal's first sixteen colours, or its own.
    enum ANSIColor: Hashable, Sendable {
        case terminal
        case index(Int)
    }

    /// What people call it.
    package var name: String
    // By the role's number.
    private var entries: [Entry]

    init(name: String, entries: (ColorRole) -> Entry) {
        self.name = name
        self.entries = ColorRole.allCases.map(entries)
    }

    subscript(role: ColorRole) -> Entry {
        get { entries[Int(role.rawValue)] }
        set { entries[Int(role.rawValue)] = newValue }
    }

    /// The exact colour of a meaning; nil where the theme leaves it to the terminal.
    package func color(of role: ColorRole) -> RGB? { self[role].color }

    /// What a style becomes on a terminal of that many colours.
    func resolve(_ style: Style, for depth: ColorDepth) -> ResolvedStyle {
        let foreground = entry(style.foreground, standard: .text)
        let background = entry(style.background, standard: .background)
        var attributes = style.attributes.union(foreground.attributes).union(background.attributes)
        if depth == .monochrome {
            attributes.formUnion(foreground.monochrome)
            // Reversing twice would undo it.
            attributes.formUnion(background.monochrome)
            return ResolvedStyle(foreground: .terminal, background: .terminal, attributes: attributes)
        }
        var ink = number(foreground, depth)
        let paper = number(background, depth)
        if depth == .eight, case .number(let value) = ink, value > 7 {
            // Bright colours are the dark ones in bold; bright black would vanish, so it is faint white.
            attributes.insert(value == 8 ? .dim : .bold)
            ink = .number(value == 8 ? 7 : value - 8)
        }
        if ink == paper { ink = .terminal }
        return ResolvedStyle(foreground: ink, background: dark(paper, depth), attributes: attributes)
    }

    private func entry(_ color: Color, standard: ColorRole) -> Entry {
        if let role = color.role { return self[role] }
        if let rgb = color.rgb { return Entry(color: rgb) }
        var entry = self[standard]
        entry.monochrome = []
        return entry
    }

    private func number(_ entry: Entry, _ depth: ColorDepth) -> ResolvedColor {
        switch depth {
        case .monochrome: return .terminal
        case .eight, .sixteen:
            switch entry.ansi {
            case .terminal: return .terminal
            case .index(let index): return .number(index)
            case nil: return entry.color.map { .number(Palette.nearest16($0)) } ?? .terminal
            }
        case .palette256: return entry.color.map { .number(Palette.nearest256($0)) } ?? .terminal
        case .trueColor: return entry.color.map { .rgb($0) } ?? .terminal
        }
    }

    private func dark(_ color: ResolvedColor, _ depth: ColorDepth) -> ResolvedColor {
        guard depth == .eight, case .number(let value) = color, value > 7 else { return color }
        return .number(value - 8)
    }
}

/// A colour a terminal can be told.
enum ResolvedColor: Hashable, Sendable {
    /// Its own foreground or background.
    case terminal
    /// One of its palette.
    case number(Int)
    /// An exact value.
    case rgb(RGB)
}

/// A style without meanings.
struct ResolvedStyle: Hashable, Sendable {
    var foreground: ResolvedColor
    var background: ResolvedColor
    var attributes: Style.Attributes
}

extension Theme {
    /// Uses only the sixteen colours that the user chose for the terminal. Shown when no theme can be read, and the
    /// source of what a theme file leaves out.
    package static let terminal = Theme(name: "terminal") { role in
        func entry(
            _ index: Int?, _ attributes: Style.Attributes = [], mono: Style.Attributes = []
        ) -> Entry {
            Entry(
                color: index.map { Palette.sixteen[$0] }, ansi: index.map { .index($0) } ?? .terminal,
                attributes: attributes, monochrome: mono)
        }
        return switch role {
        case .text, .background, .overlay, .overlayText, .keyText: entry(nil)
        case .muted: entry(8, mono: .dim)
        case .border: entry(8)
        case .gaugeEmpty: entry(8, mono: .dim)
        case .accent, .borderFocused: entry(14, mono: .bold)
        case .title: entry(nil, .bold)
        case .selection: entry(4, mono: .reverse)
        case .marked: entry(5, mono: .underline)
        case .header: entry(nil, mono: .reverse)
        case .selectionText: entry(15, mono: .bold)
        case .headerText: entry(nil, .bold)
        case .ok, .gaugeFill: entry(10)
        case .running, .chart, .info: entry(14)
        case .chartLow: entry(6)
        case .chartHigh: entry(15)
        case .waiting: entry(13)
        case .paused: entry(7, mono: .dim)
        case .warning, .chartSecond: entry(11, mono: .bold)
        case .error: entry(9, .bold, mono: .bold)
        case .critical: entry(9, [.bold, .reverse], mono: [.bold, .reverse])
        case .key: entry(11, .bold, mono: .bold)
        case .field: entry(nil, mono: .underline)
        case .fieldText: entry(nil)
        case .match: entry(11, [.bold, .underline], mono: .underline)
        }
    }
}
