import PulseDomain
import PulseSimulation
import Synchronization
import Testing

@testable import PulseGateway

struct EnginePoolTests {
    /// An engine that can be away.
    private final class Member: Sendable {
        let operations = StubOperations()
        let failure = Mutex<Failure?>(nil)
        let asked = Mutex(0)

        func away() { failure.withLock { $0 = EnginePoolTests.silence } }
        func back() { failure.withLock { $0 = nil } }
    }

    private static let silence = Failure(.transient, code: "http.connection_lost", "The link is down.", remedy: "Wait.")

    /// A pool over `members` whose reads go through `Member.failure`.
    private static func read(_ pool: EnginePool, _ members: [Member]) async throws -> Int {
        try await pool.read { operations in
            guard let place = members.firstIndex(where: { $0.operations === operations as? StubOperations }) else {
                return -1
            }
            members[place].asked.withLock { $0 += 1 }
            if let failure = members[place].failure.withLock({ $0 }) { throw failure }
            return place
        }
    }

    private static func pool(_ members: [Member], _ time: ManualTime) -> EnginePool {
        EnginePool(members.enumerated().map { .init(name: "e\($0)", operations: $1.operations) }, time: time)
    }

    @Test func `a read that one engine does not answer goes to another`() async throws {
        let (members, time) = ([Member(), Member()], ManualTime())
        let pool = Self.pool(members, time)
        members[0].away()
        for _ in 0..<5 { #expect(try await Self.read(pool, members) == 1) }
        // After three failures it is left alone.
        #expect(members[0].asked.withLock { $0 } == 3)
        time.advance(by: .seconds(2))
        members[0].back()
        #expect(try await Self.read(pool, members) == 0)
    }

    @Test func `nobody answers: that is told, with when it is tried again, and engines are left alone`() async throws {
        let (members, time) = ([Member()], ManualTime())
        let pool = Self.pool(members, time)
        members[0].away()
        for _ in 0..<3 { await #expect(throws: Self.silence) { try await Self.read(pool, members) } }
        let failure = await #expect(throws: Failure.self) { try await Self.read(pool, members) }
        #expect(failure?.code == "engine.away")
        #expect(failure?.retryAt == time.now + .seconds(2))
        #expect(members[0].asked.withLock { $0 } == 3)
    }

    @Test func `a refusal is an answer, and is not tried elsewhere`() async throws {
        let (members, time) = ([Member(), Member()], ManualTime())
        let pool = Self.pool(members, time)
        await #expect(throws: Failure.self) { try await pool.jobDetail("no/such") }
        for _ in 0..<10 { _ = try? await pool.jobDetail("no/such") }
        #expect(await pool.standings().allSatisfy { $0.problem == nil && $0.answers })
    }

    static let refusals: [(code: String, reaches: Int)] = [
        ("http.cannot_connect", 1), ("http.tls_failure", 1), ("overloaded", 1), ("unauthenticated", 1),
        ("http.connection_lost", 0), ("http.timed_out", 0), ("ending", 0), ("store.away", 0), ("job.unknown", 0),
    ]

    @Test(arguments: refusals)
    func `a command goes to another engine only when it surely was not sent`(code: String, reaches: Int) async throws {
        let (members, time) = ([Member(), Member()], ManualTime())
        members[0].operations.refusal.withLock {
            $0 = Failure(.transient, code: code, "It did not work.", remedy: "Wait.")
        }
        let pool = Self.pool(members, time)
        let request = CommandRequest(.resume("a/b"), by: Principal("ada"), reason: "", correlation: "c")
        let receipt = try? await pool.perform(request)
        #expect((receipt == .accepted("Done.")) == (reaches == 1))
        #expect(members[1].operations.performed.withLock { $0.count } == reaches)
    }

    @Test func `what a store says through an engine is no silence of the engine`() async throws {
        let (members, time) = ([Member()], ManualTime())
        let away = Failure(.store, code: "store.away", "The database does not answer.", remedy: "Wait.")
        members[0].operations.refusal.withLock { $0 = away }
        let pool = Self.pool(members, time)
        let request = CommandRequest(.resume("a/b"), by: Principal("ada"), reason: "", correlation: "c")
        for _ in 0..<5 { await #expect(throws: away) { try await pool.perform(request) } }
    }

    @Test func `looking at engines notices that one is gone, and that it is back`() async throws {
        let (members, time) = ([Member(), Member()], ManualTime())
        let pool = EnginePool(
            members.enumerated().map { place, member in
                .init(name: "e\(place)", operations: member.operations) {
                    if let failure = member.failure.withLock({ $0 }) { throw failure }
                    return nil
                }
            }, time: time)
        members[0].away()
        for _ in 0..<3 { await pool.look() }
        #expect(await pool.standings().map(\.answers) == [false, true])
        #expect(await pool.standings()[0].problem == "The link is down.")
        // It is left alone without any request having met it.
        _ = try await Self.read(pool, members)
        #expect(members[0].asked.withLock { $0 } == 0)
        members[0].back()
        await pool.look()
        #expect(await pool.standings().allSatisfy { $0.answers && $0.problem == nil && $0.underWay == 0 })
    }

    @Test func `how an engine stands is told when it changes, and not each time it is looked at`() async throws {
        let (members, time) = ([Member(), Member()], ManualTime())
        let told = Mutex<[String]>([])
        let trouble = Mutex<String?>(nil)
        let pool = EnginePool(
            members.enumerated().map { place, member in
                .init(name: "e\(place)", operations: member.operations) {
                    if let failure = member.failure.withLock({ $0 }) { throw failure }
                    return place == 1 ? trouble.withLock { $0 } : nil
                }
            }, time: time
        ) { change in
            told.withLock { $0.append("\(change.name) \(change.code ?? "works")\(change.isFirst ? " at first" : "")") }
        }
        members[0].away()
        await pool.look()
        await pool.look()
        trouble.withLock { $0 = "The store does not answer for 1 s." }
        await pool.look()
        // The same in other words.
        trouble.withLock { $0 = "The store does not answer for 6 s." }
        members[0].back()
        await pool.look()
        trouble.withLock { $0 = nil }
        await pool.look()
        await pool.look()
        #expect(
            told.withLock { $0 } == [
                "e0 http.connection_lost at first", "e1 engine.trouble", "e0 works", "e1 works",
            ])
    }

    @Test func `a command is sent once`() async throws {
        let (members, time) = ([Member(), Member()], ManualTime())
        let pool = Self.pool(members, time)
        let request = CommandRequest(.resume("a/b"), by: Principal("ada"), reason: "", correlation: "c")
        #expect(try await pool.perform(request) == .accepted("Done."))
        #expect(members.map { $0.operations.performed.withLock { $0.count } }.reduce(0, +) == 1)
    }

    @Test func `pauses double with each probe that fails, and end with one that is answered`() {
        var (state, now) = (UpstreamState(), Instant(seconds: 1_000))
        for _ in 0..<3 {
            state.begin(at: now)
            state.failed(at: now)
        }
        for pause in [2, 4, 8, 16, 32, 60, 60] {
            #expect(state.pausedUntil == now + .seconds(pause))
            #expect(!state.mayBegin(at: now + .seconds(pause) - .microseconds(1)))
            now += .seconds(pause)
            #expect(state.mayBegin(at: now))
            state.begin(at: now)
            // One at a time looks whether it is back.
            #expect(!state.mayBegin(at: now))
            state.failed(at: now)
        }
        now += .seconds(60)
        state.begin(at: now)
        state.answered()
        #expect(state.pausedUntil == nil && state.mayBegin(at: now) && state.underWay == 0)
    }
}
