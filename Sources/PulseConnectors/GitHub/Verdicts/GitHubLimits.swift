import PulseDomain
import PulseHTTP
import PulseJSON

/// What an answer of GitHub tells about limits, measured against the server's own clock (FACTS §2.15).
struct GitHubLimits: Sendable {
    /// The length of the primary limit's window.
    static let window = Duration.hours(1)
    /// The least wait after a secondary limit (docs.github.com, same page).
    static let secondaryWait = Duration.minutes(1)

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
        limit = Self.number(headers["x-ratelimit-limit"])
        remaining = Self.number(headers["x-ratelimit-remaining"])
        let now = headers["date"].flatMap { HTTPDate.parse($0) }
        if let now, let reset = Self.number(headers["x-ratelimit-reset"]) {
            resetsIn = Self.clamped(Int64(reset) - now)
        }
        if let text = headers["retry-after"] {
            if let seconds = Self.number(text) {
                retryAfter = .seconds(seconds)
            } else if let now, let at = HTTPDate.parse(text) {
                retryAfter = .seconds(max(0, at - now))
            }
        }
        forgetEmptyLimit()
    }

    /// Adds what the body's `rateLimit` tells; what the headers told stays.
    mutating func add(_ body: JSONValue, serverDate: String?) {
        let stated = body["data"]["rateLimit"]
        guard stated.kind == .object else { return }
        cost = stated["cost"].int64.map { Int(clamping: $0) }
        if limit == nil, let limit = stated["limit"].int64, limit > 0 {
            self.limit = Int(clamping: limit)
            remaining = stated["remaining"].int64.map { Int(clamping: max(0, $0)) }
        }
        if resetsIn == nil, let now = serverDate.flatMap({ HTTPDate.parse($0) }), let at = stated["resetAt"].instant {
            resetsIn = Self.clamped(at.seconds - now)
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

    /// How long to wait when the hourly points are used up: until they are back, or a minute where that is not told.
    var exhaustedWait: Duration { retryAfter ?? resetsIn.map { max($0, .seconds(1)) } ?? Self.secondaryWait }

    /// How long to wait after a secondary limit, in the order that GitHub's page gives.
    var secondaryLimitWait: Duration {
        if let retryAfter { return max(retryAfter, .seconds(1)) }
        if isExhausted, let resetsIn { return max(resetsIn, .seconds(1)) }
        return Self.secondaryWait
    }

    /// 0 of 0 says nothing.
    private mutating func forgetEmptyLimit() {
        if limit == 0 || limit == nil { (limit, remaining) = (nil, nil) }
    }

    private static func clamped(_ seconds: Int64) -> Duration { min(max(.seconds(seconds), .zero), window) }

    private static func number(_ text: String?) -> Int? {
        guard let text, let number = Int(text), number >= 0 else { return nil }
        return number
    }
}
