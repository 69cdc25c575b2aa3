package import ArgumentParser
import PulseCommands
import PulseConfiguration
import PulseTerminal

/// The command line of a program, whose options may stand before the command as well as after it:
/// `pulse --store a.db jobs` is `pulse jobs --store a.db`.
///
/// The parser hands an option that stands before a command to the command above it; here it travels to the one that
/// was meant.
package struct CommandLineOrder {
    let root: any ParsableCommand.Type
    /// Options that are followed by a value, of all commands.
    package let withValue: Set<String>

    package init(_ root: any ParsableCommand.Type, withValue: Set<String>) {
        self.root = root
        self.withValue = withValue
    }

    /// Asks the parser which options there are, which takes it some milliseconds.
    package init(_ root: any ParsableCommand.Type) {
        let all = ParserDump(root)?.command.all ?? []
        self.init(root, withValue: Set(all.filter { $0.kind == "option" }.flatMap(\.words)))
    }

    /// The arguments with the commands first. Throws `CommandError` (usage) for a command that there is not.
    package func commandFirst(_ arguments: [String]) throws -> [String] {
        var (commands, options): ([String], [String]) = ([], [])
        var command: any ParsableCommand.Type = root
        var rest = arguments[...]
        while let word = rest.first, word != "--", !command.configuration.subcommands.isEmpty {
            // These are the parser's own; the scripts for shells ask with three dashes.
            if word == "--version" || word.hasPrefix("---") || word == "help" && commands.isEmpty { return arguments }
            rest.removeFirst()
            if word.hasPrefix("-") {
                options.append(word)
                if withValue.contains(word), let value = rest.popFirst() { options.append(value) }
            } else if let next = command.configuration.subcommands.first(where: { $0._commandName == word }) {
                commands.append(word)
                command = next
            } else {
                throw unknown(word, of: commands, among: command.configuration.subcommands.map { $0._commandName })
            }
        }
        return commands + options + rest
    }

    private func unknown(_ word: String, of commands: [String], among names: [String]) -> CommandError {
        let program = root._commandName
        let whole = ([program] + commands).joined(separator: " ")
        let shown = TerminalText.truncate(word, to: 60)
        let meant = nearestName(to: String(word.prefix(200)), among: names).map { "Did you mean `\(whole) \($0)`? " }
        return CommandError(
            .usage, "There is no command `\(whole) \(shown)`.",
            remedy: "\(meant ?? "")`\(([program, "help"] + commands).joined(separator: " "))` lists those there are.")
    }
}
