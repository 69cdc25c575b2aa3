import PulseTerminal

/// The command palette: what is typed, what fits it, and which of that is chosen.
struct PaletteState: Hashable, Sendable {
    var field = TextField(limit: 200)
    var items: [PaletteItem] = []
    var chosen = 0
}
