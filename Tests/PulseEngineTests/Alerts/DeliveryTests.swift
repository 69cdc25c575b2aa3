import Foundation
import PulseConfiguration
import PulseDomain
import PulseHTTP
import PulseSandbox
import PulseSimulation
import PulseStore
import PulseTestTurns
import Synchronization
import Testing

@testable import PulseEngine

/// Alerts on their way to receivers, on a virtual clock.
@Suite(.long) struct DeliveryTests {
    typealias Pulse = SimulatedPulse

    static let ops = NotifyReceiver(
        name: "ops", way: .webhook(url: "https://hooks.example/pulse", secret: .environment("HOOK")),
        severities: [.critical])

    static func open(
        _ clock: SimulationExecutor, _ sandbox: Sandbox, _ store: any Store, _ hook: AlertHook,
        _ receivers: [NotifyReceiver] = [ops], givenUpAfter: Duration = .hours(24),
        configure: (inout Configuration) -> Void = { _ in }
    ) async throws -> Pulse {
        try await Pulse.open(on: clock, sandbox: sandbox, store: store, transport: hook) { configuration in
            configuration.notify.receivers = receivers
            configuration.notify.givenUpAfter = givenUpAfter
            configure(&configuration)
        }
    }

    static func world(_ clock: SimulationExecutor) async throws -> (Sandbox, any Store, AlertHook) {
        let sandbox = Sandbox(.tiny, time: ProviderTime(clock))
        return (sandbox, try await Database.sqlite.open(), AlertHook(sandbox, clock))
    }

    /// That every message was taken once, whatever it took.
    static func expectOnce(_ hook: AlertHook, atLeast count: Int = 1) {
        let ids = hook.accepted.map(\.id)
        #expect(ids.count >= count && Set(ids).count == ids.count, "\(ids)")
        let alerts = hook.accepted.map { [$0.field("id"), $0.field("since"), $0.field("type")] }
        #expect(Set(alerts).count == alerts.count, "\(alerts)")
    }

    @Test func `an alert is sent signed, again with growing pauses by the same id, until it is taken`() async throws {
        try await Pulse.simulate { clock in
            let (sandbox, store, hook) = try await Self.world(clock)
            hook.answer(500)
            let pulse = try await Self.open(clock, sandbox, store, hook)
            try await pulse.running {
                try await pulse.wait("it was tried four times") {
                    Dictionary(grouping: hook.messages, by: \.id).values.contains { $0.count >= 4 }
                }
                let failing = try #require(try await pulse.engine.overview().engine.receivers?.first)
                #expect(failing.waiting > 0 && failing.failure?.contains("HTTP 500") == true)
                #expect(failing.failingSince != nil && failing.lastDeliveredAt == nil && failing.way == "webhook")
                hook.answer(204)
                try await pulse.wait("all were taken") {
                    try await pulse.engine.overview().engine.receivers?.first?.waiting == 0
                }
                let well = try #require(try await pulse.engine.overview().engine.receivers?.first)
                #expect(well.failure == nil && well.failingSince == nil && well.lastDeliveredAt != nil)
            }
            Self.expectOnce(hook)
            let key = Array(sandbox.options.jira.token.utf8)
            for message in hook.messages {
                #expect(message.timestamp == message.at.seconds)
                let signature = WebhookSender.signature(
                    id: message.id, timestamp: message.timestamp, body: message.body, key: key)
                #expect(message.signature == signature)
                #expect(message.field("type") == "alert.raised" && message.field("severity") == "critical")
                #expect(message.field("tenant") == "demo")
            }
            let firstTaken = hook.accepted.first?.id
            for tries in Dictionary(grouping: hook.messages, by: \.id).values {
                #expect(Set(tries.map(\.body)).count == 1)
                let pauses = zip(tries.dropFirst(), tries).map { $0.at - $1.at }
                // Full jitter: a tenth of a span that doubles from 5 s, at least; less once another was taken.
                for (number, pause) in pauses.enumerated() {
                    let span = Duration.seconds(min(300, 5 * (1 << min(number, 20))))
                    let least = tries[number + 1].id == firstTaken || number < pauses.count - 1 ? span * 0.1 : .zero
                    #expect(pause >= least && pause <= span + .seconds(1), "\(pauses)")
                }
            }
            let lines = try await store.logs(job: nil, after: nil, limit: 10_000).map(\.message)
            #expect(lines.contains("An alert could not be delivered, and is tried again."))
            #expect(lines.contains("An alert was delivered."))
        }
    }

