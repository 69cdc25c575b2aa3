import PulseDomain
import PulseEngine
import Testing

@Suite struct QuotaStateTests {
    let start = Instant(CivilTime(year: 2026, month: 3, day: 2, hour: 6))
    let policy = QuotaPolicy(unknownRate: 5, burst: 500, concurrency: 4, window: .hours(1), reserve: .amount(0))

    private func state(_ policy: QuotaPolicy? = nil) -> QuotaState {
        QuotaState(id: QuotaID(identity: "i", bucket: "b"), policy: policy ?? self.policy)
    }

    /// Sends one request and answers it with `seen`.
    private func exchange(_ state: inout QuotaState, _ seen: QuotaObservation?, success: Bool = true, at now: Instant) {
        #expect(state.admit(cost: 1, at: now) == .go)
        state.end(
            cost: 1, sentIn: state.windowNumber, observations: seen.map { [$0] } ?? [], isSuccess: success, at: now)
    }

    private func seen(
        _ limit: Int?, _ remaining: Int?, in resets: Duration? = .minutes(30), cost: Int? = nil,
        retryAfter: Duration? = nil, secondary: Bool = false, window: Duration? = .hours(1)
    ) -> QuotaObservation {
        QuotaObservation(
            bucket: "b", limit: limit, remaining: remaining, cost: cost, resetsIn: resets, window: window,
            retryAfter: retryAfter, isSecondary: secondary)
    }

    private func status(_ state: QuotaState, at now: Instant) -> QuotaStatus {
        state.status(sources: [], waiting: 0, at: now)
    }

