import ArgumentParser
import PulseCommands

/// `pulse demo`.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Shows the console on simulated sources: nothing to set up, nothing is sent.")

    @Option(help: "The simulated world: the same number makes the same one.")
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "How much faster than the clock on the wall time goes: 4, or 120 with --once.", valueName: "times"))
    var speed: Double?

    @Option(
        help: ArgumentHelp(
            "A file to keep the tables in, and for others to join; without it they are gone at the end.",
            valueName: "path"))
    var store: String?

    @Flag(help: "Nothing goes wrong: no faults, no bad records.")
    var calm = false

    @Flag(help: "Load everything one time, print what the screens show, and end.")
    var once = false

    @Flag(help: "With --once: print status, jobs and limits as JSON.")
    var json = false

    @OptionGroup var printing: PrintingOptions
    @OptionGroup var console: ConsoleOptions

    func validate() throws {
        guard (0.01...100_000).contains(speed ?? 1) else {
            throw ValidationError("--speed has to be from 0.01 to 100000.")
        }
        guard once || !json else { throw ValidationError("--json belongs to --once.") }
    }

    func run() async throws {
        let session = DemoSession(
            .init(seed: seed, speed: speed, store: store, isCalm: calm, isOnce: once, isJSON: json),
            context: printing.context)
        try await session.run(console: console.wishes).end()
    }
}
