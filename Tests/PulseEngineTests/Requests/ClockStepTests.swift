import PulseConnectors
import PulseDomain
import PulseEngine
import PulseHTTP
import PulseSimulation
import Testing

/// What a wall clock that is set, by a person or by NTP, does to limits: nothing.
@Suite struct ClockStepTests {
    typealias Rig = GatedClientTests.Rig

    private static let start = GatedClientTests.start
    private static let steps: [Duration] = [.seconds(45), .hours(3), .seconds(-45), .days(-2)]

    /// Sends three requests one after the other, with the clock set `after` so long; when each was sent, by a clock that
    /// does not jump.
    private static func times(
        step: Duration, after: Duration, answer: @escaping @Sendable (Int) -> HTTPResponse
    ) async throws -> [Duration] {
        let clock = SimulationExecutor(startingAt: start)
        return try await clock.run {
            let steady = ProviderTime(clock)
            let sent = Sent()
            let rig = Rig(clock, threshold: 2) { number throws(HTTPError) in
                sent.add(steady.now - start)
                return answer(number)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { for _ in 0..<3 { _ = try await rig.client(tries: 9).send(Rig.request) } }
                try await clock.sleep(for: after)
                clock.jump(by: step)
                try await group.waitForAll()
            }
            return sent.times
        }
    }

    @Test(arguments: steps)
    func `a wait that the provider asked for lasts as long as it was to last`(step: Duration) async throws {
        let times = try await Self.times(step: step, after: .seconds(10)) { number in
            number == 1 ? GatedClientTests.response(429, ["retry-after": "90"]) : GatedClientTests.response(200)
        }
        #expect(times == [.zero, .seconds(91), .seconds(91), .seconds(91)])
    }

    @Test(arguments: steps)
    func `nothing is sent before the window has ended`(step: Duration) async throws {
        let times = try await Self.times(step: step, after: .seconds(10)) { number in
            GatedClientTests.response(
                200, ["limit": "100", "remaining": number == 1 ? "0" : "99", "reset": number == 1 ? "1200" : "3600"])
        }
        #expect(times.prefix(2) == [.zero, .seconds(1_201)])
    }

    @Test(arguments: steps)
    func `an open breaker stays open as long as it was to be`(step: Duration) async throws {
        let times = try await Self.times(step: step, after: .seconds(10)) { number in
            GatedClientTests.response(number <= 2 ? 503 : 200)
        }
        // Two failures open it for thirty seconds.
        #expect(times.count == 5)
        #expect(times[2] - times[1] == .seconds(30), "\(times)")
    }

    @Test(arguments: steps)
    func `what is shown follows the wall clock`(step: Duration) async throws {
        let clock = SimulationExecutor(startingAt: Self.start)
        try await clock.run {
            let rig = Rig(clock) { _ throws(HTTPError) in
                GatedClientTests.response(200, ["limit": "100", "remaining": "50", "reset": "1200"])
            }
            _ = try await rig.client().send(Rig.request)
            let before = try #require(rig.limits.quotaStatuses().first?.resetsAt)
            #expect(before == clock.now + .minutes(20))
            clock.jump(by: step)
            #expect(rig.limits.quotaStatuses().first?.resetsAt == clock.now + .minutes(20))
            // Another process takes up the same.
            let other = Limits(time: clock)
            for (id, knowledge) in rig.limits.knowledge() {
                other.restore(id, policy: rig.source.policy, knowledge: knowledge)
            }
            #expect(other.quotaStatuses().first?.resetsAt == clock.now + .minutes(20))
            #expect(other.quotaStatuses().first?.remaining == 50)
        }
    }

    @Test func `two looks at the same tell the same, although clocks tick between them`() async throws {
        let clock = SimulationExecutor(startingAt: Self.start)
        try await clock.run {
            let rig = Rig(clock) { _ throws(HTTPError) in
                GatedClientTests.response(200, ["limit": "100", "remaining": "50", "reset": "1200"])
            }
            _ = try await rig.client().send(Rig.request)
            let before = rig.limits.knowledge().map(\.1)
            // Two clocks are never read at the same moment.
            clock.jump(by: .milliseconds(3))
            #expect(rig.limits.knowledge().map(\.1) == before)
        }
    }

    private final class Sent: Sendable {
        private let list = Locked<[Duration]>([])
        var times: [Duration] { list.value }
        func add(_ time: Duration) { list.change { $0.append(time) } }
    }
}
