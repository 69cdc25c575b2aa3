import Foundation
import PulseAPI
import PulseAssembly
import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseTestGateway
import PulseTestTurns
import Testing

@testable import PulseCommands

/// A command as it is typed, and what it is to be asked of.
private struct Typed: Sendable, CustomTestStringConvertible {
    var words: String
    var run: @Sendable (CommandContext, SettingsWishes) async throws -> Status

    var testDescription: String { words }

    init(_ words: String, _ run: @escaping @Sendable (CommandContext, SettingsWishes) async throws -> Status) {
        self.words = words
        self.run = run
    }

    private static func reading(
        _ words: String, isJSON: Bool = false, _ body: @escaping @Sendable (ReadingCommand) async throws -> Void
    ) -> Typed {
        Typed(words) { context, wishes in
            try await body(ReadingCommand(context, wishes, isJSON: isJSON))
            return .ok
        }
    }

    private static func telling(
        _ words: String, isJSON: Bool = false, _ body: @escaping @Sendable (ReadingCommand) async throws -> Status
    ) -> Typed {
        Typed(words) { context, wishes in try await body(ReadingCommand(context, wishes, isJSON: isJSON)) }
    }

    private static func acting(
        _ words: String, isDryRun: Bool = false, _ body: @escaping @Sendable (ActingCommand) async throws -> Status
    ) -> Typed {
        Typed(words) { context, wishes in
            try await body(
                ActingCommand(
                    context, wishes, ActingWishes(reason: "a look", isConfirmed: true, isDryRun: isDryRun)))
        }
    }

    private static func rows(_ table: String, _ words: String..., limit: Int = 10) -> ReadingCommand.RowWishes {
        .init(table: table, words: words, columns: [], includesDeleted: false, limit: limit)
    }

    /// Everything that looks or acts, in an order that leaves everything as it was.
    static let all: [Typed] = [
        reading("jobs") { try await $0.jobs() },
        reading("jobs --json", isJSON: true) { try await $0.jobs() },
        reading("limits") { try await $0.limits() },
        reading("limits --json", isJSON: true) { try await $0.limits() },
        telling("status") { try await $0.status() },
        telling("alerts") { try await $0.alerts() },
        reading("engines --json", isJSON: true) { try await $0.engines() },
        reading("runs") { try await $0.runs(of: "tags") },
        reading("checkpoints") { try await $0.checkpoints(of: "commits", partition: nil, limit: 50) },
        reading("quarantine list") { try await $0.quarantine(job: nil, state: nil, limit: 50) },
        reading("quarantine list --job") { try await $0.quarantine(job: "commits", state: .waiting, limit: 50) },
        reading("tombstones") { try await $0.tombstones(job: nil, limit: 50) },
        reading("logs") { try await $0.logs(job: "tags", count: 5, follows: false) },
        reading("data") { try await $0.tables() },
        reading("data repositories") { try await $0.rows(rows("repositories")) },
        reading("data releases --json", isJSON: true) { try await $0.rows(rows("releases", "v1", limit: 3)) },
        reading("data of nothing") { command in
            await #expect(throws: CommandError.self) { try await command.rows(rows("repository")) }
            await #expect(throws: CommandError.self) { try await command.rows(rows("repositories", "colour=red")) }
        },
        reading("runs of nothing") { command in
            await #expect(throws: CommandError.self) { try await command.runs(of: "nothing") }
        },
        reading("quarantine show") { command in
            await #expect(throws: CommandError.self) { try await command.quarantined(7) }
        },
        reading("tombstones show") { command in
            await #expect(throws: CommandError.self) { try await command.tombstoneRows(of: 7, limit: 5) }
        },
        acting("start --dry-run", isDryRun: true) { try await $0.start("tags", .full) },
        acting("hold --dry-run", isDryRun: true) { try await $0.perform(on: "tags") { id, _ in .hold(id) } },
        acting("hold") { try await $0.perform(on: "tags") { id, _ in .hold(id) } },
        acting("hold again") { try await $0.perform(on: "tags") { id, _ in .hold(id) } },
        acting("release") { try await $0.perform(on: "tags") { id, _ in .release(id) } },
        acting("pause") { try await $0.pause("tags", .onCommand) },
        acting("pause --until-reset") { try await $0.pause("tags", .quotaReset) },
        acting("resume") { try await $0.perform(on: "tags") { id, _ in .resume(id) } },
        acting("stop") { try await $0.perform(on: "tags") { id, _ in .stop(id) } },
        acting("retry") { try await $0.perform(on: "tags") { id, _ in .retry(id) } },
        acting("retransform", isDryRun: true) { try await $0.perform(on: "tags") { id, _ in .retransform(id) } },
        acting("rewind") { try await $0.perform(on: "tags") { id, _ in .rewind(id, "x", toSequence: 3) } },
        acting("skip") { try await $0.perform(on: "tags") { id, _ in .skipPartition(id, "x") } },
        acting("quarantine replay") { try await $0.perform(.replay([7])) },
        acting("quarantine replay --all") { try await $0.replayAll(of: nil) },
        acting("quarantine discard") { try await $0.perform(.discard([7])) },
        acting("tombstones undo") { try await $0.perform(.undoTombstones(7)) },
        acting("tombstones confirm") { try await $0.perform(.confirmTombstones(7)) },
        acting("acknowledge") { try await $0.perform(.acknowledge(alert: "nothing")) },
    ]

