import Foundation
import PulseTestTurns
import Testing

/// What happens when what is printed cannot go where it should.
@Suite(.long) struct OutputTests {
    static let printing: [[String]] = [
        ["--help"], ["--version"], ["exit-codes"], ["completions", "bash"], ["config", "example"], ["config", "path"],
        ["config", "check"], ["status"], ["jobs"], ["limits"], ["alerts"], ["logs"], ["audit"], ["runs", "tags"],
        ["checkpoints", "tags"], ["quarantine"], ["tombstones"], ["start", "tags", "--dry-run"], ["hold", "tags"],
        ["--json"], ["status", "--json"], ["jobs", "--json"], ["logs", "--json"], ["doctor", "--offline"],
        ["sources", "check"], ["run", "--once"], ["explore", "src", "--once", "--json"],
    ]

    /// What became of each command with this output, in a home where jobs have run.
    private func results(_ commands: [[String]], _ output: Child.Sink) async throws -> [([String], Home.Result)] {
        let home = try Home()
        try await home.repository("shop", messages: ["PAY-1 begin"])
        let more = ["PULSE_CONFIG": try home.configuration()]
        _ = try await home.pulse(["run", "--once"], more: more)
        var results: [([String], Home.Result)] = []
        for command in commands {
            let words = command.map { $0 == "src" ? "\(home.path)/src" : $0 }
            results.append((command, try await home.pulse(words, output: output, more: more)))
        }
        return results
    }

    @Test func `a full disk ends every command with one sentence and 1`() async throws {
        for (command, result) in try await results(Self.printing, .file("/dev/full")) {
            #expect(result.end == .exited(1), "\(command)")
            let lines = result.error.split(separator: "\n").filter { $0.hasPrefix("pulse: ") }
            let sentence = "pulse: What was to be printed cannot be written: No space left on device. "
            #expect(lines == ["\(sentence)Make room there, or let it go elsewhere."], "\(command): \(result.error)")
        }
    }

    @Test func `a reader that went away ends it in silence`() async throws {
        for (command, result) in try await results(
            Self.printing.filter { $0.count < 3 && $0.contains("--json") }, .closedPipe)
        {
            #expect(result.end == .exited(141), "\(command)")
            #expect(!result.error.contains("pulse: "), "\(command): \(result.error)")
        }
    }

    @Test func `without standard output there is a sentence`() async throws {
        let result = try await Home().pulse(["exit-codes"], output: .none)
        #expect(result.end == .exited(1))
        #expect(result.error.hasPrefix("pulse: What was to be printed cannot be written: Bad file descriptor."))
    }

    @Test func `a limit of the file's size is a sentence, not a crash`() async throws {
        let home = try Home()
        let child = try home.start(after: "exec >'\(home.path)/out'; ulimit -f 0", ["exit-codes"])
        let result = await Home.result(of: child)
        #expect(result.end == .exited(1))
        #expect(result.error.contains("ulimit -f"))
    }
}