    @Test func `an engine that ends loses no message, and the next one doubles none`() async throws {
        try await Pulse.simulate { clock in
            let (sandbox, store, hook) = try await Self.world(clock)
            hook.answer(503, ["Retry-After": "40"])
            let first = try await Self.open(clock, sandbox, store, hook)
            try await first.running { try await first.wait("it was tried") { !hook.messages.isEmpty } }
            let begun = Set(hook.messages.map(\.id))
            hook.answer(200)
            let second = try await Self.open(clock, sandbox, store, hook)
            try await second.running {
                try await second.wait("it was taken") { begun.isSubset(of: hook.accepted.map(\.id)) }
            }
            Self.expectOnce(hook)
            let tries = hook.messages.filter { begun.contains($0.id) }
            for ours in Dictionary(grouping: tries, by: \.id).values where ours.count > 1 {
                // As the receiver wished.
                #expect(ours[1].at - ours[0].at >= .seconds(40))
            }
            let third = try await Self.open(clock, sandbox, store, hook)
            try await third.running { try await clock.sleep(for: .minutes(10)) }
            Self.expectOnce(hook)
        }
    }

    @Test func `a run until all is done ends when its alerts were told`() async throws {
        try await Pulse.simulate { clock in
            let (sandbox, store, hook) = try await Self.world(clock)
            let pulse = try await Pulse.open(on: clock, sandbox: sandbox, store: store, transport: hook) {
                configuration in
                configuration.notify.receivers = [Self.ops]
                configuration.sources.runOnce()
            }
            try await pulse.engine.run(untilIdle: true)
            Self.expectOnce(hook)
        }
    }

    @Test func `a message that nobody takes is given up in time, which the log says`() async throws {
        try await Pulse.simulate { clock in
            let (sandbox, store, hook) = try await Self.world(clock)
            hook.answer(500)
            let pulse = try await Self.open(clock, sandbox, store, hook, givenUpAfter: .hours(1))
            try await pulse.running {
                try await pulse.wait("it was given up") {
                    try await pulse.engine.overview().engine.receivers?.first?.givenUp ?? 0 > 0
                }
            }
            let tries = try #require(
                Dictionary(grouping: hook.messages, by: \.id).values.max { $0.count < $1.count })
            #expect(tries.count > 5)
            let (first, last) = (try #require(tries.first), try #require(tries.last))
            #expect(last.at - first.at <= .hours(1))
            let given = try await store.logs(job: nil, after: nil, limit: 10_000).filter {
                $0.message == "An alert was not delivered, and is given up."
            }
            #expect(!given.isEmpty && given.allSatisfy { $0.level == .error })
        }
    }

    @Test func `a receiver that wants no more is asked no more`() async throws {
        try await Pulse.simulate { clock in
            let (sandbox, store, hook) = try await Self.world(clock)
            hook.answer(410)
            let pulse = try await Self.open(clock, sandbox, store, hook)
            try await pulse.running {
                try await pulse.wait("it refused") { !hook.messages.isEmpty }
                try await clock.sleep(for: .hours(2))
            }
            let ids = hook.messages.map(\.id)
            #expect(Set(ids).count == ids.count, "\(ids)")
        }
    }

    @Test func `who wants to know hears of the end, once`() async throws {
        try await Pulse.simulate { clock in
            let (sandbox, store, hook) = try await Self.world(clock)
            var receiver = Self.ops
            receiver.tellsResolved = true
            let pulse = try await Self.open(clock, sandbox, store, hook, [receiver])
            try await pulse.running {
                try await pulse.wait("it was told of") { !hook.accepted.isEmpty }
                hook.mendSource()
                for job in try await pulse.engine.overview().jobs where job.run?.state.name == .failed {
                    _ = try await pulse.perform(.retry(job.id))
                }
                try await pulse.wait("its end was told") {
                    hook.accepted.contains { $0.field("type") == "alert.resolved" }
                }
            }
            Self.expectOnce(hook, atLeast: 2)
            for end in hook.accepted where end.field("type") == "alert.resolved" {
                let same = hook.accepted.filter {
                    $0.field("id") == end.field("id") && $0.field("since") == end.field("since")
                }
                #expect(same.map { $0.field("type") } == ["alert.raised", "alert.resolved"])
            }
        }
    }