    /// What it prints and how it ends, without what differs between two moments.
    func outcome(home: String, _ wishes: SettingsWishes) async -> String {
        let captured = Captured()
        let context = captured.context(home: home)
        var end: String
        do { end = "\(try await run(context, wishes))" } catch {
            let told = CommandError(describing: error)
            end = "\(told.status): \(told.lines)"
        }
        let text = [captured.out, captured.error, end].joined(separator: "\n")
        let alike = text.replacing(/\d{4}-\d\d-\d\dT[\d:.]+Z/, with: "T").replacing(/\b[0-9a-f]{32}\b/, with: "ID")
            .replacing(/up <?\d+s/, with: "up").replacing(/\d+(\.\d+k?)? re[cq]\/s/, with: "R")
            .replacing(/"(uptime|rate)[a-z_]*" : [\d.]+/, with: "R").replacing(#/--\w+ \S+ /#, with: "")
        // Who acts is `ada` here and `admin` there; ages are seconds apart, and and lines break where the names
        // of the places have their length.
        return alike.replacing(/\b(ada|admin)\b/, with: "SOMEBODY")
            .replacing(/<?\b\d+(ms|s|m)\b( \d+s\b)?/, with: "AGE").replacing(/\s+/, with: " ")
            // What was measured by then.
            .replacing(/nothing measured yet|R · R( · peak [\d.k]+)?( · [\d.]+ [kM]?B\/s)?/, with: "R")
    }
}

@Suite(.long, .timeLimit(.minutes(1))) struct RemoteCommandTests {
    static func configuration(_ folder: String) -> String {
        "tenant: acme\nstore: sqlite:pulse.db\nsources:\n  - name: local\n    kind: git\n    paths: [\(folder)]\n"
    }

    /// An engine that others can join, and a gateway in front of it.
    static func serving(
        _ place: Place, _ body: @escaping @Sendable (_ config: String, RunningGateway) async throws -> Void
    ) async throws {
        let config = try place.write(configuration(place.path), to: "pulse.yaml")
        let context = Captured().context(home: place.path)
        let finder = EngineFinder(context)
        let settings = try SettingsFinder(context).settings(SettingsWishes(config: config))
        guard case .free(let claim) = try await finder.find(settings.store) else {
            Issue.record("the store is not free")
            return
        }
        let session = try await finder.session(settings, claim)
        try await session.run { _ in
            try await RunningGateway.with(session.embedded.engine, folder: "\(place.path)/gateway") {
                try await body(config, $0)
            }
        } telling: { _ in
        }
    }

    private static func context(_ place: Place, _ captured: Captured = Captured()) -> CommandContext {
        captured.context(home: place.path)
    }

    @Test func `what is typed ends alike with the engine here and behind a gateway`() async throws {
        let place = try Place()
        try await Self.serving(place) { config, gateway in
            let answers = Answers(gateway.oneTimePassword, RunningGateway.password, RunningGateway.password)
            let wishes = LoginCommand.Wishes(gateway: gateway.url, user: "admin")
            try await LoginCommand(Self.context(place), wishes, questions: answers.questions).run()
            // Everything is as it was before: what was held is released. What the log tells of the commands is alike from
            // the second time on.
            var here: [String] = []
            for round in 1...2 {
                for typed in Typed.all {
                    let outcome = await typed.outcome(home: place.path, SettingsWishes(config: config))
                    if round == 2 { here.append(outcome) }
                }
            }
            for (typed, outcome) in zip(Typed.all, here) {
                let there = await typed.outcome(home: place.path, SettingsWishes(gateway: gateway.url))
                #expect(there == outcome, "\(typed.words)")
            }
            let audit = Captured()
            try await ReadingCommand(
                audit.context(home: place.path), SettingsWishes(gateway: gateway.url), isJSON: false
            ).audit(limit: 10)
            #expect(audit.out.contains("admin"))
        }
    }

    @Test func `a first login changes the one-time password, and leaves no password behind`() async throws {
        let place = try Place()
        try await Self.serving(place) { _, gateway in
            let captured = Captured()
            // A wrong one first; then two different new ones, a weak one, and a good one.
            let answers = Answers(
                "admin", "wrong", gateway.oneTimePassword, "one two three four", "something else", "short", "short",
                RunningGateway.password, RunningGateway.password)
            let login = LoginCommand(
                Self.context(place, captured), .init(gateway: gateway.url, context: "team"),
                questions: answers.questions)
            try await login.run()
            #expect(captured.out.contains("Logged in as admin, admin of acme, at \(gateway.url)."))
            #expect(captured.error.contains("two different ones"))
            #expect(captured.error.contains("12 characters or more"))
            #expect(answers.secrets == [false] + Array(repeating: true, count: 8))
            let path = "\(place.path)/.local/share/pulse/credentials.json"
            let rights = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(rights == 0o600)
            let kept = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
            #expect(!kept.contains(RunningGateway.password) && !kept.contains(gateway.oneTimePassword))
            let contexts = try PlaceFinder(Self.context(place)).contexts()
            #expect(contexts.current == "team")
            #expect(contexts["team"]?.gateway == gateway.url)
            // From now on commands go there by themselves, and come back with `local`.
            let jobs = Captured()
            try await ReadingCommand(Self.context(place, jobs), SettingsWishes(), isJSON: false).jobs()
            #expect(jobs.out.contains("local/tags"))
            let names = await JobCompletion.names(for: ["pulse", "start"], Self.context(place))
            #expect(names.contains("local/tags") && names.contains("local/commits"))
            try ContextCommand(Self.context(place)).use("local")
            #expect(try PlaceFinder(Self.context(place)).remote(SettingsWishes()) == nil)
            // Logging out ends it there and here.
            let out = Captured()
            try await LogoutCommand(Self.context(place, out)).run(SettingsWishes(context: "team"))
            #expect(out.out.contains("Logged out"))
            let none = await #expect(throws: Failure.self) {
                try await ReadingCommand(Self.context(place), SettingsWishes(context: "team"), isJSON: false).jobs()
            }
            #expect(none?.code == "login.none")
        }
    }

