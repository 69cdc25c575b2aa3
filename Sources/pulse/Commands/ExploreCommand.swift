import ArgumentParser
import PulseCommands

struct ExploreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explore", abstract: "Loads the git repositories below folders: no account, no configuration.",
        discussion: """
            Repositories, commits of all branches, tags, people and mentions of work items go into a store of their own \
            in the data folder, one for each set of folders. Exploring them again only loads what is new.
            """)

    @Argument(help: "Folders that hold clones, or are one.", completion: .directory)
    var paths: [String]

    @Flag(help: "Load, print a summary and end, instead of showing the console.")
    var once = false

    @Flag(help: "With --once: print the summary as JSON.")
    var json = false

    @Option(help: ArgumentHelp("A file to keep the tables in.", valueName: "store"))
    var store: String?

    @OptionGroup var printing: PrintingOptions
    @OptionGroup var console: ConsoleOptions

    func validate() throws {
        guard once || !json else { throw ValidationError("--json belongs to --once.") }
    }

    func run() async throws {
        let session = ExploreSession(
            .init(paths: paths, isOnce: once, isJSON: json, store: store), context: printing.context)
        try await session.run(console: console.wishes).end()
    }
}
