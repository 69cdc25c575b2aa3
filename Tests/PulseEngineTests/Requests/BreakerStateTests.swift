import PulseDomain
import PulseEngine
import Testing

@Suite struct BreakerStateTests {
    let start = Instant(CivilTime(year: 2026, month: 3, day: 2, hour: 6))
    let policy = BreakerState.Policy(threshold: 3, firstPause: .seconds(30), longestPause: .seconds(100))

    private func breaker() -> BreakerState { BreakerState(source: "s", endpoint: "search", policy: policy) }

    private func opened() -> BreakerState {
        var breaker = breaker()
        for _ in 0..<3 { _ = breaker.fail("It broke.", isProbe: false, at: start) }
        return breaker
    }

    @Test func `it opens after as many failures in a row as its policy says, and says why`() {
        var breaker = breaker()
        #expect(breaker.fail("It broke.", isProbe: false, at: start) == false)
        #expect(breaker.fail("It broke.", isProbe: false, at: start) == false)
        #expect(breaker.succeed() == false)
        for _ in 0..<2 { #expect(breaker.fail("It broke.", isProbe: false, at: start) == false) }
        #expect(breaker.admit(at: start) == .go(isProbe: false))
        #expect(breaker.fail("It broke.", isProbe: false, at: start) == true)
        guard case .wait(let until, let because) = breaker.admit(at: start) else {
            Issue.record("an open breaker lets nothing pass")
            return
        }
        #expect(until == start + .seconds(30))
        #expect(because.contains("search of s failed 3 times") && because.contains("It broke."))
    }

    @Test func `one probe passes, and only one`() {
        var breaker = opened()
        let due = start + .seconds(30)
        #expect(breaker.admit(at: due) == .go(isProbe: true))
        for delay in [0, 1, 30, 119] {
            guard case .wait(let until, _) = breaker.admit(at: due + .seconds(delay)) else {
                Issue.record("a second probe after \(delay) s")
                continue
            }
            #expect(until > due + .seconds(delay))
        }
        // One that never ends is given up.
        #expect(breaker.admit(at: due + .minutes(2)) == .go(isProbe: true))
    }

    @Test func `a probe that succeeds closes it`() {
        var breaker = opened()
        #expect(breaker.admit(at: start + .seconds(30)) == .go(isProbe: true))
        #expect(breaker.succeed() == true)
        #expect(breaker.admit(at: start + .seconds(30)) == .go(isProbe: false))
    }

    @Test func `each failed probe doubles the pause up to the longest, and success forgets it`() {
        var breaker = opened()
        var now = start
        for pause in [30, 60, 100, 100] {
            guard case .wait(let until, _) = breaker.admit(at: now) else {
                Issue.record("has to be open")
                return
            }
            #expect(until - now == .seconds(pause))
            now = until
            #expect(breaker.admit(at: now) == .go(isProbe: true))
            #expect(breaker.fail("Still.", isProbe: true, at: now) == true)
        }
        _ = breaker.succeed()
        for _ in 0..<3 { _ = breaker.fail("Again.", isProbe: false, at: now) }
        guard case .wait(let until, _) = breaker.admit(at: now) else {
            Issue.record("has to be open")
            return
        }
        #expect(until - now == .seconds(30))
    }

    @Test func `late failures of requests sent before it opened change nothing`() {
        var breaker = opened()
        #expect(breaker.fail("Late.", isProbe: false, at: start + .seconds(1)) == false)
        #expect(breaker.admit(at: start + .seconds(30)) == .go(isProbe: true))
        #expect(breaker.fail("Later.", isProbe: false, at: start + .seconds(31)) == false)
        breaker.abandon(isProbe: false, at: start + .seconds(31))
        guard case .wait = breaker.admit(at: start + .seconds(31)) else {
            Issue.record("the probe is still under way")
            return
        }
    }

    @Test func `a probe that is given up makes room for the next one`() {
        var breaker = opened()
        #expect(breaker.admit(at: start + .seconds(30)) == .go(isProbe: true))
        breaker.abandon(isProbe: true, at: start + .seconds(31))
        #expect(breaker.admit(at: start + .seconds(31)) == .go(isProbe: true))
    }

    @Test(arguments: [BreakerPosition.open, .halfOpen])
    func `a restart keeps it open until the stated time and lets a probe pass then`(position: BreakerPosition) {
        let status = BreakerStatus(
            source: "s", endpoint: "search", position: position, failures: 4, openedAt: start,
            probesAt: start + .seconds(60), because: "It broke.")
        var breaker = BreakerState(restoring: status, policy: policy)
        guard case .wait(let until, _) = breaker.admit(at: start + .seconds(10)) else {
            Issue.record("has to be open")
            return
        }
        #expect(until == start + .seconds(60))
        #expect(breaker.admit(at: start + .seconds(60)) == .go(isProbe: true))
    }
}