    @Test func `a script gives a token by file, by command, or by the environment`() async throws {
        let place = try Place()
        try await Self.serving(place) { _, gateway in
            let token = try await gateway.login().accessToken
            let file = try place.writeSecret("\(token)\n", to: "token")
            for wishes in [
                LoginCommand.Wishes(gateway: gateway.url, tokenFile: file),
                LoginCommand.Wishes(gateway: gateway.url, tokenCommand: "cat \(file)"),
            ] {
                let captured = Captured()
                try await LoginCommand(Self.context(place, captured), wishes, questions: nil).run()
                #expect(captured.out.contains("Logged in as admin"))
            }
            let empty = try Place()
            let script = Captured()
            let context = script.context(
                home: empty.path, environment: ["PULSE_GATEWAY": gateway.url, "PULSE_TOKEN": token])
            try await ReadingCommand(context, SettingsWishes(), isJSON: true).jobs()
            #expect(script.out.contains("local/tags"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: empty.path).isEmpty)
            let wrong = Captured().context(
                home: empty.path, environment: ["PULSE_GATEWAY": gateway.url, "PULSE_TOKEN": "pulse_pat_x"])
            let refused = await #expect(throws: Failure.self) {
                try await ReadingCommand(wrong, SettingsWishes(), isJSON: true).jobs()
            }
            #expect(refused?.kind == .unauthorised)
        }
    }

    @Test func `a context that is read-only gives no commands, and previews go on`() async throws {
        let place = try Place()
        try await Self.serving(place) { _, gateway in
            let token = try place.writeSecret(try await gateway.login().accessToken, to: "token")
            let context = Self.context(place)
            try ContextCommand(context).add(
                "wall", gateway: gateway.url, tenant: nil, caFile: nil, isReadOnly: true)
            try await LoginCommand(
                context, .init(context: "wall", tokenFile: token), questions: nil
            ).run()
            let wishes = SettingsWishes(context: "wall")
            let acting = ActingCommand(context, wishes, ActingWishes(isConfirmed: true))
            let refused = await #expect(throws: CommandError.self) {
                try await acting.perform(on: "tags") { id, _ in .hold(id) }
            }
            #expect(refused?.status == .refused)
            let preview = ActingCommand(context, wishes, ActingWishes(isDryRun: true))
            #expect(try await preview.perform(on: "tags") { id, _ in .hold(id) } == .ok)
        }
    }
}
