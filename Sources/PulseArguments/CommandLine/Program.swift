import ArgumentParser
package import PulseCommands

/// Runs the command that was typed, for both programs alike.
package enum Program {
    /// How the command ended, which was told where it is an error.
    package static func run(
        _ arguments: [String], _ order: CommandLineOrder, _ context: CommandContext
    ) async -> ExitStatus {
        var arguments = arguments
        do {
            arguments = try order.commandFirst(arguments)
            var command = try await parsed(arguments, order.root)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return .ok
        } catch let ending as Ending {
            return ending.status
        } catch {
            return tell(error, arguments, order.root, context)
        }
    }

    private static func parsed(
        _ arguments: [String], _ root: any ParsableCommand.Type
    ) async throws -> any ParsableCommand {
        // Only completion asks others while it parses. Waiting makes descriptors, which must not be found at the place of
        // a standard output that is closed.
        if arguments.first?.hasPrefix("---") == true, let root = root as? any AsyncParsableCommand.Type {
            return try await root.asyncParseAsRoot(arguments)
        }
        return try root.parseAsRoot(arguments)
    }

    private static func tell(
        _ error: any Error, _ arguments: [String], _ root: any ParsableCommand.Type, _ context: CommandContext
    ) -> ExitStatus {
        let code = root.exitCode(for: error)
        if code == .success {
            // Help, version, completion scripts.
            do { try context.output.print(root.fullMessage(for: error) + "\n") } catch { return told(error, context) }
            return .ok
        }
        guard code == .validationFailure else { return told(error, context) }
        var lines = root.fullMessage(for: error).split(separator: "\n", omittingEmptySubsequences: false)[...]
        let first = (lines.popFirst() ?? "").replacing("Error: ", with: "", maxReplacements: 1)
        let sentence = UnknownOption(in: arguments, root: root)?.sentence ?? String(first)
        context.output.note((["pulse: \(sentence)"] + lines).joined(separator: "\n"))
        return .usage
    }

    private static func told(_ error: any Error, _ context: CommandContext) -> ExitStatus {
        let told = CommandError(describing: error)
        for line in told.text { context.output.note(line) }
        return told.status
    }
}

/// The end of a command that did what it could, with a status of its own.
package struct Ending: Error {
    package var status: ExitStatus

    package init(status: ExitStatus) { self.status = status }
}
