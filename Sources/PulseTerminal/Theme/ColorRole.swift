/// What a colour means on a screen. A theme gives each meaning its colour; names in theme files are `name`.
package enum ColorRole: UInt8, CaseIterable, Hashable, Sendable {
    /// Ordinary text.
    case text
    /// The screen behind everything.
    case background
    /// Secondary text: ages, units, what is not in use.
    case muted
    /// Links, the focused thing, the cursor.
    case accent
    /// Headings of panels.
    case title
    /// Lines around panels.
    case border
    /// Lines around the focused panel.
    case borderFocused
    /// Background of the selected row.
    case selection
    /// Text of the selected row.
    case selectionText
    /// Background of marked rows.
    case marked
    /// Background of the title bar and of table headings.
    case header
    /// Text of the title bar and of table headings.
    case headerText
    /// Done and well.
    case ok
    /// At work now.
    case running
    /// Waiting for a limit, a dependency or a time.
    case waiting
    /// Halted by a person.
    case paused
    /// Needs a look soon.
    case warning
    /// Failed.
    case error
    /// Failed and growing worse; shown loudest.
    case critical
    /// A fact worth knowing.
    case info
    /// The used part of gauges.
    case gaugeFill
    /// The free part of gauges.
    case gaugeEmpty
    /// Curves of charts and sparklines.
    case chart
    /// Low values of filled charts; from there through `chart` to the high ones.
    case chartLow
    /// High values of filled charts.
    case chartHigh
    /// A chart's second curve.
    case chartSecond
    /// Names of keys in hints.
    case key
    /// What keys do, in hints.
    case keyText
    /// Background of dialogs, menus and notices.
    case overlay
    /// Text on dialogs, menus and notices.
    case overlayText
    /// Background of the field being edited.
    case field
    /// Text in the field being edited.
    case fieldText
    /// Found text.
    case match

    /// The name in theme files: words joined by hyphens, as in `border-focused`.
    package var name: String { Self.names[Int(rawValue)] }

    /// The meaning of that name.
    static func named(_ name: String) -> ColorRole? { byName[name] }

    // Made once: asking Swift for the name of a case takes longer than reading the rest of a theme.
    private static let names: [String] = allCases.map { role in
        var name = ""
        for character in String(describing: role) {
            if character.isUppercase {
                name += "-" + character.lowercased()
            } else {
                name.append(character)
            }
        }
        return name
    }

    private static let byName = Dictionary(uniqueKeysWithValues: zip(names, allCases))
}
