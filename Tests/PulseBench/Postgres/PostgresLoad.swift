import Glibc
import PulseDomain
import PulseMeasuring
import PulsePostgres
import PulseStore

/// One load into a PostgreSQL, or runs that find nothing new, in this process.
struct PostgresLoad {
    /// How the engine reaches the database, as libpq has it.
    var connection = ""
    /// Where the pages are served.
    var address = ""
    var keeping = World.Keeping()
    var isIncremental = false

    static let tenant: TenantID = "bench"

    /// What a load took, as one process tells it to another.
    struct Figures {
        var wall = Double.infinity
        var processor = Double.infinity
        /// MiB.
        var peak = 0.0
        var counts = RecordCounts()

        /// The best of both; the peak is the higher one.
        mutating func note(_ other: Figures) {
            wall = min(wall, other.wall)
            processor = min(processor, other.processor)
            peak = max(peak, other.peak)
            counts = other.counts
        }
    }

    func runHere() async throws {
        let store = try await PostgresStore.open(PostgresSettings(connection: connection), tenant: Self.tenant)
        let world = World(at: address)
        let engine = try await world.engine(on: store, keeping: keeping)
        var wall = Measured()
        var counts = RecordCounts()
        let used = Machine.processorSeconds
        // A run without news is short.
        let runs = isIncremental ? 5 : 1
        for _ in 0..<runs {
            counts = try await wall.time { try await world.load(isIncremental ? .incremental : .full, with: engine) }
        }
        let processor = (Machine.processorSeconds - used) / Double(runs)
        await store.close()
        let peak = try Machine.peakInMegabytes()
        print(
            "loaded \(wall.seconds) \(processor) \(peak) \(counts.extracted) \(counts.inserted) \(counts.updated)",
            counts.unchanged)
    }

    /// The same in a process of its own.
    func run() throws -> Figures {
        var arguments = ["--load-postgres", connection, "--at", address]
        if !keeping.rawPages { arguments.append("--bare") }
        if isIncremental { arguments.append("--incremental") }
        let child = try Child(arguments)
        let words = try child.words(after: "loaded").compactMap(Double.init)
        try child.waitUntilExit()
        guard words.count == 7 else { throw BenchError("A load told \(words).") }
        let counts = RecordCounts(
            extracted: Int(words[3]), inserted: Int(words[4]), updated: Int(words[5]), unchanged: Int(words[6]))
        return Figures(wall: words[0], processor: words[1], peak: words[2], counts: counts)
    }
}
