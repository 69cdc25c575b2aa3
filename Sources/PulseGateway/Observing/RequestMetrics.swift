import PulseAPI
import PulseDomain
import Synchronization

/// Rate, errors and duration of requests by route, for Prometheus (text format 0.0.4).
final class RequestMetrics: Sendable {
    private struct Key: Hashable {
        /// The route's name; a request without one has `none`.
        var route: String
        var method: String
        var status: Int
    }

    private struct State {
        var counts: [Key: Int] = [:]
        var durations: [String: Histogram] = [:]
        var inFlight = 0
    }

    private struct Histogram {
        /// Not cumulative; the last one is beyond all bounds.
        var buckets = [Int](repeating: 0, count: bounds.count + 1)
        var sum = 0.0

        /// Seconds.
        static let bounds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

        mutating func add(_ seconds: Double) {
            buckets[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
            sum += seconds
        }
    }

    private let state = Mutex(State())

    func begin() { state.withLock { $0.inFlight += 1 } }

    /// A method that no route has counts as `other`: labels have few values.
    func end(_ route: RouteID?, method: String, status: Int, duration: Duration) {
        let name = route?.rawValue ?? "none"
        let method = HTTPMethodName.known.contains(method) ? method : "other"
        state.withLock { state in
            state.inFlight -= 1
            state.counts[Key(route: name, method: method, status: status), default: 0] += 1
            state.durations[name, default: Histogram()].add(duration.inSeconds)
        }
    }

    /// As lines of Prometheus text.
    func write(to text: inout PrometheusText) {
        let (counts, durations, inFlight) = state.withLock { ($0.counts, $0.durations, $0.inFlight) }
        text.family("pulse_http_requests_in_flight", .gauge, "Requests under way.")
        text.sample("pulse_http_requests_in_flight", [], Double(inFlight))
        text.family("pulse_http_requests_total", .counter, "Requests answered, by route, method and status.")
        let sorted = counts.sorted {
            ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
        }
        for (key, count) in sorted {
            text.sample(
                "pulse_http_requests_total",
                [("route", key.route), ("method", key.method), ("status", String(key.status))], Double(count))
        }
        text.family("pulse_http_request_duration_seconds", .histogram, "Time from a request to the head of its answer.")
        for (route, histogram) in durations.sorted(by: { $0.key < $1.key }) {
            var total = 0
            for (bound, count) in zip(Histogram.bounds.map { "\($0)" } + ["+Inf"], histogram.buckets) {
                total += count
                text.sample(
                    "pulse_http_request_duration_seconds_bucket", [("route", route), ("le", bound)], Double(total))
            }
            text.sample("pulse_http_request_duration_seconds_sum", [("route", route)], histogram.sum)
            text.sample("pulse_http_request_duration_seconds_count", [("route", route)], Double(total))
        }
    }
}

/// Methods that are told apart in figures.
private enum HTTPMethodName {
    static let known: Set<String> = ["GET", "HEAD", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"]
}
