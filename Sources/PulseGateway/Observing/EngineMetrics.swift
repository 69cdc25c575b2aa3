import PulseDomain

/// What an engine does, for Prometheus. Labels are names from the configuration, so they have few values.
enum EngineMetrics {
    static func write(_ overviews: [(tenant: TenantID, overview: Overview)], to text: inout PrometheusText) {
        text.family("pulse_engine_up", .gauge, "1 while the engine works, 0 while something keeps it from working.")
        for (tenant, overview) in overviews {
            text.sample("pulse_engine_up", label(tenant), overview.engine.trouble == nil ? 1 : 0)
        }
        text.family("pulse_runs", .gauge, "Jobs by the state of their present or last run.")
        for (tenant, overview) in overviews {
            let states = Dictionary(grouping: overview.jobs.compactMap { $0.run?.state.name.rawValue }, by: \.self)
            for (state, runs) in states.sorted(by: { $0.key < $1.key }) {
                text.sample("pulse_runs", label(tenant) + [("state", state)], Double(runs.count))
            }
        }
        jobs(overviews, to: &text)
        limits(overviews, to: &text)
        text.family("pulse_alerts", .gauge, "Present alerts by severity.")
        for (tenant, overview) in overviews {
            for severity in Severity.allCases {
                let count = overview.alerts.count { $0.severity == severity }
                text.sample("pulse_alerts", label(tenant) + [("severity", severity.rawValue)], Double(count))
            }
        }
    }

    private static func jobs(_ overviews: [(tenant: TenantID, overview: Overview)], to text: inout PrometheusText) {
        let figures: [(String, String, (JobStatus) -> Double?)] = [
            ("pulse_job_records_per_second", "Records loaded a second lately.", { $0.run?.ratePerSecond ?? 0 }),
            (
                "pulse_job_run_records", "Records extracted by the present or last run.",
                {
                    $0.run.map { Double($0.counts.extracted) }
                }
            ),
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
        text.family("pulse_quota_remaining", .gauge, "What is left of a provider's limit.")
        for (tenant, overview) in overviews {
            for quota in overview.quotas {
                guard let remaining = quota.remaining else { continue }
                text.sample(
                    "pulse_quota_remaining",
                    label(tenant) + [
                        ("sources", quota.sources.map(\.rawValue).joined(separator: " ")), ("bucket", quota.id.bucket),
                    ], Double(remaining))
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
