import Foundation
import PulseConfiguration
import PulseControl
import PulseDomain
import PulseEngine
import PulseStore
import PulseTestTurns
import Testing

@testable import PulseCommands

@Suite(.long) struct FindingTests {
    private static func configuration(_ folder: String) -> String {
        """
        tenant: acme
        store: sqlite:pulse.db
        sources:
          - name: local
            kind: git
            paths: [\(folder)]
        """
    }

    @Test func `without a configuration the ways in are told`() throws {
        let place = try Place()
        let context = Captured().context(home: place.path)
        let error = #expect(throws: CommandError.self) { try SettingsFinder(context).settings(SettingsWishes()) }
        #expect(error?.status == .usage)
        for way in ["pulse demo", "pulse explore", "pulse --config"] {
            #expect(error?.lines.contains { $0.contains(way) } == true)
        }
    }

    @Test func `the named configuration wins over the environment, and that over the user's folder`() throws {
        let place = try Place()
        let named = SettingsWishes(config: "/named.yaml")
        let set = Captured().context(home: place.path, environment: ["PULSE_CONFIG": "/set.yaml"])
        #expect(SettingsFinder(set).path(named) == "/named.yaml")
        #expect(SettingsFinder(set).path(SettingsWishes()) == "/set.yaml")
        let bare = Captured().context(home: place.path)
        #expect(SettingsFinder(bare).path(SettingsWishes()) == nil)
        #expect(SettingsFinder(bare).usualPath == "\(place.path)/.config/pulse/pulse.yaml")
    }

