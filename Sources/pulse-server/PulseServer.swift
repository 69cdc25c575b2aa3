import ArgumentParser

@main
struct PulseServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pulse-server", abstract: "Serves what Pulse can be tried on.", subcommands: [SandboxCommand.self])
}
