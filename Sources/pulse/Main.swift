import Glibc
import PulseArguments
import PulseAssembly
import PulseCommands

/// Runs the command that was typed and tells the shell how it ended.
@main
enum Main {
    static func main() async {
        ProcessMemory.keepSmall()
        // A reader that went away, and a file that may not grow any more, are told by the failing write.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        let status = await Program.run(Array(CommandLine.arguments.dropFirst()), .pulse, .current)
        ProcessEnd.leave(with: status.rawValue)
    }
}

extension CommandLineOrder {
    static var pulse: CommandLineOrder {
        CommandLineOrder(
            Pulse.self,
            withValue: [
                "--config", "--store", "--theme", "--reason", "--job", "--limit", "--lines", "-n", "--until", "--for",
                "--from", "--to", "--seed", "--speed", "--tenant", "--engine", "--add", "--remove",
                "--gateway", "--context", "--user", "--ca-file", "--token-file", "--token-command", "--scope",
                "--expires", "--columns",
            ])
    }
}
