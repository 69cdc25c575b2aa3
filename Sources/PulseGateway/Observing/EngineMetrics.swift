import PulseDomain

/// What an engine does, for Prometheus. Labels are names from the configuration, so they have few values.
enum EngineMetrics {
    /// - Parameter tenants: All that are served; what answers for them is among the overviews.
    static func write(
        _ overviews: [(tenant: TenantID, overview: Overview)], of tenants: [TenantID], to text: inout PrometheusText
    ) {
        text.family(
            "pulse_engine_up", .gauge,
            "1 while the engine works, 0 while something keeps it from working, or it is away.")
        for tenant in tenants {
            let works = overviews.contains { $0.tenant == tenant && $0.overview.engine.trouble == nil }
            text.sample("pulse_engine_up", label(tenant), works ? 1 : 0)
        }
        engines(overviews, to: &text)
        text.family("pulse_runs", .gauge, "Jobs by the state of their present or last run.")
        for (tenant, overview) in overviews {
            let states = Dictionary(grouping: overview.jobs.compactMap { $0.run?.state.name.rawValue }, by: \.self)
            for (state, runs) in states.sorted(by: { $0.key < $1.key }) {
                text.sample("pulse_runs", label(tenant) + [("state", state)], Double(runs.count))
            }
        }
        jobs(overviews, to: &text)
        records(overviews, to: &text)
        limits(overviews, to: &text)
        text.family("pulse_alerts", .gauge, "Present alerts by severity.")
        for (tenant, overview) in overviews {
            for severity in Severity.allCases {
                let count = overview.alerts.count { $0.severity == severity }
                text.sample("pulse_alerts", label(tenant) + [("severity", severity.rawValue)], Double(count))
            }
        }
    }

    private static func engines(_ overviews: [(tenant: TenantID, overview: Overview)], to text: inout PrometheusText) {
        text.family("pulse_engines", .gauge, "Engines of the store by whether they live.")
        for (tenant, overview) in overviews {
            for presence in EngineMember.Presence.allCases where presence != .ended {
                let count = overview.engines.count {
                    $0.presence(at: overview.asOf, overview.engine.absence) == presence
                }
                text.sample("pulse_engines", label(tenant) + [("state", presence.rawValue)], Double(count))
            }
        }
        text.family("pulse_replica_lag_seconds", .gauge, "How far the replica that is read is behind.")
        for (tenant, overview) in overviews {
            guard let lag = overview.engine.reads?.lag else { continue }
            text.sample("pulse_replica_lag_seconds", label(tenant), lag.inSeconds)
        }
        let figures: [(String, String, (ReceiverStatus) -> Double?)] = [
            (
                "pulse_receiver_waiting", "Messages about alerts that are due and not delivered yet.",
                { Double($0.waiting) }
            ),
            ("pulse_receiver_held_back", "Alerts that came back soon, and are told later.", { Double($0.heldBack) }),
            ("pulse_receiver_failing", "1 while a message that failed waits.", { $0.failure == nil ? 0 : 1 }),
            ("pulse_receiver_given_up", "Messages that were given up within a week.", { Double($0.givenUp) }),
            (
                "pulse_receiver_last_delivery_timestamp_seconds", "When a message was delivered last.",
                { $0.lastDeliveredAt.map { Double($0.microseconds) / 1e6 } }
            ),
        ]
        for (name, help, figure) in figures {
            text.family(name, .gauge, help)
            for (tenant, overview) in overviews {
                for receiver in overview.engine.receivers ?? [] {
                    guard let value = figure(receiver) else { continue }
                    text.sample(name, label(tenant) + [("receiver", receiver.name), ("way", receiver.way)], value)
                }
            }
        }
    }

    /// What became of the records of a run.
    private static func records(_ overviews: [(tenant: TenantID, overview: Overview)], to text: inout PrometheusText) {
        text.family("pulse_job_run_records", .gauge, "Records of the present or last run by what became of them.")
        for (tenant, overview) in overviews {
            for job in overview.jobs {
                guard let counts = job.run?.counts else { continue }
                let outcomes = [
                    ("extracted", counts.extracted), ("inserted", counts.inserted), ("updated", counts.updated),
                    ("unchanged", counts.unchanged), ("quarantined", counts.quarantined),
                    ("filtered", counts.filtered), ("tombstoned", counts.tombstoned),
                ]
                for (outcome, count) in outcomes {
                    text.sample(
                        "pulse_job_run_records", label(tenant) + [("job", job.id.rawValue), ("outcome", outcome)],
                        Double(count))
                }
            }
        }
    }

    private static func jobs(_ overviews: [(tenant: TenantID, overview: Overview)], to text: inout PrometheusText) {
        let figures: [(String, String, (JobStatus) -> Double?)] = [
            ("pulse_job_records_per_second", "Records loaded a second lately.", { $0.run?.ratePerSecond ?? 0 }),
            ("pulse_job_run_requests", "Requests of the present or last run.", { $0.run.map { Double($0.requests) } }),
            ("pulse_job_running", "1 while a run is under way.", { $0.run?.state.name.isHeld == true ? 1 : 0 }),
            ("pulse_job_quarantined", "Records in quarantine.", { Double($0.quarantined) }),
            (
                "pulse_job_last_success_timestamp_seconds", "When the job last succeeded.",
                {
                    $0.lastSuccessAt.map { Double($0.microseconds) / 1e6 }
                }
            ),
        ]
        for (name, help, figure) in figures {
            text.family(name, .gauge, help)
            for (tenant, overview) in overviews {
                for job in overview.jobs {
                    guard let value = figure(job) else { continue }
                    text.sample(name, label(tenant) + [("job", job.id.rawValue)], value)
                }
            }
        }
    }

    private static func limits(_ overviews: [(tenant: TenantID, overview: Overview)], to text: inout PrometheusText) {
        let figures: [(String, String, (QuotaStatus) -> Double?)] = [
            ("pulse_quota_remaining", "What is left of a provider's limit.", { $0.remaining.map(Double.init) }),
            ("pulse_quota_limit", "A provider's limit.", { $0.limit.map(Double.init) }),
            (
                "pulse_quota_reset_timestamp_seconds", "When a provider's limit is whole again.",
                { $0.resetsAt.map { Double($0.microseconds) / 1e6 } }
            ),
        ]
        for (name, help, figure) in figures {
            text.family(name, .gauge, help)
            for (tenant, overview) in overviews {
                for quota in overview.quotas {
                    guard let value = figure(quota) else { continue }
                    let sources = quota.sources.map(\.rawValue).joined(separator: " ")
                    text.sample(name, label(tenant) + [("sources", sources), ("bucket", quota.id.bucket)], value)
                }
            }
        }
        text.family("pulse_breaker_open", .gauge, "1 while no request passes.")
        for (tenant, overview) in overviews {
            for breaker in overview.breakers {
                text.sample(
                    "pulse_breaker_open",
                    label(tenant) + [("source", breaker.source.rawValue), ("endpoint", breaker.endpoint.rawValue)],
                    breaker.position == .open ? 1 : 0)
            }
        }
    }

    private static func label(_ tenant: TenantID) -> [(String, String)] { [("tenant", tenant.rawValue)] }
}
