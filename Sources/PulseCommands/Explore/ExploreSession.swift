import Foundation
import PulseAssembly
import PulseConfiguration
import PulseControl
import PulseDomain
import PulseEngine
import PulseStore

/// `pulse explore`: one's own git repositories, without an account and without a configuration.
package struct ExploreSession: Sendable {
    package struct Wishes: Sendable, Hashable {
        package var paths: [String]
        /// Whether to load, print a summary and end, instead of showing the console.
        package var isOnce: Bool
        package var isJSON: Bool
        /// `nil`: one for these paths, in the data folder.
        package var store: String?

        package init(paths: [String], isOnce: Bool = false, isJSON: Bool = false, store: String? = nil) {
            self.paths = paths
            self.isOnce = isOnce
            self.isJSON = isJSON
            self.store = store
        }
    }

    private var wishes: Wishes
    private let context: CommandContext

    package init(_ wishes: Wishes, context: CommandContext) {
        self.wishes = wishes
        self.context = context
        // Without a terminal there is no console.
        if !context.output.isTerminal { self.wishes.isOnce = true }
    }

    package func run(console: ConsoleSession.Wishes) async throws -> ExitStatus {
        let signals = EndSignals()
        let settings = try settings()
        let finder = EngineFinder(context)
        try EngineFinder.makeFolder(of: settings.store)
        switch try await finder.find(settings.store) {
        case .held(let client, let holder):
            guard !wishes.isOnce else {
                throw CommandError(
                    .unreachable, "Process \(holder.pid) explores these paths already.",
                    remedy: "Use `pulse explore` without --once to join it.")
            }
            return try await ConsoleSession.join(client, of: holder, console, context: context)
        case .free(let claim):
            let open: @Sendable () async throws -> EngineSession = {
                let session = try await finder.session(settings, claim, isOnce: wishes.isOnce)
                try await OnceRuns.start(full: false, on: session.embedded.engine, by: context.principal)
                return session
            }
            guard wishes.isOnce else {
                return try await ConsoleSession(console, isEmbedded: true, context: context)
                    .run(opening: "Opening the store…", open)
            }
            let session = try await open()
            let store = session.embedded.store
            return try await UnattendedRun(context, signals).run(session) { try await report($0, store) }
        }
    }

    private func report(_ engine: Engine, _ store: any Store) async throws -> ExitStatus {
        let summary = try await ExploreSummary.read(from: store)
        let jobs = try await engine.overview().jobs
        if summary.repositories == 0, Self.isNothingThere(jobs) { throw nothingFound }
        try await tellWarnings(of: engine)
        try context.output.print(
            wishes.isJSON ? try JSONText.document(JSONObject(summary)) : summary.text(context.output))
        tell(jobs)
        guard summary.repositories > 0 else { throw nothingFound }
        return OnceRuns.status(of: jobs)
    }

    /// Whether the folders were looked through and hold no repository: nothing else went wrong.
    private static func isNothingThere(_ jobs: [JobStatus]) -> Bool {
        jobs.allSatisfy { job in
            guard case .failed(let failure)? = job.run?.state else { return true }
            return failure.code == "git.path.not_a_repository"
        }
    }

    /// What the source left out and why, each once.
    private func tellWarnings(of engine: Engine) async throws {
        var told: Set<String> = []
        for line in try await engine.logs(job: nil, after: nil, limit: 1_000) {
            for fact in line.facts where fact.name == "warning" && told.insert(fact.value).inserted {
                context.output.note("pulse: \(fact.value)")
            }
        }
    }

    /// What went wrong, for the person.
    private func tell(_ jobs: [JobStatus]) {
        for job in jobs {
            if case .failed(let failure)? = job.run?.state {
                context.output.note("pulse: \(job.id): \(failure.sentence) \(failure.remedy)")
            }
        }
    }

    private var nothingFound: CommandError {
        CommandError(
            .failed, "No git repository was found below \(wishes.paths.joined(separator: ", ")).",
            remedy: "Expected is a clone, or a folder that holds some, such as `pulse explore ~/src`.")
    }

    private func settings() throws -> Settings {
        let paths = try wishes.paths.map { typed -> String in
            let path = URL(fileURLWithPath: HomePath.expanding(typed)).standardizedFileURL.path
            var isFolder = ObjCBool(false)
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
                throw CommandError(
                    .usage, "There is no folder \(path).", remedy: "Name a folder that holds git repositories.")
            }
            return path
        }
        let configuration = Configuration(
            tenant: "explore",
            sources: [
                SourceConfiguration(name: "git", kind: .git, paths: paths, concurrency: 4)
            ])
        let own = StoreReference.sqlite(path: "\(context.folders.data)/explore/\(Self.name(of: paths)).db")
        return Settings(
            configuration: configuration, file: nil,
            store: try SettingsFinder(context).store(SettingsWishes(store: wishes.store), own))
    }

    /// The same for the same folders, so that exploring them again only loads what is new, and different ones never mix.
    static func name(of paths: [String]) -> String {
        let text = Set(paths).sorted().joined(separator: "\n")
        // FNV-1a, 64 bits: tells paths apart; no adversary, the folder is the user's own.
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        let last = paths.count == 1 ? paths[0].split(separator: "/").last.map(String.init) ?? "root" : "several"
        return "\(last.filter { $0.isLetter || $0.isNumber || "-_.".contains($0) })-\(String(hash, radix: 16))"
    }
}
