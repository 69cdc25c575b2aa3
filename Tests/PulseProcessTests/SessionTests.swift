import Foundation
import Glibc
import PulseControl
import PulseDomain
import PulseTestTurns
import Testing

/// Processes that work: alone, beside others, and told to end.
@Suite(.long) struct SessionTests {
    private static let isRunning = "The engine runs on"

    private func json(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    @Test func `exploring twice tells the same and loads nothing again`() async throws {
        let home = try Home()
        try await home.repository("shop", messages: ["PAY-1 begin", "PAY-2 go on"])
        for _ in 0..<2 {
            let result = try await home.pulse(["--json", "explore", "\(home.path)/src", "--once"])
            #expect(result.end == .exited(0), "\(result.error)")
            let summary = try json(result.out)
            #expect(summary["commits"] as? Int == 2 && summary["repositories"] as? Int == 1)
        }
    }

    /// Twenty seconds of computing in a debug build, so only on demand: `PULSE_DEMO=1`.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["PULSE_DEMO"] != nil))
    func `the demo ends by itself, and nothing of it is left`() async throws {
        let home = try Home()
        let result = try await home.pulse(["--json", "--once", "demo"])
        // 5: some of its records cannot be loaded.
        #expect(result.end == .exited(0) || result.end == .exited(5), "\(result.error)")
        let told = try json(result.out)
        #expect((told["jobs"] as? [Any])?.count == 11)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(home.path)/tmp") == [])
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func `a demo that is told to end leaves nothing either`(
        _ signal: Int32
    ) async throws {
        let home = try Home()
        // At its own speed it takes longer than any test waits.
        let endless = ["demo", "--once", "--speed", "1"]
        let killed = try home.start(endless)
        #expect(await killed.error.contains("records"))
        killed.send(SIGKILL)
        #expect(await killed.end() == .killed(SIGKILL))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(home.path)/tmp").count == 1)
        let child = try home.start(endless)
        #expect(await child.error.contains("records"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(home.path)/tmp").count == 1)
        child.send(signal)
        #expect(await child.end() == .exited(128 + signal))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(home.path)/tmp") == [])
    }

    @Test func `a second process looks at the first one's engine and drives it`() async throws {
        let home = try Home()
        try await home.repository("shop", messages: ["PAY-1 begin"])
        let config = try home.configuration("    schedule: \"0 0 1 1 *\"")
        let engine = try home.start(["run", "--config", config])
        #expect(await engine.error.contains(Self.isRunning))

        let status = try await home.pulse(["--json", "status", "--config", config])
        #expect(status.end == .exited(0), "\(status.error)")
        #expect((try json(status.out)["engine"] as? [String: Any])?["is_running"] as? Bool == true)
        // The store alone is enough to find it.
        let jobs = try await home.pulse(["--store", home.store, "jobs"])
        #expect(jobs.end == .exited(0) && jobs.out.contains("local/commits"), "\(jobs.error)")
        let none = try await home.pulse(["tombstones", "--config", config])
        #expect(none.end == .exited(0) && none.out == "No census has found anything gone.\n", "\(none.error)")

        let hold = try await home.pulse(["hold", "commits", "--reason", "a look", "--json", "--config", config])
        #expect(hold.end == .exited(0))
        #expect(try json(hold.out)["outcome"] as? String == "accepted")
        let start = try await home.pulse(["start", "local/tags", "--dry-run", "--config", config])
        #expect(start.end == .exited(0) && !start.out.isEmpty)
        let pause = try await home.pulse(["pause", "local/tags", "--config", config])
        #expect(pause.end == .exited(3), "\(pause.out)")
        #expect(pause.error.hasPrefix("pulse: "))
        let resume = try await home.pulse(["resume", "nothing/there", "--config", config])
        #expect(resume.end == .exited(2))
        let discard = try await home.pulse(["quarantine", "discard", "1", "--config", config])
        #expect(discard.end == .exited(2) && discard.error.hasPrefix("pulse: There is no quarantined record 1."))
        let audit = try await home.pulse(["audit", "--config", config])
        #expect(audit.out.contains("a look"))
        let second = try await home.pulse(["run", "--config", config])
        #expect(second.end == .exited(4))
        #expect(second.error.contains("process \(engine.pid)"))

        engine.send(SIGTERM)
        #expect(await engine.end() == .exited(143))
        let after = try await home.pulse(["--json", "status", "--config", config])
        #expect((try json(after.out)["engine"] as? [String: Any])?["is_running"] as? Bool == false)
    }

    @Test func `status and alerts end with 5 while there is a problem, and with 0 when somebody has seen it`()
        async throws
    {
        let home = try Home()
        try await home.repository("shop", messages: ["PAY-1 begin"])
        let config = try home.configuration()
        #expect(try await home.pulse(["run", "--once", "--config", config]).end == .exited(0))
        for command in ["status", "alerts"] {
            #expect(try await home.pulse([command, "--config", config]).end == .exited(0))
        }
        try FileManager.default.removeItem(atPath: "\(home.path)/src/shop/.git")
        try FileManager.default.removeItem(atPath: "\(home.path)/src")
        #expect(try await home.pulse(["run", "--once", "--config", config]).end == .exited(5))
        for command in ["status", "alerts"] {
            let told = try await home.pulse([command, "--config", config])
            #expect(told.end == .exited(5), "\(told.out) \(told.error)")
        }
        let status = try json(try await home.pulse(["status", "--json", "--config", config]).out)
        let alerts = try #require(status["alerts"] as? [[String: Any]])
        #expect((status["problems"] as? Int ?? 0) > 0)
        let id = try #require(alerts.first?["id"] as? String)
        #expect(try await home.pulse(["acknowledge", id, "--config", config]).end == .exited(0))
        #expect(try await home.pulse(["alerts", "--config", config]).out.contains("acknowledged by "))
        #expect(try await home.pulse(["acknowledge", "--all", "--config", config]).end == .exited(0))
        let none = try await home.pulse(["acknowledge", "--all", "--config", config])
        #expect(none.out == "There is no alert that nobody has acknowledged.\n")
        for command in ["status", "alerts"] {
            let told = try await home.pulse([command, "--config", config])
            #expect(told.end == .exited(0), "\(told.out) \(told.error)")
        }
    }

    @Test(arguments: [["jobs", "--watch"], ["logs", "--follow"]]) func `who follows ends with the engine`(
        _ arguments: [String]
    ) async throws {
        let home = try Home()
        try await home.repository("shop", messages: ["PAY-1 begin"])
        let config = try home.configuration()
        let engine = try home.start(["run", "--config", config])
        #expect(await engine.error.contains(Self.isRunning))
        let follower = try home.start(arguments + ["--config", config])
        #expect(await follower.out.contains("local/"))
        // Nobody reads this one: it ends without anything having to happen.
        let unread = try home.start(arguments + ["--config", config], output: .closedPipe)
        #expect(await unread.end() == .exited(141))
        engine.send(SIGINT)
        #expect(await engine.end() == .exited(130))
        let end = await Home.result(of: follower)
        #expect(end.end == .exited(0))
        #expect(end.error.hasSuffix("pulse: The engine has ended.\n"))
    }

    @Test(arguments: [SIGINT, SIGTERM]) func `an engine that is told to end leaves a store that is whole`(
        _ signal: Int32
    ) async throws {
        let home = try Home()
        try await home.repository("shop", messages: (0..<200).map { "PAY-\($0) more" })
        let config = try home.configuration()
        let child = try home.start(["run", "--once", "--config", config])
        #expect(await child.error.contains("local/"))
        child.send(signal)
        let end = await child.end()
        // It may have been done just before.
        #expect(end == .exited(128 + signal) || end == .exited(0))
        let doctor = try await home.pulse(["doctor", "--offline", "--config", config])
        #expect(doctor.out.contains("\(home.store) is whole"), "\(doctor.out)")
        let next = try await home.pulse(["run", "--once", "--config", config, "--json"])
        #expect(next.end == .exited(0), "\(next.error)")
    }

    @Test func `without a terminal the console is what it would show, printed`() async throws {
        let home = try Home()
        let config = try home.configuration()
        for arguments in [["--config", config], ["console", "--config", config], ["--plain", "--config", config]] {
            let result = try await home.pulse(arguments)
            #expect(result.end == .exited(0))
            #expect(result.out.contains("local/commits") && !result.out.contains("\u{1B}"))
        }
    }
}
