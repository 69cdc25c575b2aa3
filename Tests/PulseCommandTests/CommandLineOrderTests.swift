import ArgumentParser
import Foundation
import PulseArguments
import PulseCommands
import Testing

@testable import pulse

struct CommandLineOrderTests {
    @Test(arguments: [
        ("--store X status", "status --store X"), ("--json --store=X jobs --watch", "jobs --json --store=X --watch"),
        ("--config a.yaml quarantine --json show 3", "quarantine show --config a.yaml --json 3"),
        ("--reason status pause a/b", "pause --reason status a/b"), ("-n 5 logs a/b -f", "logs -n 5 a/b -f"),
        ("--config a.yaml", "--config a.yaml"), ("--plain", "--plain"), ("", ""), ("-- status", "-- status"),
        ("--store X -- status", "--store X -- status"), ("--help status", "status --help"),
        ("---completion start -- job 0 0", "---completion start -- job 0 0"), ("help status", "help status"),
        ("--version status", "--version status"),
        ("start a/b --full", "start a/b --full"), ("hold -- --odd", "hold -- --odd"),
    ])
    func `options before the command go to it`(_ typed: String, _ expected: String) throws {
        func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }
        #expect(try CommandLineOrder.pulse.commandFirst(words(typed)) == words(expected))
    }

    @Test(arguments: [
        (["statsu"], "There is no command `pulse statsu`. Did you mean `pulse status`? `pulse help` lists"),
        (["--json", "quarantine", "lst"], "Did you mean `pulse quarantine list`? `pulse help quarantine` lists"),
        (["qqqqqq"], "There is no command `pulse qqqqqq`. `pulse help` lists those there are."),
        ([String(repeating: "x", count: 100_000)], "xxxx…`. `pulse help`"), (["\u{1B}[2J"], "There is no command"),
    ])
    func `a command that there is not is named with the nearest one`(_ typed: [String], _ part: String) {
        let error = #expect(throws: CommandError.self) { try CommandLineOrder.pulse.commandFirst(typed) }
        #expect(error?.status == .usage)
        #expect(error?.lines.first?.contains(part) == true)
        #expect(error?.lines.first?.contains("\u{1B}") == false)
    }

    @Test(arguments: [
        "--store a.db --json status", "--json --plain jobs", "--plain start a/b", "--json config check", "--json",
        "--plain demo", "--plain explore /src", "--json --once demo", "--plain --json run --once",
        "--config a --store b --json --plain tombstones",
    ])
    func `what all commands share is understood before the command`(_ line: String) throws {
        _ = try Pulse.parseAsRoot(
            CommandLineOrder.pulse.commandFirst(line.split(separator: " ").map(String.init)))
    }

    /// What was typed, and what is told of it; `nil`: all of it is known.
    @Test(arguments: [
        ("jobs --watch --json", nil), ("start --reason --full a/b", nil), ("hold a/b -- --odd", nil),
        ("logs -n 5", nil),
        ("quarantine --help", nil), ("--read-only --theme dark", nil), ("token create ci --expires=12h", nil),
        ("jobs --wath", "Unknown option '--wath'. Did you mean '--watch'?"),
        ("quarantine replay --al", "Unknown option '--al'. Did you mean '--all'?"),
        ("jobs --lim=3 --json", "Unknown option '--lim'. Did you mean `pulse checkpoints --limit`?"),
        ("token create ci --scop read", "Unknown option '--scop'. Did you mean '--scope'?"),
        ("--onc", "Unknown option '--onc'. Did you mean `pulse demo --once`?"),
        ("status --qqqqqqqq", "Unknown option '--qqqqqqqq'."),
        ("status --\u{1B}[2J", "Unknown option '--'."),
    ])
    func `an option that a command does not have is told with what was meant`(_ line: String, _ told: String?) {
        let words = line.split(separator: " ").map(String.init)
        #expect(UnknownOption(in: words, root: Pulse.self)?.sentence == told)
    }

    @Test func `it is known of every option whether a value follows, and every one has help`() throws {
        let dump = try JSONDecoder().decode(Dump.self, from: Data(Pulse._dumpHelp().utf8))
        let arguments = dump.command.all
        #expect(arguments.count > 100)
        for argument in arguments where argument.kind != "positional" {
            for name in argument.names ?? [] {
                let word = (name.kind == "long" ? "--" : "-") + name.name
                #expect(CommandLineOrder.pulse.withValue.contains(word) == (argument.kind == "option"), "\(word)")
            }
            let isParsers = argument.names?.contains { $0.name == "help" } == true
            #expect(isParsers || argument.abstract?.isEmpty == false, "\(argument)")
        }
    }

    /// What the parser tells of itself, as far as it matters here.
    private struct Dump: Decodable {
        struct Command: Decodable {
            var arguments: [Argument]?
            var subcommands: [Command]?
            var all: [Argument] { (arguments ?? []) + (subcommands ?? []).flatMap(\.all) }
        }
        struct Argument: Decodable {
            struct Name: Decodable { var kind: String, name: String }
            var kind: String
            var names: [Name]?
            var abstract: String?
        }
        var command: Command
    }
}
