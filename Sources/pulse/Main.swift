import ArgumentParser
import Glibc
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
        let context = CommandContext.current
        var status = ExitStatus.ok
        do {
            let arguments = try CommandLineOrder.commandFirst(Array(CommandLine.arguments.dropFirst()))
            // Only completion asks others while it parses. Waiting makes descriptors, which must not be found at the place of
            // a standard output that is closed.
            let isCompletion = arguments.first?.hasPrefix("---") == true
            var command =
                try await isCompletion ? Pulse.asyncParseAsRoot(arguments) : Pulse.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let ending as Ending {
            status = ending.status
        } catch {
            status = tell(error, context)
        }
        ProcessEnd.leave(with: status.rawValue)
    }

    private static func tell(_ error: any Error, _ context: CommandContext) -> ExitStatus {
        let code = Pulse.exitCode(for: error)
        if code == .success {
            // Help, version, completion scripts.
            do { try context.output.print(Pulse.fullMessage(for: error) + "\n") } catch { return told(error, context) }
            return .ok
        }
        if code == .validationFailure {
            context.output.note(Pulse.fullMessage(for: error).replacing("Error: ", with: "pulse: ", maxReplacements: 1))
            return .usage
        }
        return told(error, context)
    }

    private static func told(_ error: any Error, _ context: CommandContext) -> ExitStatus {
        let told = CommandError(describing: error)
        for line in told.text { context.output.note(line) }
        return told.status
    }
}

/// The end of a command that did what it could, with a status of its own.
struct Ending: Error { var status: ExitStatus }
