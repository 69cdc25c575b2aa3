package import ArgumentParser
import PulseConfiguration
import PulseTerminal

/// An option that was typed and that the command does not have, with what was probably meant.
///
/// The parser tells of it last, after what is missing because of it, and looks for the nearest one in that command alone.
package struct UnknownOption {
    /// As a sentence.
    package let sentence: String

    /// The first one in `arguments`, commands first; `nil`: the command has them all.
    package init?(in arguments: [String], root: any ParsableCommand.Type) {
        guard let program = ParserDump(root)?.command else { return nil }
        var (command, path) = (program, [program])
        var rest = arguments[...]
        while let word = rest.first, let next = command.subcommands?.first(where: { $0.commandName == word }) {
            rest.removeFirst()
            command = next
            path.append(next)
        }
        if let name = command.defaultSubcommand,
            let usual = command.subcommands?.first(where: { $0.commandName == name })
        {
            command = usual
        }
        guard let typed = Self.unknown(in: rest, of: command) else { return nil }
        let near = Self.nearest(to: typed, among: command.options)
        let meant = near.map { "'\($0)'" } ?? Self.elsewhere(typed, [program]).map { "`\($0)`" }
        sentence =
            "Unknown option '\(TerminalText.truncate(typed, to: 60))'." + (meant.map { " Did you mean \($0)?" } ?? "")
    }

    private static func unknown(in words: ArraySlice<String>, of command: ParserDump.Command) -> String? {
        var rest = words
        while let word = rest.popFirst(), word != "--" {
            guard word.hasPrefix("--") else { continue }
            let name = String(word.prefix { $0 != "=" })
            guard let option = command.arguments?.first(where: { $0.words.contains(name) }) else { return name }
            if option.kind == "option", name == word { rest = rest.dropFirst() }
        }
        return nil
    }

    /// An option that begins with what was typed, or is nearly that.
    private static func nearest(to typed: String, among options: [String]) -> String? {
        let typed = String(typed.prefix(200))
        if typed.count > 3, let longer = options.filter({ $0.hasPrefix(typed) }).min() { return longer }
        return nearestName(to: typed, among: options)
    }

    /// The first command, by the order of the help, that has such an option, with it.
    private static func elsewhere(_ typed: String, _ path: [ParserDump.Command]) -> String? {
        guard let command = path.last else { return nil }
        if let option = nearest(to: typed, among: command.options) {
            return (path.map(\.commandName) + [option]).joined(separator: " ")
        }
        for next in command.subcommands ?? [] where next.commandName != "help" {
            if let found = elsewhere(typed, path + [next]) { return found }
        }
        return nil
    }
}
