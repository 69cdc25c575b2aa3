import ArgumentParser
import Foundation
import PulseAssembly

@main
enum Main {
    static func main() async {
        ProcessMemory.keepSmall()
        do {
            var command = try await PulseServer.asyncParseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            ProcessEnd.leave(with: EXIT_SUCCESS)
        } catch {
            let code = PulseServer.exitCode(for: error)
            let message = PulseServer.fullMessage(for: error)
            let stream = code == .success ? FileHandle.standardOutput : FileHandle.standardError
            if !message.isEmpty { stream.write(Data((message + "\n").utf8)) }
            // What was typed is no command: as `pulse` says it.
            ProcessEnd.leave(with: code == .validationFailure ? 2 : code.rawValue)
        }
    }
}

struct PulseServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pulse-server", abstract: "Serves Pulse to a team over HTTP, and what it can be tried on.",
        groupedSubcommands: [
            CommandGroup(name: "Serving", subcommands: [GatewayCommand.self, EngineCommand.self]),
            CommandGroup(name: "Who may come in", subcommands: [UserCommand.self, KeyCommand.self]),
            CommandGroup(name: "Trying", subcommands: [SandboxCommand.self]),
        ])
}
