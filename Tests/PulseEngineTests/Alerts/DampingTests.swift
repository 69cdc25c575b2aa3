import PulseConfiguration
import PulseDomain
import PulseSandbox
import PulseSimulation
import PulseStore
import PulseTestTurns
import Testing

@testable import PulseEngine

/// Alerts that come and go, receivers that fail each in its way, and a store that fails between a message and its record.
@Suite(.long) struct DampingTests {
    typealias Pulse = SimulatedPulse

    private static func receiver(
        _ name: String, url: String = "https://hooks.example/pulse", tellsResolved: Bool = false
    )
        -> NotifyReceiver
    {
        NotifyReceiver(
            name: name, way: .webhook(url: url, secret: .environment("HOOK")), severities: [.critical],
            tellsResolved: tellsResolved)
    }

    private static func onlyJira(_ configuration: inout Configuration, every cron: String) {
        configuration.sources.removeAll { $0.kind != .jira }
        for index in configuration.sources.indices {
            configuration.sources[index].schedule = ScheduleDefinition(cron: cron)
        }
    }

    @Test func `a job that fails at each scheduled run is told of every four hours, and how often it failed`()
        async throws
    {
        try await Pulse.simulate { clock in
            let (sandbox, store, hook) = try await DeliveryTests.world(clock)
            let pulse = try await DeliveryTests.open(clock, sandbox, store, hook, [Self.receiver("ops")]) {
                Self.onlyJira(&$0, every: "*/15 * * * *")
            }
            try await pulse.running { try await clock.sleep(for: .hours(9)) }
            DeliveryTests.expectOnce(hook)
            let failures = hook.accepted.filter { $0.field("kind") == "job_failed" }
            for told in Dictionary(grouping: failures, by: { $0.field("id") ?? "" }).values {
                let pauses = zip(told.dropFirst(), told).map { $0.at - $1.at }
                #expect(told.count == 3 && pauses.allSatisfy { $0 >= .hours(4) && $0 <= .minutes(256) }, "\(pauses)")
                #expect(told.first?.number("recurrences") == 0 && told.first?.field("last_told_at") == nil)
                for (message, before) in zip(told.dropFirst(), told) {
                    #expect((15...17).contains(message.number("recurrences") ?? 0))
                    #expect(message.field("last_told_at") == before.at.iso8601)
                    #expect(message.field("sentence")?.hasSuffix("failed.") == true)
                }
            }
            #expect(!failures.isEmpty)
            let held = try #require(try await pulse.engine.overview().engine.receivers?.first)
            #expect(held.heldBack > 0 && held.waiting == 0)
        }
    }

    @Test func `the end of a failure is told once, when a run has succeeded`() async throws {
        try await Pulse.simulate { clock in
            let (sandbox, store, hook) = try await DeliveryTests.world(clock)
            let pulse = try await DeliveryTests.open(
                clock, sandbox, store, hook, [Self.receiver("ops", tellsResolved: true)]
            ) { Self.onlyJira(&$0, every: "*/15 * * * *") }
            try await pulse.running {
                try await clock.sleep(for: .hours(2))
                hook.mendSource()
                try await clock.sleep(for: .hours(1))
                for _ in 0..<3 {
                    hook.breakSource()
                    try await clock.sleep(for: .minutes(16))
                    hook.mendSource()
                    try await clock.sleep(for: .minutes(3))
                }
            }
            Self.expectEnds(of: hook.accepted, mendedAt: Pulse.start + .hours(2))
            DeliveryTests.expectOnce(hook, atLeast: 2)
        }
    }

    /// That of what began before the source was mended the end was told, once and not before its time.
    private static func expectEnds(of messages: [AlertHook.Message], mendedAt mended: Instant) {
        let told = messages.map { message in
            "\(message.field("type") ?? "") \(message.field("id") ?? "") \(message.at.iso8601) "
                + "\(message.number("recurrences") ?? -1)"
        }
        let ends = messages.filter { $0.field("type") == "alert.resolved" }
        let failed = Set(messages.filter { $0.at < mended }.map { $0.field("id") })
        #expect(!failed.isEmpty && ends.count == failed.count, "\(told)")
        #expect(Set(ends.map { $0.field("id") }) == failed, "\(told)")
        for end in ends {
            #expect(end.at >= mended + .minutes(5) && end.at <= mended + .minutes(25), "\(told)")
            #expect(end.number("recurrences") ?? 0 >= 7, "\(told)")
        }
    }

