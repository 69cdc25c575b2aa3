import PulseTerminal

extension ConsoleState {
    /// Shows another theme, by its place among those there are.
    mutating func useTheme(_ index: Int) -> [ConsoleEffect] {
        guard options.themes.indices.contains(index) else { return [] }
        theme = index
        say("Theme: \(options.themes[index].name)", .info)
        return [.useTheme(options.themes[index])]
    }

    /// Takes over themes whose files were read. The one in use stays in use, by its name; where its file is wrong now,
    /// its last good state stays.
    mutating func take(_ news: ThemeNews) -> [ConsoleEffect] {
        let former = options.themes.indices.contains(theme) ? options.themes[theme] : nil
        let hadOthers = options.themes.count > 1
        options.themes = news.themes
        theme = news.themes.firstIndex { $0.name == former?.name } ?? 0
        if let problem = news.problems.first {
            let more = news.problems.count - 1
            say(problem + (more > 0 ? " And \(more) more." : "") + " The former colours stay.", .error)
        }
        guard news.themes.indices.contains(theme), news.themes[theme] != former else { return [] }
        // The first news only completes the list.
        if hadOthers, news.problems.isEmpty { say("Theme: \(news.themes[theme].name), as its file says now.", .info) }
        return [.useTheme(news.themes[theme])]
    }
}
