import PulseDomain
import PulseHTTP
import PulseJSON

/// What an answer of GitHub tells about limits, measured against the server's own clock (FACTS §2.15).
struct GitHubLimits: Sendable {
    /// The length of the primary limit's window.
    static let window = Duration.hours(1)

    var bucket: String
    var limit: Int?
    var remaining: Int?
    var cost: Int?
    /// Until the window ends, 0 to an hour.
    var resetsIn: Duration?
    var retryAfter: Duration?

    /// From the headers.
    init(_ response: HTTPResponse, bucket: String) {
        let headers = response.headers
        self.bucket = headers["x-ratelimit-resource"] ?? bucket
        (limit, remaining) = LimitHeaders.believable(
            limit: LimitHeaders.integer(headers, "x-ratelimit-limit"),
            remaining: LimitHeaders.integer(headers, "x-ratelimit-remaining"))
        resetsIn = LimitHeaders.untilEpochSeconds(headers, "x-ratelimit-reset").map { min($0, Self.window) }
        retryAfter = LimitHeaders.retryAfter(headers)
    }

    /// Adds what the body's `rateLimit` tells; what the headers told stays.
    mutating func add(_ body: JSONValue, serverTime: Instant?) {
        let stated = body["data"]["rateLimit"]
        guard stated.kind == .object else { return }
        cost = stated["cost"].int64.map { Int(clamping: $0) }
        if limit == nil {
            (limit, remaining) = LimitHeaders.believable(
                limit: stated["limit"].int64.map { Int(clamping: $0) },
                remaining: stated["remaining"].int64.map { Int(clamping: $0) })
        }
        if resetsIn == nil, let serverTime, let at = stated["resetAt"].moment {
            resetsIn = min(max(at - serverTime, .zero), Self.window)
        }
    }

    /// Whether the headers themselves say that nothing is left.
    var isExhausted: Bool { remaining == 0 && limit != nil }

    func observation(retryAfter: Duration? = nil, isSecondary: Bool = false) -> QuotaObservation {
        QuotaObservation(
            bucket: bucket, limit: limit, remaining: remaining, cost: cost, resetsIn: resetsIn,
            window: limit == nil ? nil : Self.window, retryAfter: retryAfter ?? self.retryAfter,
            isSecondary: isSecondary)
    }

    /// How long to wait when the hourly points are used up: until they are back. `nil` where that is not told; what is
    /// done then is the caller's to decide: a minute at first, then exponentially longer.
    var exhaustedWait: Duration? { retryAfter ?? resetsIn.map { max($0, .seconds(1)) } }

    /// How long to wait after a secondary limit, in the order that GitHub's page gives; `nil` as above.
    var secondaryLimitWait: Duration? {
        if let retryAfter { return max(retryAfter, .seconds(1)) }
        if isExhausted, let resetsIn { return max(resetsIn, .seconds(1)) }
        return nil
    }
}
