package import PulseDomain
package import PulseHTTP

/// Reads what headers say about limits. Every moment is measured against the server's own `Date`, so that a wrong clock
/// on either side changes nothing (FACTS §2.15).
package enum LimitHeaders {
    /// What the server's clock read; `nil` without a readable `Date`.
    package static func serverTime(_ headers: HTTPHeaders) -> Instant? {
        headers["Date"].flatMap { HTTPDate.parse($0) }.map { Instant(seconds: $0) }
    }

    /// `Retry-After` as seconds (also with a fraction) or as a date (RFC 9110 section 10.2.3); 0 when the date is past,
    /// `nil` when it is missing or unreadable. At most a day.
    package static func retryAfter(_ headers: HTTPHeaders) -> Duration? {
        guard let text = headers["Retry-After"] else { return nil }
        if let seconds = Double(text), seconds.isFinite { return clamped(.seconds(min(max(seconds, 0), 86_400))) }
        guard let date = HTTPDate.parse(text), let now = serverTime(headers) else { return nil }
        return clamped(Instant(seconds: date) - now)
    }

    /// The header as a whole number; a number with a fraction is cut. `nil` for anything else.
    package static func integer(_ headers: HTTPHeaders, _ name: String) -> Int? {
        guard let text = headers[name] else { return nil }
        if let number = Int(text) { return number }
        return Double(text).flatMap { Int(exactly: $0.rounded(.towardZero)) }
    }

    /// How long until the moment that the header tells as seconds since 1970; 0 when it is past. `nil` when it is
    /// missing, unreadable, or there is no `Date` to measure it against.
    package static func untilEpochSeconds(_ headers: HTTPHeaders, _ name: String) -> Duration? {
        guard let seconds = integer(headers, name), let now = serverTime(headers) else { return nil }
        return clamped(Instant(seconds: Int64(seconds)) - now)
    }

    /// How long until the moment that the header tells in ISO 8601, also without seconds; 0 when it is past. `nil` as
    /// above.
    package static func untilISO8601(_ headers: HTTPHeaders, _ name: String) -> Duration? {
        guard let moment = headers[name].flatMap({ Instant(parsing: $0) }), let now = serverTime(headers) else {
            return nil
        }
        return clamped(moment - now)
    }

    /// Limit and remaining as they may be believed: 0 of 0 is unknown, negative is unknown.
    package static func believable(limit: Int?, remaining: Int?) -> (limit: Int?, remaining: Int?) {
        let limit = limit.flatMap { $0 > 0 ? $0 : nil }
        guard let remaining, remaining >= 0 else { return (limit, nil) }
        if limit == nil, remaining == 0 { return (nil, nil) }
        return (limit, remaining)
    }

    private static func clamped(_ duration: Duration) -> Duration { min(max(duration, .zero), .days(1)) }
}
