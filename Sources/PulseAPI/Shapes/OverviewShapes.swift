package import PulseDomain

extension EngineStatus: WireObject {
    package static let about = "The engine as a whole."
    package static let example = EngineStatus(
        holder: "pulse-1 4711", tenant: "acme", store: "postgres://db.example.com/pulse", version: "1.0",
        startedAt: Example.instant)

    package static func map(_ f: inout Fields<EngineStatus>) throws(WireError) -> EngineStatus {
        var engine = EngineStatus(
            holder: try f("holder", { $0.holder }, "Who holds the store."), tenant: try f("tenant", { $0.tenant }),
            store: try f("store", { $0.store }, "Without passwords."), version: try f("version", { $0.version }),
            startedAt: try f("started_at", { $0.startedAt }),
            clockRate: try f("clock_rate", { $0.clockRate }, "How much faster than the wall its clock runs."),
            isSimulated: try f("is_simulated", { $0.isSimulated }, "Whether sources are simulated."),
            trouble: try f("trouble", { $0.trouble }, "What keeps it from working; null when nothing does."))
        engine.host = try f("host", { $0.host }, "The machine; empty where that does not matter.")
        engine.pid = try f("pid", { $0.pid })
        engine.reads = try f("reads", { $0.reads }, "Where what is only looked at is read; null without a replica.")
        engine.absence = try f(
            "store_absence", { $0.absence }, "That the store does not answer, or did not a moment ago; else null.")
        engine.receivers = try f("receivers", { $0.receivers }, "Who is told of alerts; null where nobody is.")
        return engine
    }
}

extension ReceiverStatus: WireObject {
    package static let about = "How telling a receiver of alerts goes."
    package static let example = ReceiverStatus(
        name: "ops", way: "webhook", waiting: 1, lastDeliveredAt: Example.instant, failingSince: Example.minutes(2),
        failure: "The receiver answered HTTP 503.", nextTryAt: Example.minutes(3))

    package static func map(_ f: inout Fields<ReceiverStatus>) throws(WireError) -> ReceiverStatus {
        ReceiverStatus(
            name: try f("name", { $0.name }), way: try f("way", { $0.way }, "`webhook` or `mail`."),
            waiting: try f("waiting", { $0.waiting }, "Messages that are due and not delivered yet."),
            heldBack: try f("held_back", { $0.heldBack }, "Alerts that came back soon after they were told of."),
            lastDeliveredAt: try f("last_delivered_at", { $0.lastDeliveredAt }),
            failingSince: try f(
                "failing_since", { $0.failingSince },
                "Of the oldest message that failed and waits; null when none does."),
            failure: try f("failure", { $0.failure }, "Why the last one failed; null when none that did waits."),
            nextTryAt: try f(
                "next_try_at", { $0.nextTryAt }, "When the first of them is tried again; null when none waits."),
            givenUp: try f("given_up", { $0.givenUp }, "Messages that were given up within a week."))
    }
}

extension StoreAbsence: WireObject {
    package static let about = "Time in which the store does not answer."
    package static let example = StoreAbsence(
        asOf: Example.minutes(2), since: Example.minutes(2), nextTryAt: Example.minutes(3),
        because: "The store does not answer.")

    package static func map(_ f: inout Fields<StoreAbsence>) throws(WireError) -> StoreAbsence {
        StoreAbsence(
            asOf: try f("as_of", { $0.asOf }, "What is told is as of then."),
            since: try f("since", { $0.since }, "When it was noticed."),
            nextTryAt: try f("next_try_at", { $0.nextTryAt }),
            because: try f("because", { $0.because }),
            endedAt: try f("ended_at", { $0.endedAt }, "When it answered again; null while it does not."))
    }
}

extension ReadsStatus: WireObject {
    package static let about = "The replica that is read, and how far it is behind."
    package static let example = ReadsStatus(location: "postgres://replica.example.com/pulse", lag: .milliseconds(400))

    package static func map(_ f: inout Fields<ReadsStatus>) throws(WireError) -> ReadsStatus {
        ReadsStatus(
            location: try f("location", { $0.location }, "Without passwords."),
            lag: try f("lag_seconds", { $0.lag }, "Null when that is not known."),
            detour: try f("detour", { $0.detour }, "Why the store itself is read; null when the replica is."))
    }
}

extension ThroughputSample: WireObject {
    package static let about = "What was done in one second."
    package static let example = ThroughputSample(at: Example.instant, records: 100, requests: 2, bytes: 204_800)

    package static func map(_ f: inout Fields<ThroughputSample>) throws(WireError) -> ThroughputSample {
        ThroughputSample(
            at: try f("at", { $0.at }), records: try f("records", { $0.records }, "Loaded."),
            requests: try f("requests", { $0.requests }, "Answered."),
            bytes: try f("bytes", { $0.bytes }, "Received, decoded."))
    }
}

extension Overview: WireObject {
    package static let about = "Everything that the home screen shows, as of one moment."
    package static let example = Overview(
        asOf: Example.minutes(4), engine: .example, jobs: [.example], quotas: [.example], breakers: [.example],
        alerts: [.example], throughput: [.example], engines: [.example])

    package static func map(_ f: inout Fields<Overview>) throws(WireError) -> Overview {
        Overview(
            asOf: try f("as_of", { $0.asOf }), engine: try f("engine", { $0.engine }),
            jobs: try f("jobs", { $0.jobs }), quotas: try f("quotas", { $0.quotas }),
            breakers: try f("breakers", { $0.breakers }), alerts: try f("alerts", { $0.alerts }),
            throughput: try f(
                "throughput", { $0.throughput }, "One sample a second of the last minutes, oldest first."),
            engines: try f("engines", { $0.engines }, "Those that work on the store, or did within a day."))
    }
}
