import PulseDomain
import PulseStore
import Testing

/// An alert that comes and goes, and receivers that are told of it.
private struct AlertCase {
    let store: any Store
    var telling: AlertTelling
    var time = Sample.start

    static let way = NotifyReceiver.Way.mail(command: "true", from: "a@b", to: ["c@d"])

    init(_ store: any Store, repeats: Duration = .hours(4), resolved: Duration = .minutes(5)) {
        self.store = store
        telling = AlertTelling(
            [NotifyReceiver(name: "all", way: Self.way, tellsResolved: true)], repeatsAfter: repeats,
            resolvedAfter: resolved)
    }

    func alert(_ severity: Severity = .critical, since: Instant? = nil) -> Alert {
        Alert(
            id: "job_failed:a/b", kind: .jobFailed, severity: severity, sentence: "It failed.", because: "Why.",
            since: since ?? time, job: "a/b")
    }

    func raise(_ severity: Severity = .critical) async throws {
        try await store.saveAlerts([alert(severity)], telling: telling, at: time)
    }
    func end() async throws { try await store.saveAlerts([], telling: telling, at: time) }
    /// It came and went.
    mutating func flap() async throws {
        try await raise()
        time = time + .seconds(10)
        try await end()
        time = time + .minutes(10)
    }

    func claim(_ limit: Int = 4) async throws -> [Delivery] {
        try await store.claimDeliveries(to: "all", at: time, lease: .minutes(2), limit: limit)
    }
    /// Takes everything that is due: `raised 0` with how often it came back.
    func deliver(_ end: DeliveryEnd = .delivered) async throws -> [String] {
        var told: [String] = []
        while case let due = try await claim(), !due.isEmpty {
            for delivery in due {
                told.append("\(delivery.key.event.rawValue) \(delivery.recurrences)")
                try await store.endDelivery(delivery, end, at: time)
            }
        }
        return told
    }
    func status() async throws -> ReceiverStatus { try await store.receiverStatus(of: "all", way: "mail", at: time) }
}

