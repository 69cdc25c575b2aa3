import ArgumentParser
import PulseCommands

struct Pulse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pulse", abstract: "Collects engineering data, and keeps that going.",
        subcommands: [DemoCommand.self])
}
