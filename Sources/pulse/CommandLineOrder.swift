import ArgumentParser
import PulseCommands
import PulseConfiguration
import PulseTerminal

/// Options may stand before the command as well as after it: `pulse --store a.db jobs` is `pulse jobs --store a.db`.
///
/// The parser hands an option that stands before a command to the command above it; here it travels to the one that
/// was meant.
struct CommandLineOrder {
    /// Options that are followed by a value, of all commands.
    static let withValue: Set<String> = [
        "--config", "--store", "--theme", "--reason", "--job", "--limit", "--lines", "-n", "--until", "--for", "--from",
        "--to", "--seed", "--speed", "--tenant", "--engine", "--add", "--remove",
        "--gateway", "--context", "--user", "--ca-file", "--token-file", "--token-command", "--scope",
        "--expires",
    ]

    /// The arguments with the commands first. Throws `CommandError` (usage) for a command that there is not.
    static func commandFirst(_ arguments: [String], root: any ParsableCommand.Type = Pulse.self) throws -> [String] {
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

    private static func unknown(_ word: String, of commands: [String], among names: [String]) -> CommandError {
        let whole = (["pulse"] + commands).joined(separator: " ")
        let shown = TerminalText.truncate(word, to: 60)
        let meant = nearestName(to: String(word.prefix(200)), among: names).map { "Did you mean `\(whole) \($0)`? " }
        return CommandError(
            .usage, "There is no command `\(whole) \(shown)`.",
            remedy: "\(meant ?? "")`\((["pulse", "help"] + commands).joined(separator: " "))` lists those there are.")
    }
}
