package import PulseDomain
package import PulseTerminal

/// How a console is used.
package struct ConsoleOptions: Sendable {
    /// Who gives the commands.
    package var principal: Principal
    /// Why no command may be given, as a sentence; `nil` when commands may be given.
    package var readOnlyBecause: String?
    /// Whether the engine lives in this process and ends with the console.
    package var isEmbedded: Bool
    /// Themes to choose from with a key; the first is shown at the beginning.
    package var themes: [Theme]

    package init(
        principal: Principal, readOnlyBecause: String? = nil, isEmbedded: Bool = false, themes: [Theme] = []
    ) {
        self.principal = principal
        self.readOnlyBecause = readOnlyBecause
        self.isEmbedded = isEmbedded
        self.themes = themes
    }
}