    struct Learned: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var limit: Int?
        var remaining: Int?
        var resets: Duration?
        var window: Duration? = .hours(1)
        var knows: (limit: Int?, remaining: Int?, resetsIn: Duration?)
    }

    @Test(arguments: [
        Learned(testDescription: "nothing", limit: nil, remaining: nil, resets: nil, knows: (nil, nil, nil)),
        Learned(testDescription: "0 of 0", limit: 0, remaining: 0, resets: .minutes(5), knows: (nil, nil, nil)),
        Learned(
            testDescription: "no remainder", limit: 100, remaining: nil, resets: .minutes(5), knows: (nil, nil, nil)),
        Learned(testDescription: "no window: a gauge", limit: 350, remaining: 12, resets: nil, knows: (350, 12, nil)),
        Learned(
            testDescription: "all", limit: 100, remaining: 40, resets: .minutes(5), knows: (100, 40, .minutes(5))),
        Learned(
            testDescription: "reset beyond the window", limit: 100, remaining: 40, resets: .days(9),
            knows: (100, 40, .hours(1))),
        Learned(
            testDescription: "reset in the past", limit: 100, remaining: 40, resets: .seconds(-90),
            knows: (100, 40, .zero)),
        Learned(
            testDescription: "more left than there is", limit: 100, remaining: 900, resets: .minutes(5),
            knows: (100, 100, .minutes(5))),
        Learned(
            testDescription: "less than nothing left", limit: 100, remaining: -3, resets: .minutes(5),
            knows: (100, 0, .minutes(5))),
    ])
    func `what answers tell is believed as far as it can be`(one: Learned) {
        var state = state()
        exchange(&state, seen(one.limit, one.remaining, in: one.resets, window: one.window), at: start)
        let status = status(state, at: start)
        #expect(status.limit == one.knows.limit)
        #expect(status.remaining == one.knows.remaining)
        #expect(status.resetsAt == one.knows.resetsIn.map { start + $0 })
    }

    @Test func `answers that overtake each other never give points back`() {
        var state = state()
        for _ in 0..<3 { #expect(state.admit(cost: 1, at: start) == .go) }
        for remaining in [97, 99, 98] {
            state.end(
                cost: 1, sentIn: state.windowNumber, observations: [seen(100, remaining)], isSuccess: true, at: start)
        }
        #expect(status(state, at: start).remaining == 97)
    }

    @Test func `a late answer of the window before does not undo the new one`() {
        var state = state()
        exchange(&state, seen(100, 3, in: .seconds(2)), at: start)
        #expect(state.admit(cost: 1, at: start) == .go)
        let sentIn = state.windowNumber
        let later = start + .seconds(5)
        exchange(&state, seen(100, 99, in: .minutes(60)), at: later)
        state.end(cost: 1, sentIn: sentIn, observations: [seen(100, 2, in: .zero)], isSuccess: true, at: later)
        #expect(status(state, at: later).remaining == 99)
        #expect(status(state, at: later).resetsAt == later + .hours(1))
    }

    @Test func `nothing is sent while nothing is left, and all of it after the reset`() {
        var state = state()
        exchange(&state, seen(100, 0), at: start)
        guard case .wait(let until, let because, false) = state.admit(cost: 1, at: start) else {
            Issue.record("has to wait")
            return
        }
        #expect(until == start + .minutes(30) + .seconds(1))
        #expect(because.contains("0 of 100"))
        #expect(state.admit(cost: 1, at: until - .milliseconds(1)) != .go)
        #expect(state.admit(cost: 1, at: until) == .go)
        #expect(status(state, at: until).remaining == 100)
    }

    @Test func `a reserve is left to others and a request dearer than the budget goes alone`() {
        var state = state(
            QuotaPolicy(unknownRate: 5, burst: 500, concurrency: 4, window: .hours(1), reserve: .share(0.1)))
        exchange(&state, seen(100, 10), at: start)
        #expect(status(state, at: start).reserve == 10)
        #expect(state.admit(cost: 1, at: start) != .go)
        let fresh = start + .minutes(31)
        #expect(state.admit(cost: 95, at: fresh) == .go)
        #expect(state.admit(cost: 95, at: fresh) != .go)
    }

    @Test func `a wait that the provider asks for is kept, and the longest is a day`() {
        for (asked, kept) in [(Duration.seconds(90), Duration.seconds(91)), (.days(30), .days(1) + .seconds(1))] {
            var state = state()
            exchange(&state, seen(nil, nil, in: nil, retryAfter: asked), success: false, at: start)
            guard case .wait(let until, _, false) = state.admit(cost: 1, at: start) else {
                Issue.record("has to wait")
                continue
            }
            #expect(until == start + kept)
            #expect(state.admit(cost: 1, at: until) == .go)
        }
    }

    @Test func `a secondary limit cuts concurrency to one, which grows back with success`() {
        var state = state()
        exchange(&state, seen(nil, nil, in: nil, retryAfter: .seconds(60), secondary: true), success: false, at: start)
        let now = start + .seconds(61)
        #expect(state.admit(cost: 1, at: now) == .go)
        #expect(state.admit(cost: 1, at: now) == .full)
        state.end(cost: 1, sentIn: state.windowNumber, observations: [], isSuccess: true, at: now)
        for _ in 0..<19 { exchange(&state, nil, at: now) }
        #expect(status(state, at: now).concurrency == 2)
        for _ in 0..<200 { exchange(&state, nil, at: now) }
        #expect(status(state, at: now).concurrency == 4)
    }

    @Test func `refusals that state no end are waited for ever longer, up to half an hour, until one succeeds`() {
        var state = state()
        var now = start
        for minutes in [1, 2, 4, 8, 16, 30, 30] {
            refuse(&state, at: now)
            guard case .wait(let until, let because, false) = state.admit(cost: 1, at: now) else {
                Issue.record("has to wait")
                return
            }
            #expect(until - now == .minutes(minutes) + .seconds(1))
            #expect(because.hasPrefix("The provider asked to wait"))
            #expect(status(state, at: now).concurrency == 1)
            now = until
        }
        exchange(&state, nil, at: now)
        refuse(&state, at: now)
        #expect(status(state, at: now).blockedUntil == now + .minutes(1) + .seconds(1))
    }

    @Test func `refusals of requests that were under way together count once`() {
        var state = state()
        for _ in 0..<4 { #expect(state.admit(cost: 1, at: start) == .go) }
        let answers = [(true, 0), (true, 80), (false, 90), (true, 200)]
        for (isRefused, delay) in answers {
            state.end(
                cost: 1, sentIn: state.windowNumber, observations: [seen(nil, nil, in: nil, secondary: isRefused)],
                isSuccess: !isRefused, asksToWait: isRefused, at: start + .milliseconds(delay))
        }
        let end = start + .milliseconds(200) + .minutes(1) + .seconds(1)
        #expect(status(state, at: start + .seconds(1)).blockedUntil == end)
        refuse(&state, at: end)
        #expect(status(state, at: end).blockedUntil == end + .minutes(2) + .seconds(1))
    }

    /// Sends one request, which is refused for a secondary limit without a word about how long.
    private func refuse(_ state: inout QuotaState, at now: Instant) {
        #expect(state.admit(cost: 1, at: now) == .go)
        state.end(
            cost: 1, sentIn: state.windowNumber, observations: [seen(nil, nil, in: nil, secondary: true)],
            isSuccess: false, asksToWait: true, at: now)
    }

    @Test func `requests that were given up leave no place and no credit behind`() {
        var state = state()
        var random = SeededGenerator(seed: 9)
        for _ in 0..<2_000 {
            guard state.admit(cost: 3, at: start) == .go else {
                Issue.record("a place or credit was lost")
                return
            }
            state.abandon(cost: 3, wasSent: false)
            _ = random.next()
        }
        #expect(status(state, at: start).inFlight == 0 && status(state, at: start).requests == 0)
    }

    @Test func `a request that was sent and given up counts as spent`() {
        var state = state()
        exchange(&state, seen(100, 50), at: start)
        #expect(state.admit(cost: 3, at: start) == .go)
        state.abandon(cost: 3, wasSent: true)
        #expect(status(state, at: start).remaining == 47)
    }

    @Test func `the forecast says when the budget runs out at the present rate`() throws {
        var state = state(
            QuotaPolicy(
                unknownRate: 5, burst: 5_000, concurrency: 4, window: .hours(1), reserve: .amount(0), burstShare: 1))
        for number in 1...60 {
            exchange(&state, seen(1_000, 600 - number * 5, cost: 5), at: start + .milliseconds(number))
        }
        let now = start + .seconds(59)
        let status = status(state, at: now)
        // 300 points in this minute, none in the one before it; 300 are left.
        #expect(abs(status.spentPerMinute - 150) < 10)
        let runsOut = try #require(status.runsOutAt)
        #expect(runsOut - now > .seconds(100) && runsOut - now < .seconds(140))
        #expect(status.usedShare == 0.7)
    }

    @Test func `a paced budget lasts until the reset, whatever a burst spent`() throws {
        var state = state(
            QuotaPolicy(
                unknownRate: 5, burst: 50, concurrency: 4, window: .hours(1), reserve: .amount(500), burstShare: 0.01))
        for number in 1...50 {
            let answer = seen(5_000, 700 - number)
            exchange(&state, answer, at: start + .milliseconds(number))
        }
        let now = start + .seconds(1)
        let told = status(state, at: now)
        #expect(told.spentPerMinute > told.allowedPerMinute ?? 0 && told.runsOutAt == nil)
        guard case .wait(_, let because, let isPacing) = state.admit(cost: 1, at: now) else {
            Issue.record("the burst is used up")
            return
        }
        #expect(isPacing && because == "Requests are paced: b lasts until the reset in 30m.")
    }

    @Test func `a gauge whose window is over shows a whole budget`() {
        var state = state()
        exchange(&state, seen(100, 3), at: start)
        let later = status(state, at: start + .hours(9))
        #expect(later.remaining == 100 && later.resetsAt == nil && later.runsOutAt == nil)
    }

    @Test func `what an earlier process knew is heeded, and dropped when it is over`() {
        let knowledge = QuotaState.StoredKnowledge(
            limit: 100, remaining: 0, resetsAt: start + .minutes(10), window: .hours(1), blockedUntil: nil)
        var state = state()
        state.restore(knowledge, at: start)
        #expect(state.admit(cost: 1, at: start) != .go)
        var late = self.state()
        late.restore(knowledge, at: start + .minutes(11))
        #expect(late.admit(cost: 1, at: start + .minutes(11)) == .go)
    }
}
