import HTTPTypes
import PulseDomain
import Synchronization
import Testing

@testable import PulseGateway

/// What `/metrics` says, read as Prometheus reads it ("Exposition formats", text format 0.0.4).
struct MetricsTests {
    @Test func `figures have the format that Prometheus reads`() async throws {
        let harness = try await Harness()
        harness.operations.present.withLock { overview in
            overview.engine.receivers = [
                ReceiverStatus(
                    name: "ops \"\\\n}", way: "webhook", waiting: 2, heldBack: 3, lastDeliveredAt: overview.asOf,
                    failingSince: overview.asOf, failure: "Busy.", givenUp: 1),
                ReceiverStatus(name: "oncall", way: "mail"),
            ]
        }
        for route in ["/api/v1/jobs", "/health/live", "/nothing"] { _ = try await harness.ask(.get, route) }
        let text = try await harness.ask(.get, "/metrics").text
        #expect(text.hasSuffix("\n"))
        var kinds: [Substring: Substring] = [:]
        var series: Set<Substring> = []
        var family: Substring = ""
        for line in text.split(separator: "\n") {
            if let help = line.firstMatch(of: /^# HELP ([a-z_]+) \S.*\.$/) {
                family = help.output.1
                #expect(kinds[family] == nil, "twice: \(line)")
                kinds[family] = ""
            } else if let type = line.firstMatch(of: /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/) {
                #expect(type.output.1 == family && kinds[family] == "", "\(line)")
                kinds[family] = type.output.2
                #expect((type.output.2 == "counter") == family.hasSuffix("_total"), "\(line)")
            } else {
                let sample = try #require(
                    line.firstMatch(
                        of: /^(([a-z_]+)(\{([a-z]+="([^"\\\n]|\\["\\n])*",?)+\})?) -?[0-9.]+(e[-+]?[0-9]+)?$/),
                    "\(line)")
                let name = sample.output.2
                let isOfFamily =
                    kinds[family] == "histogram"
                    ? ["_bucket", "_sum", "_count"].contains(name.dropFirst(family.count)) : name == family
                #expect(isOfFamily && name.hasPrefix(family), "\(line) after \(family)")
                #expect(series.insert(sample.output.1).inserted, "twice: \(line)")
            }
        }
        #expect(series.contains("pulse_receiver_waiting{tenant=\"acme\",receiver=\"oncall\",way=\"mail\"}"))
        #expect(
            text.contains("pulse_receiver_failing{tenant=\"acme\",receiver=\"ops \\\"\\\\\\n}\",way=\"webhook\"} 1\n"))
        #expect(text.contains("pulse_receiver_held_back{tenant=\"acme\",receiver=\"oncall\",way=\"mail\"} 0\n"))
        let asked: Set<Substring> = [
            "pulse_http_requests_total", "pulse_http_request_duration_seconds", "pulse_runs", "pulse_job_run_records",
            "pulse_quota_remaining", "pulse_breaker_open", "pulse_job_quarantined", "pulse_receiver_given_up",
        ]
        #expect(asked.isSubset(of: kinds.keys))
    }
}
