import PulseDomain
import PulseSimulation
import Synchronization
import Testing

@testable import PulseControl

@Suite(.timeLimit(.minutes(1))) struct CallTests {
    @Test func `every value arrives as it was returned`() async throws {
        try await withServer { server in
            let client = try await server.connect()
            #expect(client.serverVersion == "server")
            #expect(try await client.overview() == Samples.overview)
            #expect(try await client.jobDetail(Samples.job) == Samples.detail)
            #expect(try await client.preview(Samples.command) == Samples.preview)
            #expect(try await client.perform(Samples.request) == .accepted("Done."))
            #expect(try await client.checkpoints(of: Samples.job, partition: nil, limit: 1) == [Samples.checkpoint])
            #expect(try await client.quarantine(QuarantineFilter()) == [Samples.quarantined])
            #expect(try await client.tombstones(TombstoneFilter()) == [Samples.finding])
            #expect(try await client.tombstoneRows(of: 1, after: nil, limit: 1) == [Samples.goneRow])
            #expect(try await client.logs(job: nil, after: nil, limit: 1) == [Samples.line])
            #expect(try await client.audit(limit: 1) == [Samples.audited])
            #expect(try await client.runs(RunFilter()) == [Samples.jobRun])
            #expect(try await client.sources() == [Samples.source])
            #expect(try await client.tables() == [Samples.table])
            #expect(try await client.rows(Samples.rowFilter) == [Samples.row])
            #expect(try await client.events().all() == [])
        }
    }

    @Test func `every argument arrives as it was given`() async throws {
        let seen = Mutex<[String]>([])
        var operations = ScriptedOperations()
        operations.onJobDetail = { job in
            seen.withLock { $0.append("\(job)") }
            return Samples.detail
        }
        operations.onPreview = { command in
            seen.withLock { $0.append("\(command == Samples.command)") }
            return Samples.preview
        }
        operations.onPerform = { request in
            seen.withLock { $0.append("\(request == Samples.request)") }
            return .unchanged("It was so.")
        }
        operations.onCheckpoints = { job, partition, limit in
            seen.withLock { $0.append("\(job) \(partition?.rawValue ?? "-") \(limit)") }
            return []
        }
        operations.onQuarantine = { filter in
            seen.withLock {
                $0.append("\(filter.job?.rawValue ?? "-") \(filter.state?.rawValue ?? "-") \(filter.limit)")
            }
            return []
        }
        operations.onTombstones = { filter in
            seen.withLock {
                $0.append(
                    "\(filter.job?.rawValue ?? "-") \(filter.state?.rawValue ?? "-") \(filter.before ?? -1) \(filter.limit)"
                )
            }
            return []
        }
        operations.onTombstoneRows = { finding, position, limit in
            seen.withLock {
                $0.append("\(finding) \(position?.table.rawValue ?? "-") \(position?.id ?? "-") \(limit)")
            }
            return []
        }
        operations.onLogs = { job, sequence, limit in
            seen.withLock { $0.append("\(job?.rawValue ?? "-") \(sequence ?? -1) \(limit)") }
            return []
        }
        operations.onAudit = { before, limit in
            seen.withLock { $0.append("\(before ?? -1) \(limit)") }
            return []
        }
        operations.onRuns = { filter in
            seen.withLock {
                $0.append("\(filter.job?.rawValue ?? "-") \(filter.before?.rawValue ?? -1) \(filter.limit)")
            }
            return []
        }
        operations.onRows = { filter in
            seen.withLock { $0.append("\(filter == Samples.rowFilter)") }
            return []
        }
        try await withServer(operations) { server in
            let client = try await server.connect()
            _ = try await client.jobDetail("a/b")
            _ = try await client.preview(Samples.command)
            #expect(try await client.perform(Samples.request) == .unchanged("It was so."))
            _ = try await client.checkpoints(of: "c/d", partition: "ä/1", limit: 3)
            _ = try await client.checkpoints(of: "c/d", partition: nil, limit: 4)
            _ = try await client.quarantine(QuarantineFilter(job: "e/f", state: nil, limit: 5))
            _ = try await client.tombstones(TombstoneFilter(job: "i/j", state: .held, before: 9, limit: 10))
            _ = try await client.tombstones(TombstoneFilter(limit: 11))
            _ = try await client.tombstoneRows(of: 12, after: .init(table: "t", id: "x/ü"), limit: 13)
            _ = try await client.tombstoneRows(of: 14, after: nil, limit: 15)
            _ = try await client.logs(job: "g/h", after: .max, limit: 6)
            _ = try await client.logs(job: nil, after: nil, limit: 7)
            _ = try await client.audit(before: 16, limit: 8)
            _ = try await client.runs(RunFilter(job: "k/l", before: RunID(17), limit: 18))
            _ = try await client.rows(Samples.rowFilter)
        }
        let expected = [
            "a/b", "true", "true", "c/d ä/1 3", "c/d - 4", "e/f - 5", "i/j held 9 10", "- - -1 11",
            "12 t x/ü 13", "14 - - 15", "g/h \(Int64.max) 6", "- -1 7", "16 8", "k/l 17 18",
            "true",
        ]
        #expect(seen.withLock { $0 } == expected)
    }

    /// As `Command` has no list of its cases: one of each.
    static let commands: [Command] = [
        .start("a/b", .incremental), .start("a/b", .full), .start("a/b", .census),
        .start("a/b", .range(from: .epoch, to: Samples.at)), .pause("a/b", until: nil),
        .pause("a/b", until: Samples.at), .pauseUntilQuotaResets("a/b"), .resume("a/b"), .stop("a/b"), .retry("a/b"),
        .rewind("a/b", .whole, toSequence: 1), .skipPartition("a/b", "k"), .hold("a/b"), .release("a/b"),
        .replay([1, 2]), .discard([]), .undoTombstones(3), .confirmTombstones(4), .retransform("a/b"),
        .acknowledge(alert: "x:y"),
    ]

    @Test func `every command arrives as it was given`() async throws {
        var operations = ScriptedOperations()
        let seen = Mutex<[Command]>([])
        operations.onPerform = { request in
            seen.withLock { $0.append(request.command) }
            return .refused(because: request.command.name, instead: "Nothing.")
        }
        try await withServer(operations) { server in
            let client = try await server.connect()
            for command in Self.commands {
                var request = Samples.request
                request.command = command
                #expect(try await client.perform(request) == .refused(because: command.name, instead: "Nothing."))
            }
        }
        #expect(seen.withLock { $0 } == Self.commands)
    }

    private struct Odd: Error {}
    private struct Known: Error {}

    @Test func `failures arrive as such, and other errors as failures without their text`() async throws {
        var operations = ScriptedOperations()
        operations.onOverview = { throw Samples.failure }
        operations.onAudit = { _, _ in throw Odd() }
        operations.onEvents = { throw Samples.failure }
        operations.onPreview = { _ in throw Known() }
        let translating: @Sendable (any Error) -> Failure? = { $0 is Known ? Samples.failure : nil }
        try await withServer(operations, translating: translating) { server in
            let client = try await server.connect()
            #expect(await failure { try await client.overview() } == Samples.failure)
            #expect(await failure { try await client.events() } == Samples.failure)
            #expect(await failure { try await client.preview(Samples.command) } == Samples.failure)
            let odd = await failure { try await client.audit(limit: 1) }
            #expect(odd?.code == "control.unexpected")
            #expect(odd?.sentence == "The engine could not answer: Odd.")
        }
    }

    @Test func `64 calls at once are under way together and each gets its own answer`() async throws {
        let arrived = Counter()
        var operations = ScriptedOperations()
        operations.onAudit = { _, limit in
            arrived.add()
            await arrived.reaches(64)
            var entry = Samples.audited
            entry.sequence = Int64(limit)
            return [entry]
        }
        try await withServer(operations) { server in
            let client = try await server.connect()
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for limit in 0..<64 {
                    group.addTask { try await client.audit(limit: limit).map(\.sequence) == [Int64(limit)] }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }

    @Test func `answers of megabytes arrive whole`() async throws {
        var operations = ScriptedOperations()
        var entry = Samples.quarantined
        entry.record.payload = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let entries = [entry]
        operations.onQuarantine = { _ in entries }
        try await withServer(operations) { server in
            let client = try await server.connect()
            #expect(try await client.quarantine(QuarantineFilter()) == entries)
        }
    }

    @Test func `a request that is too large is refused before it is sent`() async throws {
        try await withServer { server in
            let client = try await server.connect()
            let ids = [Int64](repeating: .max, count: 300_000)
            #expect(await failure { try await client.preview(.replay(ids)) }?.code == "control.too_large")
            #expect(try await client.overview() == Samples.overview)
        }
    }

    @Test func `a call that is not answered in time ends with a sentence, and the link goes on`() async throws {
        let (arrived, cancelled) = (Counter(), Counter())
        var operations = ScriptedOperations()
        operations.onOverview = {
            arrived.add()
            await StopSignal().wait()
            cancelled.add()
            throw CancellationError()
        }
        try await withServer(operations) { server in
            let client = try await server.connect()
            async let outcome = failure { try await client.overview() }
            await arrived.reaches(1)
            // The greeting's patience on both sides, and the call's.
            await server.time.sleeps(3)
            server.time.advance(by: .seconds(10))
            let failed = await outcome
            #expect(failed?.code == "control.timed_out")
            #expect(failed?.sentence.contains("within 10 s") == true)
            await cancelled.reaches(1)
            #expect(try await client.audit(limit: 1) == [Samples.audited])
        }
    }

    @Test func `a command has longer, and is said to have been carried out perhaps`() async throws {
        let (arrived, end) = (Counter(), Counter())
        var operations = ScriptedOperations()
        operations.onPerform = { _ in
            arrived.add()
            await end.reaches(1)
            return .accepted(Task.isCancelled ? "Cancelled." : "Done.")
        }
        try await withServer(operations) { server in
            let client = try await server.connect()
            async let outcome = failure { try await client.perform(Samples.request) }
            await arrived.reaches(1)
            await server.time.sleeps(3)
            server.time.advance(by: .seconds(59))
            #expect(try await client.audit(limit: 1) == [Samples.audited])
            server.time.advance(by: .seconds(1))
            #expect(await outcome?.remedy.contains("may have been carried out") == true)
            end.add()
        }
    }

    @Test func `a read that is given up is given up at the engine, a command is carried to its end`() async throws {
        let (arrived, cancelled, end) = (Counter(), Counter(), Counter())
        let wasCancelled = Mutex<Bool?>(nil)
        var operations = ScriptedOperations()
        operations.onOverview = {
            arrived.add()
            await StopSignal().wait()
            cancelled.add()
            return Samples.overview
        }
        operations.onPerform = { _ in
            arrived.add()
            await end.reaches(1)
            wasCancelled.withLock { $0 = Task.isCancelled }
            cancelled.add()
            return .accepted("Done.")
        }
        try await withServer(operations) { server in
            let client = try await server.connect()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await client.overview() }
                group.addTask { _ = try? await client.perform(Samples.request) }
                await arrived.reaches(2)
                group.cancelAll()
            }
            await cancelled.reaches(1)
            // Behind the cancellation on the same link: it was taken note of.
            _ = try await client.audit(limit: 1)
            end.add()
            await cancelled.reaches(2)
        }
        #expect(wasCancelled.withLock { $0 } == false)
    }
}
