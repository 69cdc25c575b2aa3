import Foundation
import Glibc
import PulseDomain
import PulseStore
import PulseTestTurns
import Testing

/// Kills a loading process at random moments and lets the next one go on, until everything is loaded: the tables then
/// equal those of a process that was never killed (invariant 1).
///
/// `PULSE_KILLS` sets the number of kills: 20 by default, 200 for the full proof.
@Suite(.long) struct KillTests {
    @Test func `after kills at random moments the tables equal those of an undisturbed run`() async throws {
        let kills = ProcessInfo.processInfo.environment["PULSE_KILLS"].flatMap { Int($0) } ?? 20
        let folder = FileManager.default.temporaryDirectory.appending(path: "pulse-kill-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }

        let calm = folder.appending(path: "calm.db").path
        let began = ContinuousClock.now
        #expect(await (try Subject.run(calm)).end() == .exited(0))
        var whole = began.duration(to: .now)
        let expected = try await Dump.tables(of: calm)
        #expect(expected.values.map(\.count).reduce(0, +) > 2_000)

        var generator = SystemRandomNumberGenerator()
        var killed = 0
        var round = 0
        while killed < kills {
            round += 1
            let path = folder.appending(path: "killed-\(round).db").path
            while true {
                let moment = whole * Double.random(in: 0.02...0.7, using: &generator)
                let start = ContinuousClock.now
                let end = await (try Subject.run(path)).kill(after: moment)
                if end != .killed {
                    #expect(end == .exited(0))
                    // The machine has become faster: later kills come earlier.
                    whole = min(whole, start.duration(to: .now))
                    break
                }
                killed += 1
                if killed % 7 == 0 { break }
            }
            #expect(await (try Subject.run(path)).end() == .exited(0))
            let found = try await Dump.tables(of: path)
            for table in UnifiedSchema.tables {
                #expect(found[table.name] == expected[table.name], "\(table.name) after \(killed) kills")
            }
        }
    }
}

/// A process that loads, to be killed. Its end is waited for on a thread of its own.
private struct Subject {
    enum End: Equatable {
        case exited(Int32)
        case killed
    }

    private let process: pid_t

    static func run(_ path: String) throws -> Subject {
        let program = Bundle.main.bundleURL.appending(path: "PulseKillSubject").path
        var process = pid_t()
        let words: [UnsafeMutablePointer<CChar>?] = [strdup(program), strdup(path)]
        defer { for word in words { free(word) } }
        let code = posix_spawn(&process, program, nil, nil, words + [nil], environ)
        try #require(code == 0, "\(program) cannot be started: \(code)")
        return Subject(process: process)
    }

    /// Kills the process after so long, if it has not ended by then.
    func kill(after duration: Duration) async -> End {
        let process = process
        let timer = DispatchWorkItem { _ = Glibc.kill(process, SIGKILL) }
        DispatchQueue.global().asyncAfter(
            deadline: .now() + .microseconds(Int(duration.inMicroseconds)), execute: timer)
        defer { timer.cancel() }
        return await end()
    }

    func end() async -> End {
        let process = process
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var status: Int32 = 0
                while waitpid(process, &status, 0) < 0 && errno == EINTR {}
                let signal = status & 0x7F
                continuation.resume(returning: signal == 0 ? .exited(status >> 8 & 0xFF) : .killed)
            }
        }
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