/// Messages about alerts, on their way to receivers.
let deliveryBehaviours: [Behaviour] = [
    Behaviour("what receivers are told of an alert is queued once each, and is one engine's at a time") { fixture in
        let store = try await fixture.open(Sample.tenant)
        let start = Sample.start
        var world = AlertCase(store)
        let failed = world.alert()
        var seen = failed
        (seen.id, seen.severity, seen.acknowledgedBy) = ("data_stale:a/b", .warning, Principal("ada"))
        world.telling.receivers += [
            NotifyReceiver(name: "others", way: AlertCase.way, tenants: ["somebody"]),
            NotifyReceiver(name: "quiet", way: AlertCase.way, severities: [.notice]),
        ]
        for second in 0..<3 {
            try await store.saveAlerts([failed, seen], telling: world.telling, at: start + .seconds(second))
        }
        #expect(try await world.status() == ReceiverStatus(name: "all", way: "mail", waiting: 1))
        world.time = start + .minutes(1)
        let next = try await store.nextDelivery(to: "all", at: world.time)
        #expect(next.map { abs(($0 - start).inSeconds) < 5 } == true)
        for name in ["others", "quiet"] { #expect(try await store.nextDelivery(to: name, at: world.time) == nil) }
        let first = try await world.claim()
        #expect(first.map(\.key.receiver) == ["all"] && first.map(\.attempts) == [1])
        let delivery = try #require(first.first)
        #expect(delivery.alert == failed && delivery.key.alert == failed.id && delivery.key.event == .raised)
        #expect(delivery.recurrences == 0 && delivery.lastToldAt == nil && delivery.age >= .seconds(55))
        #expect(try await world.claim().isEmpty)
        // Whoever took it is gone: it is due again, as the same message.
        world.time = world.time + .minutes(3)
        let second = try #require(try await world.claim().first)
        #expect(second.key == delivery.key && second.attempts == 2 && second.dueAt == delivery.dueAt)
        // Who was gone comes back: what he says of his try is late.
        try await store.endDelivery(delivery, .givenUp(because: "No."), at: world.time)
        try await store.endDelivery(delivery, .again(at: world.time, because: "No."), at: world.time)
        #expect(try await world.claim().isEmpty)
        let again = world.time + .minutes(10)
        try await store.endDelivery(second, .again(at: again, because: "Busy."), at: world.time)
        let failing = try await world.status()
        #expect(failing.failure == "Busy." && failing.waiting == 1 && failing.failingSince != nil)
        world.time = again - .seconds(5)
        #expect(try await world.claim().isEmpty)
        world.time = again
        let third = try #require(try await world.claim().first)
        #expect(third.attempts == 3)
        // Except that it arrived.
        try await store.endDelivery(second, .delivered, at: world.time)
        try await store.endDelivery(third, .again(at: again + .minutes(1), because: "Busy."), at: world.time)
        let told = try await world.status()
        #expect(told.waiting == 0 && told.failure == nil && told.lastDeliveredAt != nil && told.givenUp == 0)
        world.time = again + .days(1)
        #expect(try await world.claim().isEmpty)
        // What is over is forgotten after a month, also what nobody is left to tell.
        world.time = again + .days(40)
        try await store.endDelivery(third, .delivered, at: world.time)
        #expect(try await fixture.physicalRows()["deliveries"] == 0)
    },
    Behaviour("of an alert that comes and goes a receiver is told now and then, and how often it came back") {
        fixture in
        var world = AlertCase(try await fixture.open(Sample.tenant))
        world.telling.receivers[0].tellsResolved = false
        try await world.raise()
        #expect(try await world.deliver() == ["raised 0"])
        let told = world.time
        world.time = world.time + .seconds(5)
        try await world.end()
        world.time = world.time + .minutes(10)
        for _ in 0..<5 {
            try await world.flap()
            #expect(try await world.deliver() == [])
        }
        try await world.raise()
        #expect(try await world.deliver() == [])
        #expect(try await world.status().heldBack == 1)
        let next = try #require(try await world.store.nextDelivery(to: "all", at: world.time))
        #expect(abs((next - told - .hours(4)).inSeconds) < 5)
        world.time = next
        let due = try #require(try await world.claim().first)
        #expect(due.recurrences == 6 && due.lastToldAt.map { abs(($0 - told).inSeconds) < 5 } == true)
        #expect(abs((due.dueAt - next).inSeconds) < 5 && due.age < .seconds(5))
        try await world.store.endDelivery(due, .delivered, at: world.time)
        // The count begins anew; long after, so does the telling.
        try await world.end()
        world.time = world.time + .minutes(10)
        try await world.flap()
        #expect(try await world.deliver() == [])
        world.time = world.time + .hours(4)
        #expect(try await world.deliver() == [])
        try await world.raise()
        #expect(try await world.deliver() == ["raised 2"])
        try await world.end()
        world.time = world.time + .hours(5)
        try await world.raise()
        #expect(try await world.deliver() == ["raised 0"])
    },
    Behaviour("what got worse is told at once, and nothing that somebody has seen") { fixture in
        var world = AlertCase(try await fixture.open(Sample.tenant))
        try await world.raise(.warning)
        #expect(try await world.deliver() == ["raised 0"])
        world.time = world.time + .seconds(10)
        try await world.end()
        world.time = world.time + .minutes(1)
        try await world.raise(.warning)
        #expect(try await world.deliver() == [])
        // While it lasts, and then when it comes back.
        let since = world.time
        world.time = world.time + .minutes(1)
        for _ in 0..<2 {
            try await world.store.saveAlerts(
                [world.alert(.critical, since: since)], telling: world.telling, at: world.time)
        }
        #expect(try await world.deliver() == ["raised 1"])
        world.time = world.time + .minutes(1)
        try await world.end()
        world.time = world.time + .minutes(1)
        try await world.raise()
        #expect(try await world.status().heldBack == 1)
        #expect(try await world.store.acknowledge(alert: world.alert().id, by: Principal("ada")))
        #expect(try await world.status().heldBack == 0)
        world.time = world.time + .hours(5)
        #expect(try await world.deliver() == [])
    },
    Behaviour("an end is told once, when the alert has stayed away") { fixture in
        var world = AlertCase(try await fixture.open(Sample.tenant))
        try await world.raise()
        #expect(try await world.deliver() == ["raised 0"])
        for _ in 0..<3 {
            world.time = world.time + .seconds(10)
            try await world.end()
            #expect(try await world.deliver() == [])
            world.time = world.time + .minutes(4)
            try await world.raise()
        }
        world.time = world.time + .seconds(10)
        try await world.end()
        world.time = world.time + .minutes(5)
        let due = try #require(try await world.claim().first)
        #expect(due.key.event == .resolved && due.recurrences == 3)
        // Its job is being tried again: that counts as no try.
        try await world.store.endDelivery(due, .postponed(until: world.time + .minutes(2)), at: world.time)
        #expect(try await world.deliver() == [])
        world.time = world.time + .minutes(2)
        #expect(try await world.deliver() == ["resolved 3"])
        // It is back, and gone, before its time: that is quiet until it comes again.
        try await world.flap()
        world.time = world.time + .hours(5)
        #expect(try await world.deliver() == [])
        try await world.raise()
        #expect(try await world.deliver() == ["raised 5"])
        // Who was never told of the beginning is not told of the end.
        world.telling.receivers[0].name = "other"
        try await world.end()
        #expect(try await world.store.nextDelivery(to: "other", at: world.time) == nil)
    },
    Behaviour("a receiver that is down for hours is told of an alert in its order, and once of what came back") {
        fixture in
        var world = AlertCase(try await fixture.open(Sample.tenant))
        try await world.raise()
        let first = try #require(try await world.claim().first)
        let again = world.time + .hours(10)
        try await world.store.endDelivery(first, .again(at: again, because: "Down."), at: world.time)
        for _ in 0..<8 {
            world.time = world.time + .minutes(1)
            try await world.end()
            world.time = world.time + .minutes(1)
            try await world.raise()
            world.time = world.time + .hours(1)
            #expect(try await world.deliver() == [])
        }
        let waits = try await world.status()
        #expect(waits.waiting + waits.heldBack == 2 && waits.failure == "Down.")
        let next = try await world.store.nextDelivery(to: "all", at: world.time)
        #expect(next.map { abs(($0 - again).inSeconds) < 5 } == true)
        world.time = again
        // From when it was told at last.
        #expect(try await world.deliver() == ["raised 0"])
        world.time = again + .hours(4)
        #expect(try await world.deliver() == ["raised 8"])
        // One that is given up holds back nothing.
        try await world.end()
        world.time = world.time + .hours(5)
        #expect(try await world.deliver() == ["resolved 0"])
        try await world.raise()
        let lost = try #require(try await world.claim().first)
        world.time = world.time + .minutes(1)
        try await world.end()
        world.time = world.time + .minutes(1)
        try await world.raise()
        try await world.store.endDelivery(lost, .givenUp(because: "Gone."), at: world.time)
        #expect(try await world.deliver() == ["raised 1"])
        #expect(try await world.status().givenUp == 1)
    },
    Behaviour("what a receiver did not take is due as soon as it takes something, and says whether it is over") {
        fixture in
        var world = AlertCase(try await fixture.open(Sample.tenant))
        try await world.raise()
        let first = try #require(try await world.claim().first)
        #expect(first.endedAt == nil)
        let again = world.time + .hours(1)
        try await world.store.endDelivery(first, .again(at: again, because: "Down."), at: world.time)
        #expect(try await world.status().nextTryAt.map { abs(($0 - again).inSeconds) < 5 } == true)
        world.time = world.time + .minutes(1)
        let end = world.time
        try await world.end()
        world.time = world.time + .minutes(1)
        let due = world.time + .seconds(30)
        try await world.store.hastenDeliveries(to: "others", due: world.time, at: world.time)
        try await world.store.hastenDeliveries(to: "all", due: due, at: world.time)
        #expect(try await world.claim().isEmpty)
        // Nobody is put off by it.
        try await world.store.hastenDeliveries(to: "all", due: again + .hours(1), at: world.time)
        world.time = due + .seconds(1)
        let second = try #require(try await world.claim().first)
        #expect(second.key == first.key && second.attempts == 2 && second.endedAt == end)
        try await world.store.endDelivery(second, .delivered, at: world.time)
        #expect(try await world.status().nextTryAt == nil)
        // What was never tried, because it is held back or too early, keeps its time.
        let next = try #require(try await world.store.nextDelivery(to: "all", at: world.time))
        try await world.store.hastenDeliveries(to: "all", due: world.time, at: world.time)
        let then = try #require(try await world.store.nextDelivery(to: "all", at: world.time))
        #expect(next > world.time && abs((next - then).inSeconds) < 5)
        world.time = next
        let over = try #require(try await world.claim().first)
        #expect(over.key.event == .resolved && over.endedAt == end)
    },
]
