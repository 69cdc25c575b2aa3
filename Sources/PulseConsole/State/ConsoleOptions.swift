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
    /// Themes to choose from; the first is shown at the beginning.
    package var themes: [Theme]
    /// Tells of themes at the beginning and whenever their files change; `nil`: they never do.
    package var themeNews: (@Sendable () -> AsyncStream<ThemeNews>)?
    /// How the gateway is reached that the engine is behind; `nil`: there is none between.
    package var link: ConsoleLink?
    /// What is being opened, as a sentence shown until the engine answers.
    package var opening = "Connecting to the engine…"

    package init(
        principal: Principal, readOnlyBecause: String? = nil, isEmbedded: Bool = false, themes: [Theme] = [],
        themeNews: (@Sendable () -> AsyncStream<ThemeNews>)? = nil
    ) {
        self.principal = principal
        self.readOnlyBecause = readOnlyBecause
        self.isEmbedded = isEmbedded
        self.themes = themes
        self.themeNews = themeNews
    }
}

/// What is known of themes after their files were read.
package struct ThemeNews: Hashable, Sendable {
    /// All that can be used, in the order of the key that changes them. A file that became wrong keeps its last good one.
    package var themes: [Theme]
    /// What is wrong with files, each with file, line and column.
    package var problems: [String]

    package init(themes: [Theme], problems: [String] = []) {
        self.themes = themes
        self.problems = problems
    }
}
