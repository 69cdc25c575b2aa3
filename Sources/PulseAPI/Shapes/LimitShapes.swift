package import PulseDomain

extension QuotaID: WireObject {
    package static let about = "A limit of one credential at one provider."
    package static let example = QuotaID(identity: "jira.example.com as pulse", bucket: "burst")

    package static func map(_ f: inout Fields<QuotaID>) throws(WireError) -> QuotaID {
        QuotaID(
            identity: try f("identity", { $0.identity }, "Whose limit it is; never the credential itself."),
            bucket: try f("bucket", { $0.bucket }, "Which of its limits."))
    }
}

extension QuotaStatus: WireObject {
    package static let about = "A limit as it stands, for gauges and forecasts."
    package static let example = QuotaStatus(
        id: .example, sources: ["jira-main"], limit: 300, remaining: 212, reserve: 30,
        windowStartedAt: Example.instant, resetsAt: Example.minutes(5), allowedPerMinute: 36.4, spentPerMinute: 35,
        inFlight: 2, concurrency: 4, waiting: 1, requests: 88, history: [31, 35.5])

    package static func map(_ f: inout Fields<QuotaStatus>) throws(WireError) -> QuotaStatus {
        QuotaStatus(
            id: QuotaID(identity: try f("identity", { $0.id.identity }), bucket: try f("bucket", { $0.id.bucket })),
            sources: try f("sources", { $0.sources }, "The sources that spend from it."),
            limit: try f("limit", { $0.limit }, "Points or requests in a window; null while unknown."),
            remaining: try f("remaining", { $0.remaining }),
            reserve: try f("reserve", { $0.reserve }, "Points left to others."),
            windowStartedAt: try f("window_started_at", { $0.windowStartedAt }),
            resetsAt: try f("resets_at", { $0.resetsAt }),
            blockedUntil: try f("blocked_until", { $0.blockedUntil }, "No request is sent before this."),
            blockedBecause: try f("blocked_because", { $0.blockedBecause }),
            allowedPerMinute: try f(
                "allowed_per_minute", { $0.allowedPerMinute }, "Points a minute; null when pacing does not hold back."),
            spentPerMinute: try f("spent_per_minute", { $0.spentPerMinute }, "Points a minute spent lately."),
            runsOutAt: try f("runs_out_at", { $0.runsOutAt }, "Null when it lasts until the reset."),
            inFlight: try f("in_flight", { $0.inFlight }, "Requests under way."),
            concurrency: try f("concurrency", { $0.concurrency }, "How many may be."),
            waiting: try f("waiting", { $0.waiting }, "Requests that wait for this quota."),
            requests: try f("requests", { $0.requests }, "Requests sent in the present window."),
            history: try f("history", { $0.history }, "Points a minute over the last minutes, oldest first."))
    }
}

extension BreakerStatus: WireObject {
    package static let about = "The circuit breaker of one endpoint of one source."
    package static let example = BreakerStatus(
        source: "github", endpoint: "graphql", position: .open, failures: 5, openedAt: Example.instant,
        probesAt: Example.minutes(1), because: "api.github.com answered with status 502.")

    package static func map(_ f: inout Fields<BreakerStatus>) throws(WireError) -> BreakerStatus {
        BreakerStatus(
            source: try f("source", { $0.source }), endpoint: try f("endpoint", { $0.endpoint }),
            position: try f("position", { $0.position }),
            failures: try f("failures", { $0.failures }, "Consecutive failures that count."),
            openedAt: try f("opened_at", { $0.openedAt }),
            probesAt: try f("probes_at", { $0.probesAt }, "When the next probe may be sent."),
            because: try f("because", { $0.because }, "The failure that opened it."))
    }
}
