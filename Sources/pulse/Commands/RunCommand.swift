import ArgumentParser
import PulseCommands

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs the engine without a console; its log goes to standard error.",
        discussion: """
            Without --once it runs until it is told to end, by schedule and on command. With --once each job runs one \
            time, whatever its schedule, and a table of how they ended is printed. A signal ends it at the next page \
            boundary; a second one at once. Either way nothing is lost: the next run goes on from the checkpoints.
            """)

    @OptionGroup var settings: SettingsOptions

    @Flag(help: "Run each job one time and end.")
    var once = false

    @Flag(help: "With --once: read everything again.")
    var full = false

    @Flag(help: "With --once: print the table as JSON.")
    var json = false

    @Argument(help: "With --once: only these jobs, and what they need.", completion: .jobs)
    var jobs: [String] = []

    func validate() throws {
        guard once || !full && !json && jobs.isEmpty else {
            throw ValidationError(
                "Jobs, --full and --json belong to --once. `pulse start JOB` starts a job of a running engine.")
        }
    }

    func run() async throws {
        let session = RunSession(.init(isOnce: once, jobs: jobs, isFull: full, isJSON: json), context: settings.context)
        try await session.run(settings.wishes).end()
    }
}