    @Test func `a receiver that never answers holds up nobody else`() async throws {
        try await Pulse.simulate { clock in
            let (sandbox, store, hook) = try await DeliveryTests.world(clock)
            let receivers = [
                Self.receiver("dead", url: "https://dead.example/pulse"), Self.receiver("ops"),
            ]
            let pulse = try await DeliveryTests.open(clock, sandbox, store, hook, receivers) {
                Self.onlyJira(&$0, every: "*/15 * * * *")
            }
            try await pulse.running { try await clock.sleep(for: .minutes(40)) }
            let lines = try await store.logs(job: nil, after: nil, limit: 10_000)
            for message in hook.accepted {
                let raised = try #require(message.field("timestamp"))
                #expect((message.at - .seconds(2)).iso8601 <= raised, "\(raised) \(message.at.iso8601)")
            }
            DeliveryTests.expectOnce(hook)
            let states = try #require(try await pulse.engine.overview().engine.receivers)
            #expect(states.map(\.name) == ["dead", "ops"])
            #expect(states[0].failure?.contains("dead.example") == true && states[0].lastDeliveredAt == nil)
            #expect(states[1].failure == nil && states[1].lastDeliveredAt != nil)
            #expect(lines.contains { $0.message == "An alert could not be delivered, and is tried again." })
        }
    }

    @Test func `what arrived while the store failed is not sent again when it works`() async throws {
        try await Pulse.simulate { clock in
            let (sandbox, base, hook) = try await DeliveryTests.world(clock)
            let store = FaultyStore(base)
            hook.whenTold { store.plan { _ in FaultyStore.Fault.locked.error } }
            let pulse = try await DeliveryTests.open(clock, sandbox, store, hook) {
                Self.onlyJira(&$0, every: "*/15 * * * *")
            }
            try await pulse.running {
                try await pulse.wait("it was told of") { !hook.accepted.isEmpty }
                // Longer than a message is an engine's.
                try await clock.sleep(for: .minutes(10))
                hook.whenTold {}
                store.mend()
                try await clock.sleep(for: .minutes(10))
                #expect(try await pulse.engine.overview().engine.receivers?.first?.lastDeliveredAt != nil)
            }
            DeliveryTests.expectOnce(hook)
            #expect(store.failures > 0)
        }
    }

    @Test func `that the store fails is told without it, and that it works again`() async throws {
        try await Pulse.simulate { clock in
            let (sandbox, base, hook) = try await DeliveryTests.world(clock)
            hook.mendSource()
            let store = FaultyStore(base)
            let pulse = try await DeliveryTests.open(
                clock, sandbox, store, hook, [Self.receiver("ops", tellsResolved: true)])
            try await pulse.running {
                try await clock.sleep(for: .minutes(5))
                for pause in [Duration.minutes(1), .minutes(20), .minutes(20)] {
                    store.plan { _ in FaultyStore.Fault.full.error }
                    try await clock.sleep(for: pause)
                    store.mend()
                    try await clock.sleep(for: .minutes(10))
                }
            }
            let told = hook.accepted.filter { $0.field("kind") == "store_trouble" }
            // The first was too short; the last came too soon after the second.
            #expect(told.map { $0.field("type") } == ["alert.raised", "alert.resolved"], "\(told.count)")
            let begun = try #require(told.first)
            #expect(begun.field("because")?.isEmpty == false && begun.number("recurrences") == 0)
            let end = try #require(told.last)
            #expect(end.at - begun.at >= .minutes(18) && end.at - begun.at <= .minutes(25))
            #expect(try await base.alerts().allSatisfy { $0.kind != .storeTrouble })
        }
    }

    @Test func `an engine that dies between telling and noting it leaves it to be told by the same id`() async throws {
        try await Pulse.simulate { clock in
            let (sandbox, base, hook) = try await DeliveryTests.world(clock)
            let store = FaultyStore(base)
            hook.whenTold { store.plan { _ in FaultyStore.Fault.locked.error } }
            let first = try await DeliveryTests.open(clock, sandbox, store, hook)
            try await first.running { try await first.wait("it was told of") { !hook.accepted.isEmpty } }
            let told = hook.accepted
            hook.whenTold {}
            let second = try await DeliveryTests.open(clock, sandbox, base, hook)
            try await second.running { try await clock.sleep(for: .minutes(5)) }
            for message in told {
                let same = hook.accepted.filter { $0.id == message.id }
                #expect(same.count == 2 && Set(same.map(\.body)).count == 1)
                // Not before the first one's time was over.
                #expect(same[1].at - same[0].at >= .minutes(2))
            }
        }
    }
}