    @Test(arguments: [["--config", "FILE"], ["--config=FILE"], []]) func `names of jobs are completed`(
        _ options: [String]
    ) async throws {
        let place = try Place()
        let config = try place.write(Self.configuration(place.path), to: "pulse.yaml")
        let isUsual = options.isEmpty
        let context = Captured().context(home: place.path, environment: isUsual ? ["PULSE_CONFIG": config] : [:])
        let words = ["pulse", "start"] + options.map { $0.replacing("FILE", with: config) } + ["local/"]
        #expect(
            await JobCompletion.names(for: words, context) == ["local/repositories", "local/commits", "local/tags"])
        #expect(
            await JobCompletion.names(for: ["pulse", "start", "--config"], Captured().context(home: "/none")) == [])
    }

    @Test func `looking at a store that is not there makes none`() async throws {
        let place = try Place()
        let config = try place.write(Self.configuration(place.path), to: "pulse.yaml")
        let captured = Captured()
        let reading = ReadingCommand(captured.context(home: place.path), SettingsWishes(config: config), isJSON: false)
        try await reading.jobs()
        #expect(captured.out.contains("local/commits"))
        // Looking for what is wrong in what is not there ends with a sentence, and not well.
        let looks: [() async throws -> Void] = [
            { _ = try await reading.status() }, { _ = try await reading.alerts() }, { try await reading.engines() },
            { try await reading.runs(of: "local/commits") },
            { try await reading.quarantine(job: nil, state: nil, limit: 5) }, { try await reading.audit(limit: 5) },
            { try await reading.logs(job: nil, count: 5, follows: false) },
        ]
        for look in looks {
            let error = await #expect(throws: CommandError.self) { try await look() }
            #expect(error?.status == .failed)
            #expect(
                error?.text.joined().contains(
                    "There is no store at \(place.path)/pulse.db yet. `pulse store init` makes it.") == true)
        }
        #expect(
            captured.error.contains("There is no store at \(place.path)/pulse.db yet. `pulse store init` makes it."))
        #expect(captured.out.contains("No engine is running  Nothing has run yet."))
        #expect(captured.out.contains("`pulse --config \(config) run` starts an engine on it."))
        #expect(!FileManager.default.fileExists(atPath: "\(place.path)/pulse.db"))
    }

    @Test func `who holds a store without answering is named, and the status says unreachable`() async throws {
        let place = try Place()
        let context = Captured().context(home: place.path)
        let holder = try StoreHolder.acquire(
            databasePath: "\(place.path)/pulse.db", socketPath: "\(place.path)/none.sock", version: "9.9", at: .epoch)
        let error = await #expect(throws: HolderError.self) {
            try await EngineFinder(context, time: Hasty()).find(.sqlite(path: "\(place.path)/pulse.db"))
        }
        #expect(error?.holder?.version == "9.9")
        #expect(error.map { CommandError(describing: $0).status } == .unreachable)
        withExtendedLifetime(holder) {}
    }

    @Test func `a command goes to the engine that holds the store, and to the store when nobody does`() async throws {
        let place = try Place()
        let config = try place.write(Self.configuration(place.path), to: "pulse.yaml")
        let captured = Captured()
        let context = captured.context(home: place.path)
        let wishes = SettingsWishes(config: config)
        let finder = EngineFinder(context)
        let settings = try SettingsFinder(context).settings(wishes)
        guard case .free(let claim) = try await finder.find(settings.store) else {
            Issue.record("the store is not free")
            return
        }
        let opened = try await finder.open(settings, claim)
        let server = try #require(finder.server(for: opened.embedded, claim))
        let session = EngineSession(opened.embedded, server: server, holder: claim.holder)
        let status = try await session.run { _ in
            let command = ActingCommand(context, wishes, ActingWishes(reason: "a look", isJSON: true))
            return try await command.perform(on: "local/tags") { id, _ in .hold(id) }
        } telling: { _ in
        }
        #expect(status == .ok)
        #expect(captured.out.contains("\"is_running\" : true"))
    }

    // MARK: A store without a configuration

    /// A database that knows jobs of these tenants.
    private static func store(of tenants: [TenantID], in place: Place) async throws -> String {
        let path = "\(place.path)/left.db"
        for tenant in tenants {
            let store = try await SQLiteStore.open(.file(path), tenant: tenant)
            let source = SourceID("\(tenant)-jira")
            let (issues, projects) = (
                JobID(source: source, stream: "issues"), JobID(source: source, stream: "projects")
            )
            try await store.saveJobs([
                JobDefinition(id: issues, title: "Issues", dependencies: [projects]),
                JobDefinition(id: projects, title: "Projects"),
            ])
            let run = try await store.addRun(
                NewRun(
                    job: issues, mode: .full, by: Principal("ada"), reason: "", priority: 3,
                    createdAt: .epoch, correlation: "0123456789abcdef0123456789abcdef"))
            _ = try await store.setState(
                .stopped(by: Principal("ada"), reason: "enough"), of: run.id, expecting: .queued, fence: nil, at: .epoch
            )
            let quota = QuotaID(identity: "github.com ada", bucket: "graphql")
            try await store.saveQuotas([
                StoredQuota(
                    id: quota, limit: 5_000, remaining: 4_321, resetsAt: nil, window: .hours(1), blockedUntil: nil,
                    updatedAt: .epoch)
            ])
            await store.close()
        }
        return path
    }

    @Test func `a store of one tenant is read without a configuration, and left as it is`() async throws {
        let place = try Place()
        let path = try await Self.store(of: ["acme"], in: place)
        let captured = Captured()
        let reading = ReadingCommand(
            captured.context(home: place.path), SettingsWishes(store: path), isJSON: false)
        try await reading.jobs()
        #expect(captured.out.contains("acme-jira/issues") && captured.out.contains("stopped"))
        #expect(captured.out.contains("acme-jira/projects"))
        try await reading.runs(of: "acme-jira/issues")
        _ = try await reading.status()
        #expect(captured.out.contains("tenant acme") && captured.out.contains("No engine is running"))
        #expect(captured.out.contains("`pulse run --config FILE`, with its configuration, starts an engine on it."))
        try await reading.limits()
        #expect(captured.out.contains("graphql"))
        let store = try await SQLiteStore.open(.file(path), tenant: "acme")
        #expect(try await store.jobs().map(\.definition.dependencies) == [["acme-jira/projects"], []])
        await store.close()
        // Nothing can be commanded: what is to be done only a configuration says.
        let acting = ActingCommand(
            captured.context(home: place.path), SettingsWishes(store: path), ActingWishes(reason: "r"))
        let error = await #expect(throws: CommandError.self) {
            _ = try await acting.perform(on: "acme-jira/issues") { id, _ in .hold(id) }
        }
        #expect(error?.lines.joined().contains("no configuration was found") == true)
    }

    @Test func `of several tenants one has to be named`() async throws {
        let place = try Place()
        let path = try await Self.store(of: ["beta", "acme"], in: place)
        let captured = Captured()
        let context = captured.context(home: place.path)
        let error = await #expect(throws: CommandError.self) {
            try await ReadingCommand(context, SettingsWishes(store: path), isJSON: false).jobs()
        }
        #expect(error?.status == .usage)
        let told = error?.lines.joined(separator: " ") ?? ""
        #expect(told.contains("several tenants: acme, beta") && told.contains("--tenant"))
        try await ReadingCommand(context, SettingsWishes(store: path, tenant: "beta"), isJSON: false).jobs()
        #expect(captured.out.contains("beta-jira/issues") && !captured.out.contains("acme-jira"))
        let unknown = await #expect(throws: CommandError.self) {
            try await ReadingCommand(context, SettingsWishes(store: path, tenant: "gamma"), isJSON: false).jobs()
        }
        #expect(unknown?.lines.joined(separator: " ").contains("It holds data of acme, beta.") == true)
    }

    @Test func `looking at a store of another tenant adds nobody to it`() async throws {
        let place = try Place()
        let path = try await Self.store(of: ["beta"], in: place)
        let config = try place.write(Self.configuration(place.path), to: "pulse.yaml")
        let captured = Captured()
        let context = captured.context(home: place.path)
        let wishes = SettingsWishes(config: config, store: path)
        let error = await #expect(throws: CommandError.self) {
            try await ReadingCommand(context, wishes, isJSON: false).status()
        }
        #expect(error?.lines.joined().contains("holds nothing of the tenant acme yet.") == true)
        #expect(captured.out.contains("nothing of acme yet") && captured.out.contains("Nothing has run yet."))
        let preview = ActingCommand(context, wishes, ActingWishes(isDryRun: true))
        #expect(try await preview.start("tags", .full) == .ok)
        #expect(try await SQLiteStore.tenants(inFile: path) == ["beta"])
        // What acts begins to store.
        #expect(try await ActingCommand(context, wishes, ActingWishes()).start("tags", .full) == .ok)
        #expect(try await SQLiteStore.tenants(inFile: path) == ["acme", "beta"])
    }

    @Test func `a tenant that is not the configuration's is refused`() async throws {
        let place = try Place()
        let config = try place.write(Self.configuration(place.path), to: "pulse.yaml")
        let context = Captured().context(home: place.path)
        try await ReadingCommand(context, SettingsWishes(config: config, tenant: "acme"), isJSON: false).jobs()
        let error = await #expect(throws: CommandError.self) {
            try await ReadingCommand(context, SettingsWishes(config: config, tenant: "beta"), isJSON: false).jobs()
        }
        #expect(error?.status == .usage)
    }

    @Test(arguments: [nil, ""]) func `a store that is not there, or empty, is told and not made`(text: String?)
        async throws
    {
        let place = try Place()
        let path = try text.map { try place.write($0, to: "none.db") } ?? "\(place.path)/none.db"
        let context = Captured().context(home: place.path)
        let error = await #expect(throws: CommandError.self) {
            try await ReadingCommand(context, SettingsWishes(store: path), isJSON: false).jobs()
        }
        #expect(error?.status == .usage)
        #expect(FileManager.default.contents(atPath: path) == text.map { Data($0.utf8) })
    }

    @Test func `what cannot be taken back is not done without a terminal to ask on`() async throws {
        let place = try Place()
        let folder = try place.repository("shop", messages: ["one"])
        let text = "tenant: explore\nstore: sqlite:pulse.db\nsources: [{name: git, kind: git, paths: [\(folder)]}]"
        let config = try place.write(text, to: "pulse.yaml")
        let captured = Captured()
        let context = captured.context(home: place.path)
        let path = "\(place.path)/pulse.db"
        #expect(
            try await ExploreSession(.init(paths: [folder], isOnce: true, store: path), context: context)
                .run(console: .init()) == .ok)
        let store = try await SQLiteStore.open(.file(path), tenant: "explore")
        let newest = try await store.newestCheckpoints(of: "git/commits")
        await store.close()
        let (key, checkpoint) = try #require(newest.first)
        let rewind = PulseDomain.Command.rewind("git/commits", key, toSequence: checkpoint.sequence)
        let command = ActingCommand(context, SettingsWishes(config: config), ActingWishes())
        #expect(try await command.perform(rewind) == .refused)
        #expect(captured.error.contains("--yes was not given"))
        let confirmed = ActingCommand(context, SettingsWishes(config: config), ActingWishes(isConfirmed: true))
        #expect(try await confirmed.perform(rewind) == .ok)
    }

    @Test func `what only interrupts is done at once, also without a terminal to ask on`() async throws {
        let place = try Place()
        let config = try place.write(Self.configuration(place.path), to: "pulse.yaml")
        let captured = Captured()
        let acting = ActingCommand(captured.context(home: place.path), SettingsWishes(config: config), ActingWishes())
        #expect(try await acting.start("tags", .incremental) == .ok)
        #expect(captured.error == "No engine runs: it takes effect when one does (`pulse`, `pulse run`).\n")
        #expect(try await acting.perform(on: "tags") { id, _ in .stop(id) } == .ok)
        #expect(captured.out.hasSuffix("local/tags is stopped.\n"))
        // It is stopped: nothing waits for an engine.
        #expect(captured.error.split(separator: "\n").count == 1)
    }

    @Test(arguments: [
        (PulseDomain.Command.discard([99]), "There is no quarantined record 99."),
        (.replay([7, 8]), "There are no quarantined records 7, 8."), (.undoTombstones(5), "There is no finding 5."),
        (.confirmTombstones(5), "There is no finding 5."), (.acknowledge(alert: "nope"), "There is no alert nope."),
        (.stop("local/nothing"), "There is no job called local/nothing."),
        (.skipPartition("local/tags", "shop"), "There is no partition shop of local/tags."),
        (.rewind("local/tags", "shop", toSequence: 3), "There is no checkpoint 3 of shop in local/tags."),
    ])
    func `what names nothing that there is is a mistake of the one who typed it, and nothing is audited`(
        command: PulseDomain.Command, sentence: String
    ) async throws {
        let place = try Place()
        let config = try place.write(Self.configuration(place.path), to: "pulse.yaml")
        let captured = Captured()
        let context = captured.context(home: place.path)
        let acting = ActingCommand(context, SettingsWishes(config: config), ActingWishes(isConfirmed: true))
        let failure = await #expect(throws: Failure.self) { try await acting.perform(command) }
        let told = try CommandError(describing: #require(failure))
        #expect(told.status == .usage)
        #expect(told.lines.first?.hasPrefix(sentence) == true, "\(told.lines)")
        try await ReadingCommand(context, SettingsWishes(config: config), isJSON: true).audit(limit: 10)
        #expect(captured.out.filter { !$0.isWhitespace } == "[]")
    }

    @Test func `everything in quarantine is replayed by one command, also when that is nothing`() async throws {
        let place = try Place()
        let config = try place.write(Self.configuration(place.path), to: "pulse.yaml")
        let captured = Captured()
        let acting = ActingCommand(captured.context(home: place.path), SettingsWishes(config: config), ActingWishes())
        #expect(try await acting.replayAll(of: "commits") == .ok)
        #expect(captured.out == "Nothing of local/commits is in quarantine.\n")
    }

    @Test func `a configuration with a finding that keeps it from working is not right`() throws {
        let place = try Place()
        let text = """
            store: sqlite:none/pulse.db
            sources: [{name: a, kind: git, paths: [\(place.path)/gone]}]
            """
        let config = try place.write(text, to: "pulse.yaml")
        let captured = Captured()
        let texts = ConfigurationTexts(captured.context(home: place.path))
        #expect(try texts.check(SettingsWishes(config: config)) == .problems)
        #expect(captured.error.contains("a: There is no folder \(place.path)/gone."))
        #expect(captured.error.contains("store: There is no folder \(place.path)/none."))
        #expect(captured.out.contains("is well formed, but 2 findings") && !captured.out.contains("is right"))
    }

    @Test func `a preview of what would be refused says so and does nothing`() async throws {
        let place = try Place()
        let config = try place.write(Self.configuration(place.path), to: "pulse.yaml")
        let captured = Captured()
        let command = ActingCommand(
            captured.context(home: place.path), SettingsWishes(config: config), ActingWishes(isDryRun: true))
        #expect(try await command.perform(on: "tags") { id, _ in .resume(id) } == .refused)
        #expect(captured.out.contains("It would be refused: local/tags has never run. Start it."))
    }
}

/// A clock whose waits are over at once.
private struct Hasty: TimeSource {
    var now: Instant { .epoch }
    var elapsed: Duration { .zero }
    func sleep(for duration: Duration) async throws { try Task.checkCancellation() }
}
