import ArgumentParser
import PulseCommands
import PulseDomain

struct StartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Starts a run of a job: what changed, everything, a range, or a census.")

    @OptionGroup var options: ActingOptions

    @Argument(help: "The job: source/stream.", completion: .jobs)
    var job: String

    @Flag(help: "Read everything again. Rows that did not change are not written.")
    var full = false

    @Flag(help: "Compare ids with the source, to find what was deleted.")
    var census = false

    @Option(help: ArgumentHelp("Load what changed from this time on, such as 2026-03-01.", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("Up to this time.", valueName: "time"))
    var to: String?

    func validate() throws {
        guard [full, census, from != nil || to != nil].filter(\.self).count <= 1 else {
            throw ValidationError("--full, --census and --from/--to exclude each other.")
        }
        guard (from == nil) == (to == nil) else { throw ValidationError("--from and --to belong together.") }
    }

    func run() async throws {
        let kind: RunKind
        if full {
            kind = .full
        } else if census {
            kind = .census
        } else if let from, let to {
            kind = .range(from: from, to: to)
        } else {
            kind = .incremental
        }
        try await options.command.start(job, kind).end()
    }
}

struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Pauses a job's run at its next page boundary.")

    @OptionGroup var options: ActingOptions

    @Argument(help: "The job: source/stream.", completion: .jobs)
    var job: String

    @Option(help: ArgumentHelp("It resumes by itself then: 14:30 (UTC), or 2026-03-01T14:30:00Z.", valueName: "time"))
    var until: String?

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("It resumes by itself after 30s, 15m, 12h, 7d.", valueName: "duration"))
    var lasting: String?

    @Flag(help: "It resumes by itself when its quota resets.")
    var untilReset = false

    func validate() throws {
        guard [until != nil, lasting != nil, untilReset].filter(\.self).count <= 1 else {
            throw ValidationError("--until, --for and --until-reset exclude each other.")
        }
    }

    func run() async throws {
        let end: PauseEnd
        if let until {
            end = .at(until)
        } else if let lasting {
            end = .after(lasting)
        } else {
            end = untilReset ? .quotaReset : .onCommand
        }
        try await options.command.pause(job, end).end()
    }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Goes on with a paused, stopped or failed run from its checkpoints.")

    @OptionGroup var options: ActingOptions

    @Argument(help: "The job: source/stream.", completion: .jobs)
    var job: String

    func run() async throws { try await options.command.perform(on: job) { id, _ in .resume(id) }.end() }
}

struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stops a job's run now: the request under way is given up; what is loaded stays."
    )

    @OptionGroup var options: ActingOptions

    @Argument(help: "The job: source/stream.", completion: .jobs)
    var job: String

    func run() async throws { try await options.command.perform(on: job) { id, _ in .stop(id) }.end() }
}

struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Takes a failed or stopped run up again, now.")

    @OptionGroup var options: ActingOptions

    @Argument(help: "The job: source/stream.", completion: .jobs)
    var job: String

    func run() async throws { try await options.command.perform(on: job) { id, _ in .retry(id) }.end() }
}

struct HoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Keeps new runs of a job from starting until it is released.")

    @OptionGroup var options: ActingOptions

    @Argument(help: "The job: source/stream.", completion: .jobs)
    var job: String

    func run() async throws { try await options.command.perform(on: job) { id, _ in .hold(id) }.end() }
}

struct ReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "release", abstract: "Lets a held job run again.")

    @OptionGroup var options: ActingOptions

    @Argument(help: "The job: source/stream.", completion: .jobs)
    var job: String

    func run() async throws { try await options.command.perform(on: job) { id, _ in .release(id) }.end() }
}

struct RewindCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rewind",
        abstract: "Puts a partition back to an earlier checkpoint: the next run reads on from there.")

    @OptionGroup var options: ActingOptions

    @Argument(help: "The job: source/stream.", completion: .jobs)
    var job: String

    @Argument(help: "The partition, as `pulse checkpoints` names it.")
    var partition: String

    @Option(help: ArgumentHelp("The checkpoint's number.", valueName: "number"))
    var to: Int64

    func run() async throws {
        try await options.command.perform(on: job) { id, _ in
            .rewind(id, PartitionKey(partition), toSequence: to)
        }.end()
    }
}

struct SkipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip", abstract: "Leaves a partition out of the present run of a job.")

    @OptionGroup var options: ActingOptions

    @Argument(help: "The job: source/stream.", completion: .jobs)
    var job: String

    @Argument(help: "The partition, as `pulse checkpoints` names it.")
    var partition: String

    func run() async throws {
        try await options.command.perform(on: job) { id, _ in .skipPartition(id, PartitionKey(partition)) }.end()
    }
}

struct RetransformCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retransform", abstract: "Makes rows of a job's kept raw pages again, without the network.")

    @OptionGroup var options: ActingOptions

    @Argument(help: "The job: source/stream.", completion: .jobs)
    var job: String

    func run() async throws { try await options.command.perform(on: job) { id, _ in .retransform(id) }.end() }
}
