import Foundation
import PulseDomain
import PulseMeasuring
import PulseStore

/// Peak memory of a load, and of one of many times as much. Each is measured in a process of its own, because a process
/// does not give back what it has once had.
struct MemoryBenchmark {
    private let options: Usage.Options

    init(_ options: Usage.Options) { self.options = options }

    func run() throws {
        let larger = options.issues * options.factor
        print("memory: peak of a load of \(options.issues) issues, and of \(larger)")
        let small = try peak(options.issues)
        report("\(options.issues) issues", "\(small.shown()) MiB")
        let large = try peak(larger)
        report("\(larger) issues", "\(large.shown()) MiB", "\(((large / small - 1) * 100).shown()) % more")
    }

    /// Loads here, and prints the peak of this process.
    func measureHere(issues: Int) async throws {
        let folder = try Folder(in: options.folder)
        // Nothing kept by the simulation: it would be its memory that is measured.
        let world = World(issues: issues, cacheInMegabytes: 0)
        let store = try await folder.open("load.db")
        var wall = Measured()
        let counts = try await wall.time { try await world.load(into: store) }
        await store.close()
        let peak = try Machine.peakInMegabytes()
        print(
            """
            peak \(peak.shown()) MiB, \(counts.extracted) records in \(wall.seconds.shown()) s, database \
            \(folder.sizeInMegabytes("load.db").shown(0)) MiB
            """)
    }

    private func peak(_ issues: Int) throws -> Double {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--memory", "\(issues)", "--folder", options.folder]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let words = said.split(whereSeparator: \.isWhitespace)
        guard process.terminationStatus == 0, words.first == "peak", words.count > 1, let peak = Double(words[1]) else {
            throw BenchError("The load of \(issues) issues failed: \(said)")
        }
        return peak
    }
}
