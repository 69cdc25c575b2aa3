import ArgumentParser
import PulseArguments
import PulseAssembly
import PulseCommands

@main
enum Main {
    static func main() async {
        ProcessMemory.keepSmall()
        let status = await Program.run(
            Array(CommandLine.arguments.dropFirst()), CommandLineOrder(PulseServer.self), .current)
        ProcessEnd.leave(with: status.rawValue)
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
