import PulseDomain
import PulseMeasuring
import PulseStore

/// A full load of what is there already: everything is fetched, transformed and compared, and nothing is written.
struct ReloadBenchmark {
    private let options: Usage.Options

    init(_ options: Usage.Options) { self.options = options }

    func run() async throws {
        print(
            """
            reload: \(options.issues) issues loaded in full again with nothing changed, against their first load \
            (quickest of \(options.rounds))
            """)
        let folder = try Folder(in: options.folder)
        let world = World(issues: options.issues, cacheInMegabytes: max(256, options.issues / 40))
        _ = try await world.load(into: try await folder.open("warm.db"))
        var (first, again) = (Measured(), Measured())
        var counts = RecordCounts()
        for _ in 0..<options.rounds {
            try folder.removeAll()
            let store = try await folder.open("load.db")
            _ = try await first.time { try await world.load(into: store) }
            counts = try await again.time { try await world.load(into: store) }
            await store.close()
            guard counts.inserted == 0, counts.updated == 0 else {
                throw BenchError("A reload of unchanged records wrote: \(counts).")
            }
        }
        let records = Double(counts.extracted)
        report("", "wall", "records/s", "of the first's time")
        report("first load", "\(first.seconds.shown(2)) s", (records / first.seconds).shown(0), "100 %")
        report(
            "again, nothing changed", "\(again.seconds.shown(2)) s", (records / again.seconds).shown(0),
            "\((again.seconds / first.seconds * 100).shown(0)) %")
    }
}
