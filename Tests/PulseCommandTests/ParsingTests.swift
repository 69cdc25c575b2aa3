import ArgumentParser
import PulseAPI
import PulseArguments
import PulseCommands
import PulseDomain
import PulseTestTurns
import Testing

@testable import PulseConsole
@testable import pulse

@Suite(.long) struct ParsingTests {
    @Test func `what stopping does is told alike wherever it is told`() throws {
        let what = "now: the request under way is given up"
        let key = try #require(KeyBinding.all.first { $0.action == .stop })
        #expect(key.title == "Stop \(what)")
        #expect(StopCommand.configuration.abstract.contains(what))
        #expect(RouteTable.route(.stop).summary.contains(what))
    }

    @Test(arguments: [
        "", "console --plain", "--store a.db --read-only", "demo --store a.db", "--read-only --theme pulse-light",
        "demo --seed 3 --speed 2.5 --calm", "explore /src --once --json",
        "run --once --full issues", "run", "status --json", "jobs --watch --plain", "runs a/b", "limits", "alerts",
        "checkpoints a/b main -n 3", "logs a/b -f -n 10", "audit", "start a/b --census",
        "start a/b --from 2026-01-01 --to 2026-02-01", "pause a/b --for 1h --reason deploy", "pause a/b --until-reset",
        "resume a/b", "stop a/b --dry-run", "retry a/b", "hold a/b", "release a/b", "rewind a/b main --to 4 --yes",
        "skip a/b main", "retransform a/b", "quarantine", "quarantine list --all", "quarantine show 3",
        "quarantine replay 1 2", "quarantine discard 1 --yes", "tombstones", "tombstones list --job a/b",
        "tombstones show 3 -n 5", "tombstones confirm 3",
        "tombstones undo 3", "acknowledge x", "acknowledge --all --reason seen",
        "config check --config a.yaml", "config example", "config path",
        "sources check jira", "doctor --offline", "completions zsh", "exit-codes",
        "jobs --gateway https://a.example.com",
        "--context team --read-only", "login https://a.example.com --context team --user ada --ca-file a.pem",
        "login --token-file -", "login a.example.com --token-command pass", "logout --context team", "context",
        "context list --json", "context use local", "context add team https://a.example.com --tenant acme --read-only",
        "context remove team", "context show team --json", "whoami", "whoami --json --context team", "token",
        "token list --json", "token create ci", "token create ci --scope operate --expires 30d --json",
        "token revoke k3v9 --gateway https://a.example.com",
    ])
    func `a command line is understood`(_ line: String) throws {
        _ = try Pulse.parseAsRoot(line.split(separator: " ").map(String.init))
    }

    @Test(arguments: [
        Command.start("a/b", .incremental), .start("a/b", .full), .start("a/b", .census),
        .start("a/b", .range(from: .epoch, to: Instant(seconds: 86_400))), .pause("a/b", until: nil),
        .pause("a/b", until: Instant(seconds: 86_400)), .pauseUntilQuotaResets("a/b"), .resume("a/b"), .stop("a/b"),
        .retry("a/b"), .rewind("a/b", "main", toSequence: 4), .skipPartition("a/b", "main"), .hold("a/b"),
        .release("a/b"), .replay([1, 2]), .discard([1]), .undoTombstones(3), .confirmTombstones(3),
        .retransform("a/b"), .acknowledge(alert: "job_failed:a/b"),
    ])
    func `what alerts advise is understood`(_ command: Command) throws {
        let parsed = try Pulse.parseAsRoot(command.arguments)
        #expect("\(type(of: parsed))".lowercased().contains(command.name.prefix(4)))
        // Options before the command, as the advice has them when the store was named.
        _ = try Pulse.parseAsRoot(
            try CommandLineOrder.pulse.commandFirst(["--config", "a.yaml", "--tenant", "acme"] + command.arguments))
    }

    @Test(arguments: [
        ("logs -n 0", "from 1 to 100000"),
        ("start a/b --full --census", "exclude each other"), ("start a/b --from 2026-01-01", "belong together"),
        ("pause a/b --for 1h --until 12:00", "exclude each other"), ("run --full", "belong to --once"),
        ("run a/b", "belong to --once"), ("demo --speed 0", "--speed has to be"), ("explore", "Missing expected"),
        ("explore /src --json", "belongs to --once"), ("rewind a/b main", "--to"), ("completions csh", "csh"),
        ("quarantine show x", "x"), ("acknowledge", "or say --all"), ("acknowledge x --all", "or say --all"),
    ])
    func `a mistake is told`(_ line: String, _ part: String) {
        let arguments = line.split(separator: " ").map(String.init)
        let error = #expect(throws: (any Error).self) { try Pulse.parseAsRoot(arguments) }
        guard let error else { return }
        #expect(Pulse.fullMessage(for: error).contains(part))
        #expect(Pulse.exitCode(for: error) == .validationFailure)
    }

    @Test func `every command says what it does, and every option has help`() throws {
        let help = Pulse.helpMessage(includeHidden: false, columns: 100)
        for status in Status.allCases { #expect(help.contains("\(status.rawValue)  ")) }
        for shell in [CompletionShell.bash, .zsh, .fish] {
            #expect(Pulse.completionScript(for: shell).contains("checkpoints"))
        }
    }
}

extension ParsingTests {
    @Test func `a store that is named after a command is that command's`() throws {
        let demo = try #require(try Pulse.parseAsRoot(["demo", "--store", "a.db"]) as? DemoCommand)
        #expect(demo.store == "a.db")
        let jobs = try #require(try Pulse.parseAsRoot(["jobs", "--store", "a.db"]) as? JobsCommand)
        #expect(jobs.options.settings.wishes.store == "a.db")
        let console = try #require(try Pulse.parseAsRoot(["--store", "a.db"]) as? ConsoleCommand)
        #expect(console.settings.wishes.store == "a.db")
    }
}
