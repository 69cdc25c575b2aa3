import PulseDomain
import PulseSimulation
import Testing

@testable import PulseGateway

@Suite struct DeadlinesTests {
    private struct Refusal: Error, Equatable {}

    /// Waits until it is cancelled, and says so.
    @Sendable private static func wait(_ ended: Counter) async throws {
        defer { ended.add() }
        let (stream, never) = AsyncStream.makeStream(of: Void.self)
        for await _ in stream {}
        withExtendedLifetime(never) {}
        try Task.checkCancellation()
    }

    @Test func `what is over in time is answered as it ended`() async throws {
        let deadlines = Deadlines(time: ManualTime())
        #expect(try await deadlines.within(.seconds(1)) { 7 } == 7)
        await #expect(throws: Refusal()) { try await deadlines.within(.seconds(1)) { throw Refusal() } }
    }

    @Test(.timeLimit(.minutes(1)))
    func `each is ended at its own time, whichever began first`() async throws {
        let time = ManualTime()
        let deadlines = Deadlines(time: time)
        let (late, early) = (Counter(), Counter())
        let first = Task { try await deadlines.within(.seconds(30)) { try await Self.wait(late) } }
        await time.sleeps(1)
        let second = Task { try await deadlines.within(.seconds(20)) { try await Self.wait(early) } }
        // The timer looks earlier now.
        await time.sleeps(2)
        time.advance(by: .seconds(20))
        await #expect(throws: DeadlinePassed.self) { try await second.value }
        #expect((early.count, late.count) == (1, 0))
        await time.sleeps(3)
        time.advance(by: .seconds(10))
        await #expect(throws: DeadlinePassed.self) { try await first.value }
        #expect(late.count == 1)
    }

    @Test(.timeLimit(.minutes(1)))
    func `one timer serves many that are over in time`() async throws {
        let time = ManualTime()
        let deadlines = Deadlines(time: time)
        for number in 0..<100 { #expect(try await deadlines.within(.seconds(30)) { number } == number) }
        await time.sleeps(1)
        // There is nothing to end, and nothing to look at again.
        time.advance(by: .seconds(30))
        let last = Task { try await deadlines.within(.seconds(30)) { try await Self.wait(Counter()) } }
        await time.sleeps(2)
        time.advance(by: .seconds(30))
        await #expect(throws: DeadlinePassed.self) { try await last.value }
    }

    @Test(.timeLimit(.minutes(1)))
    func `who is cancelled ends what he waits for`() async throws {
        let time = ManualTime()
        let deadlines = Deadlines(time: time)
        let ended = Counter()
        let caller = Task { try await deadlines.within(.seconds(30)) { try await Self.wait(ended) } }
        await time.sleeps(1)
        caller.cancel()
        await #expect(throws: CancellationError.self) { try await caller.value }
        #expect(ended.count == 1)
    }
}
