import Foundation
import PulseDomain
import PulseStore
import Testing

/// Kills a loading process at random moments and lets the next one go on, until everything is loaded: the tables then
/// equal those of a process that was never killed (invariant 1).
///
/// `PULSE_KILLS` sets the number of kills: 20 by default, 200 for the full proof.
@Suite struct KillTests {
    @Test func `after kills at random moments the tables equal those of an undisturbed run`() async throws {
        let kills = ProcessInfo.processInfo.environment["PULSE_KILLS"].flatMap { Int($0) } ?? 20
        let folder = FileManager.default.temporaryDirectory.appending(path: "pulse-kill-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }

        let calm = folder.appending(path: "calm.db").path
        let began = ContinuousClock.now
        try #expect(Subject.run(calm).wait() == .exited(0))
        let whole = began.duration(to: .now)
        let expected = try await Dump.tables(of: calm)
        #expect(expected.values.map(\.count).reduce(0, +) > 2_000)

        var generator = SystemRandomNumberGenerator()
        var killed = 0
        var round = 0
        while killed < kills {
            round += 1
            let path = folder.appending(path: "killed-\(round).db").path
            while true {
                let subject = try Subject.run(path)
                let moment = whole * Double.random(in: 0.02...0.7, using: &generator)
                let end = subject.wait(atMost: moment)
                if let end {
                    #expect(end == .exited(0))
                    break
                }
                subject.kill()
                killed += 1
                #expect(subject.wait() == .killed)
                if killed % 7 == 0 { break }
            }
            try #expect(Subject.run(path).wait() == .exited(0))
            let found = try await Dump.tables(of: path)
            for table in UnifiedSchema.tables {
                #expect(found[table.name] == expected[table.name], "\(table.name) after \(killed) kills")
            }
        }
    }
}

/// A process that loads, to be killed.
private struct Subject {
    enum End: Equatable {
        case exited(Int32)
        case killed
    }

    private let process: Process
    private let ended = DispatchSemaphore(value: 0)

    static func run(_ path: String) throws -> Subject {
        let subject = Subject(process: Process())
        subject.process.executableURL = Bundle.main.bundleURL.appending(path: "PulseKillSubject")
        subject.process.arguments = [path]
        subject.process.standardInput = FileHandle.nullDevice
        let ended = subject.ended
        subject.process.terminationHandler = { _ in ended.signal() }
        try subject.process.run()
        return subject
    }

    func kill() { Glibc.kill(process.processIdentifier, SIGKILL) }

    /// Waits for the end, at most so long; `nil` when it goes on.
    func wait(atMost duration: Duration) -> End? {
        let limit = DispatchTime.now() + .microseconds(Int(duration.inMicroseconds))
        return ended.wait(timeout: limit) == .success ? end : nil
    }

    func wait() -> End {
        ended.wait()
        return end
    }

    private var end: End {
        process.terminationReason == .uncaughtSignal ? .killed : .exited(process.terminationStatus)
    }
}

/// The unified tables as text, without what tells when and by which page a row was written.
private enum Dump {
    static func tables(of path: String) async throws -> [TableName: [String]] {
        let store = try await SQLiteStore.open(.file(path), tenant: "demo")
        var tables: [TableName: [String]] = [:]
        for table in UnifiedSchema.tables {
            var (lines, after): ([String], RowID?) = ([], nil)
            let left = Set(["page_id", "loaded_at", "run_id"])
            let kept = (table.columns + Table.provenance).enumerated().filter { !left.contains($0.element.name) }.map(
                \.offset)
            while true {
                let rows = try await store.rows(of: table.name, includingDeleted: true, after: after, limit: 5_000)
                lines += rows.map { row in kept.map { "\(row[$0])" }.joined(separator: "|") }
                guard rows.count == 5_000, let last = rows.last, case .text(let id) = last[0],
                    case .text(let source) = last[table.columns.count + 1]
                else { break }
                after = RowID(source: SourceID(source), id: id)
            }
            tables[table.name] = lines
        }
        #expect(try await store.check() == [])
        await store.close()
        return tables
    }
}
