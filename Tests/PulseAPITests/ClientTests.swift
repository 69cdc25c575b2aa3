import PulseAPI
import PulseDomain
import PulseHTTP
import PulseTestServer
import Synchronization
import Testing

/// The client over loopback.
@Suite(.timeLimit(.minutes(1))) struct ClientTests {
    let transport = CurlTransport(configuration: .init(proxy: .none))
    let time = QuickTime()

    private func client(_ server: TestServer, _ tokens: TokenKeeper = TokenKeeper(constant: "good")) -> APIClient {
        APIClient(base: server.url(), transport: transport, tokens: tokens, time: time, random: { 0.5 })
    }

    @Test func `everything of the control plane comes through as it is`() async throws {
        let operations = ScriptedOperations()
        let server = try APIServer.make(operations)
        let remote = RemoteOperations(client(server))
        #expect(try await remote.overview() == operations.overview())
        #expect(try await remote.jobDetail(Samples.job) == Samples.details[0])
        #expect(try await remote.sources() == Samples.sources)
        #expect(try await remote.tables() == operations.tables())
        for command in Samples.commands { #expect(try await remote.preview(command) == Samples.previews[1]) }
        for table in UnifiedSchema.tables {
            let filter = RowFilter(table: table.name)
            #expect(try await remote.rows(filter) == operations.rows(filter))
        }
        #expect(remote.client.monitor.status.roundTrip != nil)
    }

    @Test(arguments: [0, 1, 999, 1_000, 1_001, 2_500])
    func `lists are as long as asked for, in parts of a thousand`(limit: Int) async throws {
        let operations = ScriptedOperations(total: 2_200)
        let server = try APIServer.make(operations)
        let remote = RemoteOperations(client(server))
        func same<Item: Equatable>(_ ask: (any Operations) async throws -> [Item]) async throws {
            #expect(try await ask(remote) == ask(operations))
        }
        try await same { try await $0.runs(RunFilter(limit: limit)) }
        try await same { try await $0.quarantine(QuarantineFilter(state: nil, limit: limit)) }
        try await same { try await $0.tombstones(TombstoneFilter(limit: limit)) }
        try await same { try await $0.tombstoneRows(of: 5, after: nil, limit: limit) }
        try await same { try await $0.logs(job: nil, after: 3, limit: limit) }
        try await same { try await $0.audit(before: 2_100, limit: limit) }
        try await same { try await $0.rows(RowFilter(table: "commits", limit: limit)) }
        let checkpoints = CheckpointFilter(job: Samples.job, partition: "PAY", limit: limit)
        try await same { try await $0.checkpoints(checkpoints) }
        // The newest lines are what there is in one part.
        let lines = try await remote.logs(job: nil, after: nil, limit: limit)
        #expect(try await lines == operations.logs(job: nil, after: nil, limit: min(limit, 1_000)))
    }

    @Test func `commands say what came of them, and carry reason and correlation`() async throws {
        for receipt in Samples.receipts {
            let operations = ScriptedOperations { _ in receipt }
            let server = try APIServer.make(operations)
            let remote = RemoteOperations(client(server))
            for command in Samples.commands {
                let request = CommandRequest(
                    command, by: Principal("ada"), reason: Samples.text, correlation: Samples.correlation)
                #expect(try await remote.perform(request) == receipt)
                #expect(operations.performed.last == request)
            }
        }
    }

    @Test func `a failure of the engine arrives as it was thrown`() async throws {
        for failure in Samples.failures {
            let operations = ScriptedOperations { _ in throw failure }
            let server = try APIServer.make(operations)
            let remote = RemoteOperations(client(server))
            let request = CommandRequest(.stop(Samples.job), by: .engine, reason: "", correlation: "c1")
            await #expect(throws: failure) { try await remote.perform(request) }
            #expect(operations.performed.count == 1)
        }
        let server = try APIServer.make(ScriptedOperations())
        await #expect {
            try await RemoteOperations(client(server)).jobDetail("a/b")
        } throws: { error in
            (error as? Failure)?.code == "job.unknown"
        }
    }

    @Test func `a token that is refused is renewed once, for all who wait`() async throws {
        let server = try APIServer.make(ScriptedOperations())
        let renewals = Tally()
        let tokens = TokenKeeper(
            current: { "old" },
            renew: { refused in
                #expect(refused == "old")
                renewals.add()
                await Task.yield()
                return "good"
            })
        let remote = RemoteOperations(client(server, tokens))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try await remote.overview() } }
            try await group.waitForAll()
        }
        #expect(renewals.count == 1)
        _ = try await remote.overview()
        #expect(renewals.count == 1)
    }

    @Test func `without a better token the refusal is told, after one renewal`() async throws {
        let server = try APIServer.make(ScriptedOperations())
        let renewals = Tally()
        let tokens = TokenKeeper(
            current: { "old" },
            renew: { _ in
                renewals.add()
                return "bad too"
            })
        let remote = RemoteOperations(client(server, tokens))
        let request = CommandRequest(.stop(Samples.job), by: .engine, reason: "", correlation: "c1")
        await #expect(throws: Problem.unauthenticated.failure) { try await remote.perform(request) }
        #expect(renewals.count == 1)
        #expect(server.requests.count == 2)
    }

    @Test func `a read that meets a passing trouble is tried again, a command is not`() async throws {
        let count = Tally()
        let server = try TestServer { connection in
            while connection.request() != nil {
                if count.add() % 3 == 0 {
                    connection.send(APIAnswer(200, Samples.overviews[0]))
                } else {
                    connection.respond("503 Service Unavailable", "no")
                }
            }
        }
        let remote = RemoteOperations(client(server))
        #expect(try await remote.overview() == Samples.overviews[0])
        #expect(count.count == 3)
        #expect(time.sleeps.count == 2)
        let request = CommandRequest(.stop(Samples.job), by: .engine, reason: "", correlation: "c1")
        await #expect(throws: Failure.self) { try await remote.perform(request) }
        #expect(count.count == 4)
    }

    @Test func `a command that got no answer may have been carried out, and is told so`() async throws {
        let server = try TestServer { connection in
            _ = connection.request()
            connection.reset()
        }
        let remote = RemoteOperations(client(server))
        let request = CommandRequest(.stop(Samples.job), by: .engine, reason: "", correlation: "c1")
        let lost = await failure { try await remote.perform(request) }
        #expect(lost?.sentence.hasPrefix("It is not known whether the command reached") == true)
        #expect(server.requests.count == 1)
        // The port of a server that is gone may be another's by now; nobody has this one.
        let gone = RemoteOperations(
            APIClient(
                base: "http://127.0.0.1:1", transport: transport, tokens: TokenKeeper(constant: "good"), time: time,
                random: { 0.5 }))
        let offline = await failure { try await gone.perform(request) }
        #expect(offline?.sentence.hasPrefix("The command was not given: \(gone.client.base)") == true)
        let unread = await failure { try await gone.overview() }
        #expect(unread?.kind == .transient)
        #expect(unread?.sentence.contains(gone.client.base) == true)
    }

    @Test func `an answer that no gateway gives is told, not believed`() async throws {
        let answers = Mutex(["<html>login</html>", "{}", "[1", ""])
        let server = try TestServer { connection in
            while connection.request() != nil {
                connection.respond(headers: ["Content-Type: text/html"], answers.withLock { $0.removeFirst() })
            }
        }
        let remote = RemoteOperations(client(server))
        for _ in 0..<4 {
            let told = await failure { try await remote.overview() }
            #expect(told?.code == "api.answer_unreadable")
        }
    }

    @Test func `who waits for an answer and gives up is let go at once`() async throws {
        let arrived = PulseTestServer.Signal()
        let server = try TestServer.silent(arrived: arrived)
        let remote = RemoteOperations(client(server))
        let task = Task { try await remote.overview() }
        await arrived.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    private func failure<Value>(_ body: () async throws -> Value) async -> Failure? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error as? Failure
        }
    }
}
