import Foundation
import PulseTestTurns
import Testing

/// The built program, as a shell sees it.
@Suite(.long) struct CommandLineTests {
    @Test func `it tells its version and its commands`() async throws {
        let home = try Home()
        let version = try await home.pulse(["--version"])
        #expect(version.end == .exited(0))
        #expect(version.out.split(separator: ".").count == 3 && version.error.isEmpty)
        let help = try await home.pulse(["--help"])
        #expect(help.end == .exited(0))
        for word in ["demo", "explore", "jobs", "Exit codes:"] { #expect(help.out.contains(word)) }
        let one = try await home.pulse(["--json", "jobs", "--help"])
        #expect(one.end == .exited(0) && one.out.contains("--watch"))
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var told: String
        var testDescription: String { arguments.joined(separator: " ").prefix(40).description }
    }

    @Test
    func `the help of commands about a store offers no gateway, and one that is named is refused with the reason`()
        async throws
    {
        let home = try Home()
        for command in [["store", "status"], ["store", "tenants", "list"], ["store", "init"]] {
            let help = try await home.pulse(command + ["--help"])
            #expect(help.end == .exited(0) && !help.out.contains("--gateway") && help.out.contains("--store"))
        }
        #expect(try await home.pulse(["status", "--help"]).out.contains("--gateway"))
        let refused = try await home.pulse(["store", "status", "--gateway", "https://pulse.example.com"])
        #expect(refused.end == .exited(2) && refused.error.contains("is about this machine"), "\(refused.error)")
    }

    @Test(arguments: [
        Mistake(
            arguments: ["--json", "statsu"],
            told: "pulse: There is no command `pulse statsu`. Did you mean `pulse status`? `pulse help` lists"),
        Mistake(arguments: ["jobs", "--jsn"], told: "pulse: Unknown option '--jsn'. Did you mean '--json'?"),
        Mistake(arguments: ["logs", "-n", "none"], told: "pulse: The value 'none' is invalid for '-n <count>'"),
        Mistake(arguments: [String(repeating: "é", count: 60_000)], told: "pulse: There is no command `pulse éé"),
        Mistake(arguments: ["runs", "a/b"], told: "pulse: No configuration was found at "),
        Mistake(
            arguments: ["explore", "/none"], told: "pulse: There is no folder /none. Name a folder that holds git"),
        Mistake(
            arguments: ["--store", "mongo://x", "status"], told: "pulse: The store \"mongo:…\" is of no known kind."),
    ])
    func `a mistake ends with 2 and what was meant`(_ mistake: Mistake) async throws {
        let result = try await Home().pulse(mistake.arguments)
        #expect(result.end == .exited(2))
        #expect(result.error.hasPrefix(mistake.told), "\(result.error.prefix(300))")
        #expect(result.error.count < 1_000 && result.out.isEmpty)
    }

    @Test func `arguments that are no text are told, and nothing crashes`() async throws {
        let home = try Home()
        for bytes: [UInt8] in [[0xFF, 0xFE], Array("runs\u{1B}]0;x\u{7}".utf8), [0x0A], Array("-".utf8)] {
            let result = await Home.result(
                of: try Child(Home.pulse, [bytes], environment: home.environment))
            #expect(result.end == .exited(2))
            #expect(!result.error.contains("\u{1B}"))
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func `completions are what the shell understands`(
        _ shell: String
    ) async throws {
        let home = try Home()
        let script = try await home.pulse(["completions", shell])
        #expect(script.end == .exited(0) && script.out.contains("checkpoints"))
        let path = try home.write(script.out, to: "completions")
        let check = try Child(
            "/bin/sh",
            ["-c", "command -v \(shell) >/dev/null || exit 0; \(shell) -n \"$0\"", path].map { Array($0.utf8) },
            environment: home.environment)
        let result = await Home.result(of: check)
        #expect(result.end == .exited(0), "\(result.error)")
    }

    @Test func `names of jobs are completed as the scripts for shells ask for them`() async throws {
        let home = try Home()
        let config = try home.configuration()
        // As the script for bash asks: which argument, which word, where in it, and all words.
        let asked = ["---completion", "start", "--", "positional@0", "2", "0", "pulse", "start", ""]
        let result = try await home.pulse(asked, more: ["SAP_SHELL": "bash", "PULSE_CONFIG": config])
        #expect(result.end == .exited(0) && result.error.isEmpty, "\(result.error)")
        #expect(result.out == "local/repositories\nlocal/commits\nlocal/tags\n")
    }

    @Test func `the exit codes of the manual are those of the program`() async throws {
        let result = try await Home().pulse(["exit-codes"])
        let told = result.out.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let manual = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let table = try #require(manual.range(of: "| exit code |")).upperBound
        let written = manual[table...].split(separator: "\n\n")[0].split(separator: "\n").dropFirst(2)
            .flatMap { $0.split(separator: "|")[0].split(separator: ",") }
            .map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(told == written)
    }

    @Test func `a wrong configuration is told with its place, the nearest name, and nothing is made`() async throws {
        let home = try Home()
        let path = try home.write(
            """
            sources:
              - name: web
                kind: githb
                tokn: { env: X }
              - name: local
                kind: git
                paths: [src]
                schedule: "61 * * * *"
            """, to: "bad.yaml")
        let result = try await home.pulse(["--config", path, "status"])
        #expect(result.end == .exited(2))
        #expect(result.error.contains("bad.yaml:3:11: kind of source web is \"githb\". Did you mean github?"))
        #expect(result.error.contains("bad.yaml:4:5: source web has no setting tokn. Did you mean token?"))
        #expect(result.error.contains("bad.yaml:8:15: "))
        #expect(result.error.split(separator: "\n").allSatisfy { $0.hasPrefix(path) })
        #expect(!FileManager.default.fileExists(atPath: home.store))
        let json = try await home.pulse(["--config", path, "--json", "config", "check"])
        #expect(json.end == .exited(2))
        #expect(json.out.contains("\"line\" : 3"))
    }
}
