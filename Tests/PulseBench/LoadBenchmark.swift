import PulseDomain
import PulseMeasuring
import PulseStore

/// The whole engine, from simulated source to SQLite file, against prepared inserts of the rows that it loads.
struct LoadBenchmark {
    private let options: Usage.Options

    init(_ options: Usage.Options) { self.options = options }

    func run() async throws {
        print(
            """
            load: \(options.issues) issues of Jira into a SQLite file, in turns with prepared inserts of the same rows in \
            the same transactions (quickest of \(options.rounds))
            """)
        let folder = try Folder(in: options.folder)
        let world = World(issues: options.issues, cacheInMegabytes: max(256, options.issues / 40))
        // Fills the simulation's cache, and gives the rows.
        var warming = Load()
        let counts = try await Self.load(world, "first.db", in: folder, World.Keeping(), &warming)
        let rows = try RawRows(readingFrom: folder.path("first.db"))
        var inserts = Load()
        let subjects = [
            ("engine, raw pages and versions kept", World.Keeping()),
            ("engine, without raw pages", World.Keeping(rawPages: false)),
            ("engine, without both", World.Keeping(rawPages: false, rowVersions: false)),
        ]
        var loads = subjects.map { _ in Load() }
        for _ in 0..<options.rounds {
            try folder.removeAll()
            let store = try await folder.open("raw.db")
            await store.close()
            let used = Machine.processorSeconds
            try inserts.wall.time { try rows.insert(into: folder.path("raw.db")) }
            inserts.processorSeconds = min(inserts.processorSeconds, Machine.processorSeconds - used)
            for index in subjects.indices {
                try folder.removeAll()
                _ = try await Self.load(world, "load.db", in: folder, subjects[index].1, &loads[index])
            }
        }
        print(
            """
              \(counts.extracted) records (histories, comments and worklogs of long issues are records by themselves), \
            \(rows.count) rows, \(rows.transactions) transactions
            """)
        let records = Double(counts.extracted)
        report("", "wall", "records/s", "of inserts", "processor", "of inserts")
        report(
            "prepared inserts", "\(inserts.wall.seconds.shown(2)) s", (records / inserts.wall.seconds).shown(0),
            "100 %",
            "\(inserts.processorSeconds.shown(2)) s", "100 %")
        for (subject, load) in zip(subjects, loads) {
            report(
                subject.0, "\(load.wall.seconds.shown(2)) s", (records / load.wall.seconds).shown(0),
                "\((inserts.wall.seconds / load.wall.seconds * 100).shown(0)) %",
                "\(load.processorSeconds.shown(2)) s",
                "\((inserts.processorSeconds / load.processorSeconds * 100).shown(0)) %")
        }
        print(
            """
              Shares are of the inserts' rate. Processor time is of all threads, \(loads[0].answering.shown(2)) s of each load \
            being the simulated source's own work.
            """)
    }

    struct Load {
        var wall = Measured()
        /// Of the round that needed least.
        var processorSeconds = Double.infinity
        var answering = Double.infinity
    }

    private static func load(
        _ world: World, _ name: String, in folder: Folder, _ keeping: World.Keeping, _ load: inout Load
    ) async throws -> RecordCounts {
        let store = try await folder.open(name)
        let used = Machine.processorSeconds
        let answered = world.answeringSeconds
        let counts = try await load.wall.time { try await world.load(into: store, keeping: keeping) }
        load.processorSeconds = min(load.processorSeconds, Machine.processorSeconds - used)
        load.answering = min(load.answering, world.answeringSeconds - answered)
        await store.close()
        return counts
    }
}
