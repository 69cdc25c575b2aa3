import PulseDomain
import PulseEngine
import PulseTestTurns
import Testing

@Suite(.long) struct QuotaPacingTests {
    struct Provider: Sendable, CustomTestStringConvertible {
        var limit: Int
        var length: Duration
        var reserve: QuotaReserve = .amount(0)
        var dearest = 11
        var policy = QuotaPolicy.usual(for: .github, reserve: .amount(0))
        var testDescription: String { "\(limit) in \(length), \(reserve), costs to \(dearest)" }

        func simulation(seed: UInt64) -> QuotaWindowSimulation {
            var policy = policy
            policy.reserve = reserve
            return QuotaWindowSimulation(limit: limit, length: length, policy: policy, seed: seed)
        }
    }

    static let providers = [
        Provider(limit: 5_000, length: .hours(1)), Provider(limit: 5_000, length: .hours(1), reserve: .share(0.1)),
        Provider(limit: 5_000, length: .hours(1), reserve: .amount(700), dearest: 1),
        Provider(limit: 300, length: .hours(1), dearest: 3), Provider(limit: 100, length: .minutes(1), dearest: 3),
        Provider(limit: 100, length: .minutes(1), reserve: .share(0.1), dearest: 1),
        Provider(
            limit: 65_000, length: .hours(1), reserve: .share(0.1),
            policy: .usual(for: .jira, reserve: .amount(0))),
    ]

    @Test(arguments: providers, [1, 2, 3] as [UInt64])
    func `under continuous demand every window is used and none is overdrawn`(provider: Provider, seed: UInt64) {
        var simulation = provider.simulation(seed: seed)
        simulation.run(for: provider.length * 4) { Int.random(in: 1...provider.dearest, using: &$0) }
        #expect(simulation.refused == 0)
        let reserve =
            switch provider.reserve {
            case .share(let share): Int(Double(provider.limit) * share)
            case .amount(let amount): amount
            }
        #expect(simulation.windows.count >= 3)
        for window in simulation.windows.dropLast() {
            let share = Double(window.used) / Double(provider.limit - reserve)
            #expect(share >= 0.95 && share <= 1, "\(share)")
        }
    }

    @Test func `what others spend from the same budget is noticed and nothing is refused`() {
        var simulation = Provider(limit: 5_000, length: .hours(1), reserve: .share(0.05)).simulation(seed: 4)
        simulation.others = 0.5
        simulation.run(for: .hours(3)) { Int.random(in: 1...5, using: &$0) }
        #expect(simulation.refused == 0)
        for window in simulation.windows.dropLast() { #expect(window.used >= 4_600, "\(window.used)") }
    }

    @Test func `a small burst is not slowed`() {
        var state = QuotaState(
            id: QuotaID(identity: "i", bucket: "graphql"), policy: .usual(for: .github, reserve: .share(0.1)))
        let now = Instant(CivilTime(year: 2026, month: 3, day: 2))
        for number in 1...400 {
            #expect(state.admit(cost: 1, at: now) == .go, "request \(number)")
            state.end(
                cost: 1, sentIn: state.windowNumber,
                observations: [
                    QuotaObservation(
                        bucket: "graphql", limit: 5_000, remaining: 5_000 - number, cost: 1, resetsIn: .minutes(50),
                        window: .hours(1))
                ], isSuccess: true, at: now)
        }
    }

    @Test(arguments: [5_000, 10_000, 12_500])
    func `GitHub's limit of 2,000 points a minute is not reached, however quick its answers are`(limit: Int) {
        var state = QuotaState(
            id: QuotaID(identity: "i", bucket: "graphql"), policy: .usual(for: .github, reserve: .amount(0)))
        let start = Instant(CivilTime(year: 2026, month: 3, day: 2))
        var sent: [Int] = []
        for second in 0..<600 {
            let before = sent.reduce(0, +)
            var count = 0
            let now = start + .seconds(second)
            while state.admit(cost: 1, at: now) == .go {
                count += 1
                let left = QuotaObservation(
                    bucket: "graphql", limit: limit, remaining: limit - before - count, cost: 1,
                    resetsIn: .hours(1) - .seconds(second), window: .hours(1))
                state.end(cost: 1, sentIn: state.windowNumber, observations: [left], isSuccess: true, at: now)
            }
            sent.append(count)
        }
        #expect(sent.reduce(0, +) > 1_500)
        for end in sent.indices.dropFirst(59) { #expect(sent[(end - 59)...end].reduce(0, +) <= 2_000) }
    }

    @Test func `cheap requests do not starve a dear one`() {
        var state = QuotaState(
            id: QuotaID(identity: "i", bucket: "b"),
            policy: QuotaPolicy(unknownRate: 1, burst: 1, concurrency: 100, window: .hours(1), reserve: .amount(0)))
        var now = Instant(CivilTime(year: 2026, month: 3, day: 2))
        #expect(state.admit(cost: 1, at: now) == .go)
        now += .seconds(1)
        #expect(state.admit(cost: 50, at: now) == .go)
        guard case .wait(let until, _, true) = state.admit(cost: 1, at: now) else {
            Issue.record("the debt has to be paid first")
            return
        }
        #expect(until - now >= .seconds(49) && until - now <= .seconds(51))
    }
}
