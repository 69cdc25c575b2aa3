import ArgumentParser
import PulseCommands

/// `pulse demo`.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Shows the console on simulated sources: nothing to set up, nothing is sent.")

    @Option(help: "The simulated world: the same number makes the same one.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("How much faster than the clock on the wall time goes.", valueName: "times"))
    var speed: Double = 1

    @Option(help: ArgumentHelp("A file to keep the tables in; without it they are gone at the end.", valueName: "path"))
    var store: String?

    @Flag(help: "Nothing goes wrong: no faults, no bad records.")
    var calm = false

    @OptionGroup var console: ConsoleOptions

    func run() async throws {
        try await DemoSession.run(
            .init(seed: seed, speed: speed, store: store, isCalm: calm), console: console.wishes, context: .current
        ).end()
    }
}
