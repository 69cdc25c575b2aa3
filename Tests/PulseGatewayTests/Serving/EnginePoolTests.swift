import PulseDomain
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

    private static let silence = Failure(.transient, code: "link.down", "The link is down.", remedy: "Wait.")

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
        #expect(await pool.look().allSatisfy { $0.problem == nil })
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
