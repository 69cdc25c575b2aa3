import Foundation
import Glibc
import PulseControl
import PulseDomain
import PulseTestTurns
import Testing

/// Stores that cannot be used: each ends with a sentence that names the store, and is left as it was.
@Suite(.long) struct StoreTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Prepares the file and returns its path.
        var make: @Sendable (Home) throws -> String
        var told: String
        var status: Int32 = 1
    }

    static let cases: [Case] = [
        Case(
            testDescription: "a text", make: { try $0.write("Dear diary, nothing happened.\n", to: "diary.txt") },
            told: "diary.txt"),
        Case(testDescription: "a folder", make: { "\($0.path)/src" }, told: "it is a folder"),
        Case(testDescription: "a device", make: { _ in "/dev/null" }, told: "/dev/null"),
        Case(
            testDescription: "a folder that nobody may write to", make: { _ in "/proc/pulse.db" },
            told: "The lock file /proc/pulse.db.lock cannot be written"),
        Case(
            testDescription: "a damaged file",
            make: { home in
                var bytes = [UInt8]("SQLite format 3\0".utf8) + [UInt8](repeating: 0x55, count: 8_176)
                // Pulse's mark, so that it is taken for a store of ours.
                bytes.replaceSubrange(68..<72, with: [0x50, 0x55, 0x4C, 0x53])
                try Data(bytes).write(to: URL(fileURLWithPath: "\(home.path)/damaged.db"))
                return "\(home.path)/damaged.db"
            }, told: "damaged.db"),
        Case(
            testDescription: "a path that is too long", make: { "\($0.path)/" + String(repeating: "x", count: 5_000) },
            told: "pulse: "),
    ]

    @Test(arguments: cases) func `a store that cannot be used is named with the reason`(_ example: Case) async throws {
        let home = try Home()
        let config = try home.configuration()
        let path = try example.make(home)
        let before = FileManager.default.contents(atPath: path)
        for command in [["hold", "tags"], ["run", "--once"]] {
            let result = try await home.pulse(command + ["--config", config, "--store", path])
            #expect(result.end == .exited(example.status), "\(result.error)")
            #expect(result.error.contains(example.told), "\(result.error)")
            #expect(
                result.error.hasPrefix("pulse: ") && result.error.split(separator: "\n").count == 1, "\(result.error)")
        }
        #expect(FileManager.default.contents(atPath: path) == before)
    }

    @Test func `a store that another process holds without answering ends with 4`() async throws {
        let home = try Home()
        let config = try home.configuration()
        let holder = try StoreHolder.acquire(
            databasePath: home.store, socketPath: "\(home.path)/none.sock", version: "9.9", at: .epoch)
        let result = try await home.pulse(["status", "--config", config, "--store", home.store])
        // The store is not there: looking at it needs no lock.
        #expect(result.end == .exited(1) && result.error.contains("There is no store at"), "\(result.error)")
        let hold = try await home.pulse(["hold", "tags", "--config", config])
        #expect(hold.end == .exited(4))
        #expect(hold.error.contains("is held by Pulse 9.9, process \(getpid())"), "\(hold.error)")
        withExtendedLifetime(holder) {}
    }

    @Test(arguments: [0, 20, 200, 600]) func `a full disk is told, and what is committed stays`(_ blocks: Int)
        async throws
    {
        let home = try Home()
        try await home.repository(
            "shop", messages: (0..<60).map { "PAY-\($0) \(String(repeating: "more ", count: 200))" })
        let config = try home.configuration()
        let child = try home.start(after: "ulimit -f \(blocks)", ["run", "--once", "--config", config])
        let result = await Home.result(of: child)
        #expect(result.end == .exited(1) || result.end == .exited(5) || blocks == 600, "\(result.end) \(result.error)")
        // With room again everything is there.
        let again = try await home.pulse(["run", "--once", "--config", config])
        #expect(again.end == .exited(0), "\(again.error)")
    }
}
