import PulseDomain
import PulseHTTP

/// What the headers tell about limits (FACTS §1.2 and §1.3).
extension JiraVerdict {
    var observations: [QuotaObservation] {
        [burst, points].compactMap { $0 }
    }

    private var isLimited: Bool { failure?.kind == .rateLimited }

    /// Which bucket the answer speaks of when it asks to wait.
    private var isAboutPoints: Bool {
        response.headers["RateLimit-Reason"]?.hasPrefix("jira-quota") == true
    }

    /// The limit per endpoint on Cloud, the token bucket on Data Center.
    private var burst: QuotaObservation? {
        guard !isAboutPoints else { return nil }
        return observation(bucket: JiraRequests.burst)
    }

    /// The points of an hour, which apps have and API tokens have not.
    private var points: QuotaObservation? {
        guard !isAboutPoints else { return observation(bucket: JiraRequests.points, window: .hours(1)) }
        let policy = Self.parameters(response.headers["Beta-RateLimit-Policy"])
        let state = Self.parameters(response.headers["Beta-RateLimit"])
        let window = policy["w"].flatMap { $0 > 0 ? Duration.seconds($0) : nil }
        let known = LimitHeaders.believable(limit: policy["q"], remaining: state["r"])
        guard known.limit != nil || known.remaining != nil else { return nil }
        // `t` has been wrong: it is held within the window.
        let resets = state["t"].map { min(Duration.seconds(max($0, 0)), window ?? .hours(1)) }
        return QuotaObservation(
            bucket: JiraRequests.points, limit: known.limit, remaining: known.remaining, resetsIn: resets,
            window: window)
    }

    private func observation(bucket: String, window: Duration? = nil) -> QuotaObservation? {
        let headers = response.headers
        var known = LimitHeaders.believable(
            limit: LimitHeaders.integer(headers, "X-RateLimit-Limit"),
            remaining: LimitHeaders.integer(headers, "X-RateLimit-Remaining"))
        if known.remaining == nil, let limit = known.limit,
            headers["X-RateLimit-NearLimit"]?.lowercased() == "true"
        {
            // Set below a fifth of the limit.
            known.remaining = limit / 5
        }
        let interval = LimitHeaders.integer(headers, "X-RateLimit-Interval-Seconds").flatMap {
            $0 > 0 ? Duration.seconds($0) : nil
        }
        let window = window ?? interval
        var resets = LimitHeaders.untilISO8601(headers, "X-RateLimit-Reset") ?? interval
        if let reset = resets, let window { resets = min(reset, window) }
        let retry = retryAfter(resets)
        guard known.limit != nil || known.remaining != nil || retry != nil else { return nil }
        return QuotaObservation(
            bucket: bucket, limit: known.limit, remaining: known.remaining, resetsIn: resets, window: window,
            retryAfter: retry)
    }

    /// How long to wait; `nil` when the answer does not ask for it. Data Center sends 0 while there are tokens.
    private func retryAfter(_ resets: Duration?) -> Duration? {
        let told = LimitHeaders.retryAfter(response.headers)
        guard isLimited else { return told.flatMap { $0 > .zero ? $0 : nil } }
        if let told { return max(told, .seconds(1)) }
        // The reset is told in whole minutes, and coming back too early prolongs the wait (JRACLOUD-69262).
        return resets.map { $0 + .minutes(1) }
    }

    /// The numbers in `"tenant-app-quota";q=65000;w=3600`.
    private static func parameters(_ header: String?) -> [String: Int] {
        var found: [String: Int] = [:]
        for part in (header ?? "").split(separator: ",").prefix(1).flatMap({ $0.split(separator: ";") }) {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, let number = Int(String(pair[1]).trimmed) else { continue }
            found[String(pair[0]).trimmed] = number
        }
        return found
    }
}