    @Test func `of engines that share a store, one tells`() async throws {
        let database = try await Database.Kind.postgres.make()
        try await Pulse.simulate { clock in
            let sandbox = Sandbox(.tiny, time: ProviderTime(clock))
            let hook = AlertHook(sandbox, clock)
            var engines: [Pulse] = []
            for _ in 0..<2 { engines.append(try await Self.open(clock, sandbox, try await database.open(), hook)) }
            let (one, other) = (engines[0], engines[1])
            try await one.running {
                try await other.running {
                    try await one.wait("it was told of") { !hook.accepted.isEmpty }
                    try await clock.sleep(for: .minutes(10))
                }
            }
            Self.expectOnce(hook)
        }
    }

    // MARK: Parts

    /// The example of Standard Webhooks.
    @Test func `a signature is what receivers expect`() throws {
        let key = try WebhookSender.key(from: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        let signature = WebhookSender.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8),
            key: key)
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        #expect(try WebhookSender.key(from: "plain words") == Array("plain words".utf8))
        for wrong in ["whsec_*", "whsec_", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS"] {
            #expect(throws: Failure.self) { try WebhookSender.key(from: wrong) }
        }
    }

    @Test func `a mail is one that sendmail takes, and nothing in it begins a header of its own`() async throws {
        let given = Mutex<[UInt8]>([])
        let sender = MailSender(
            command: "sendmail -t", from: "Pulse <pulse@acme.example>", to: ["ops@acme.example", "ada@acme.example"]
        ) { command, input in
            given.withLock { $0 = input }
            return command == "sendmail -t" ? nil : "no"
        }
        let at = Instant(CivilTime(year: 2026, month: 11, day: 23, hour: 0, minute: 30))
        let alert = Alert(
            id: "job_failed:a/b\r\nBcc: eve@example.org", kind: .jobFailed, severity: .critical,
            sentence: "Zoë's job\nBcc: eve@example.org", because: "Because.", next: "Nothing.", since: at)
        let message = AlertMessage(
            event: .raised, tenant: "acme", receiver: "mail", alert: alert, since: at, at: at,
            advice: ["pulse retry a/b"])
        #expect(await sender.send(message, now: at) == .accepted("the mail program took it"))
        let text = String(decoding: given.withLock { $0 }, as: UTF8.self)
        let (head, body) = (text.components(separatedBy: "\n\n")[0], text.components(separatedBy: "\n\n")[1])
        let lines = head.split(separator: "\n").map(String.init)
        #expect(lines.contains("From: Pulse <pulse@acme.example>"))
        #expect(lines.contains("To: ops@acme.example, ada@acme.example"))
        #expect(lines.contains("Date: Mon, 23 Nov 2026 00:30:00 +0000"))
        #expect(lines.contains("Message-ID: <\(message.id)@acme.example>"))
        #expect(lines.contains { $0.hasPrefix("Subject: =?utf-8?B?") })
        #expect(!lines.contains { $0.hasPrefix("Bcc") } && !text.contains("\r"))
        #expect(text.split(separator: "\n").allSatisfy { $0.utf8.count <= 78 }, "\(text)")
        let decoded = Data(base64Encoded: body, options: .ignoreUnknownCharacters)
        let shown = String(decoding: try #require(decoded), as: UTF8.self)
        #expect(shown == message.text && shown.contains("What helps:\n    pulse retry a/b\n"))
    }

    @Test func `the same message has the same id, and another receiver another`() {
        func id(_ receiver: String, _ since: Instant = .epoch, _ event: AlertMessage.Event = .raised) -> String {
            let alert = Alert(
                id: "a", kind: .jobFailed, severity: .critical, sentence: "", because: "", since: .epoch + .hours(1))
            return AlertMessage(
                event: event, tenant: "t", receiver: receiver, alert: alert, since: since, at: .epoch
            ).id
        }
        #expect(id("a") == id("a") && id("a").wholeMatch(of: /msg_[0-9a-f]{32}/) != nil)
        #expect(Set([id("a"), id("b"), id("a", .epoch + .seconds(1)), id("a", .epoch, .resolved)]).count == 4)
    }
}
