import PulseDomain
import PulseEngine

/// A provider with a window of points, driven event by event against ``QuotaState``: requests arrive after half of
/// their latency and answers after the rest, so that answers overtake each other.
struct QuotaWindowSimulation {
    struct Window {
        var endsAt: Instant
        var used = 0
    }

    private struct Request {
        var cost: Int
        var sentIn: Int
        var arrivesAt: Instant
        var answersAt: Instant
        var observation: QuotaObservation?
    }

    let limit: Int
    let length: Duration
    var state: QuotaState
    var random: SeededGenerator
    /// Points that somebody else spends each second.
    var others = 0.0
    private(set) var now = Instant(CivilTime(year: 2026, month: 3, day: 2, hour: 6))
    private(set) var windows: [Window] = []
    /// Requests that arrived when the provider had nothing left.
    private(set) var refused = 0
    private(set) var sent = 0
    private var underWay: [Request] = []
    private var othersSpent = 0.0

    init(limit: Int, length: Duration, policy: QuotaPolicy, seed: UInt64) {
        self.limit = limit
        self.length = length
        state = QuotaState(id: QuotaID(identity: "i", bucket: "points"), policy: policy)
        random = SeededGenerator(seed: seed)
    }

    /// Goes on for `duration`. `demand` gives the cost of the next request while one is wanted.
    mutating func run(for duration: Duration, demand: (inout SeededGenerator) -> Int?) {
        let end = now + duration
        var wanted: [Int] = []
        var lookAt = now
        while now < end {
            while wanted.count < 6, let cost = demand(&random) { wanted.append(cost) }
            var earliest: Instant?
            var rest: [Int] = []
            for cost in wanted {
                switch state.admit(cost: cost, at: now) {
                case .go:
                    sent += 1
                    let latency = Duration.milliseconds(Int.random(in: 60...900, using: &random))
                    underWay.append(
                        Request(
                            cost: cost, sentIn: state.windowNumber, arrivesAt: now + latency * 0.5,
                            answersAt: now + latency * Double.random(in: 0.6...2, using: &random)))
                case .wait(let until, _, _):
                    rest.append(cost)
                    earliest = min(earliest ?? until, until)
                case .full: rest.append(cost)
                }
            }
            let went = rest.count < wanted.count
            wanted = rest
            lookAt = went ? now + .milliseconds(1) : earliest ?? end
            now = max(now + .microseconds(1), min(nextEvent ?? end, lookAt, end))
            handleEvents()
        }
    }

    private var nextEvent: Instant? {
        underWay.map { $0.observation == nil ? $0.arrivesAt : $0.answersAt }.min()
    }

    private mutating func handleEvents() {
        for index in underWay.indices where underWay[index].observation == nil && underWay[index].arrivesAt <= now {
            arrive(index)
        }
        for request in underWay where request.answersAt <= now {
            guard let observation = request.observation else { continue }
            state.end(
                cost: request.cost, sentIn: request.sentIn, observations: [observation],
                isSuccess: observation.retryAfter == nil, at: now)
        }
        underWay.removeAll { $0.answersAt <= now && $0.observation != nil }
    }

    private mutating func arrive(_ index: Int) {
        if windows.last.map({ $0.endsAt <= now }) ?? true {
            windows.append(Window(endsAt: Instant(seconds: now.seconds) + length))
            othersSpent = 0
        }
        guard var window = windows.last else { return }
        let age = length - (window.endsAt - now)
        let due = Int(others * age.inSeconds - othersSpent)
        othersSpent += Double(due)
        window.used = min(limit, window.used + due)
        let left = window.endsAt - now
        let wholeSeconds = Duration.seconds(left.components.seconds)
        if window.used >= limit {
            refused += 1
            underWay[index].observation = QuotaObservation(
                bucket: "points", limit: limit, remaining: 0, cost: 0, resetsIn: wholeSeconds, window: length,
                retryAfter: wholeSeconds)
        } else {
            window.used = min(limit, window.used + underWay[index].cost)
            underWay[index].observation = QuotaObservation(
                bucket: "points", limit: limit, remaining: limit - window.used, cost: underWay[index].cost,
                resetsIn: wholeSeconds, window: length)
        }
        windows[windows.count - 1] = window
    }
}
