/// A moment in UTC, to the microsecond (what PostgreSQL's `timestamptz` holds).
///
/// Arithmetic ends at the first and last moment that can be held: what servers send as a time may be any number.
package struct Instant: Hashable, Sendable, Codable, Comparable {
    /// Microseconds since 1970-01-01T00:00:00Z, without leap seconds. Negative before.
    package var microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }
    package init(milliseconds: Int64) { microseconds = milliseconds.timesClamped(1_000) }
    package init(seconds: Int64) { microseconds = seconds.timesClamped(1_000_000) }

    /// Whole milliseconds since 1970, rounded down: what JQL compares with.
    package var milliseconds: Int64 { microseconds.flooredQuotient(by: 1_000) }
    /// Whole seconds since 1970, rounded down.
    package var seconds: Int64 { microseconds.flooredQuotient(by: 1_000_000) }

    package static let epoch = Instant(microseconds: 0)

    package static func < (left: Instant, right: Instant) -> Bool { left.microseconds < right.microseconds }
    package static func + (instant: Instant, duration: Duration) -> Instant {
        Instant(microseconds: instant.microseconds.plusClamped(duration.inMicroseconds))
    }
    package static func - (instant: Instant, duration: Duration) -> Instant {
        Instant(microseconds: instant.microseconds.minusClamped(duration.inMicroseconds))
    }
    package static func - (left: Instant, right: Instant) -> Duration {
        .microseconds(left.microseconds.minusClamped(right.microseconds))
    }
    package static func += (instant: inout Instant, duration: Duration) { instant = instant + duration }

    package init(from decoder: any Decoder) throws {
        microseconds = try decoder.singleValueContainer().decode(Int64.self)
    }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(microseconds)
    }
}

extension Duration {
    /// Whole microseconds, rounded toward zero, clamped to what fits.
    package var inMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        return product + attoseconds / 1_000_000_000_000
    }

    /// Seconds as a floating-point number, for rates and for display.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }

    package static func minutes(_ count: Int) -> Duration { .seconds(60 * count) }
    package static func hours(_ count: Int) -> Duration { .seconds(3_600 * count) }
    package static func days(_ count: Int) -> Duration { .seconds(86_400 * count) }
}

extension Int64 {
    fileprivate func plusClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (self < 0 ? .min : .max) : sum
    }

    fileprivate func minusClamped(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (self < 0 ? .min : .max) : difference
    }

    fileprivate func timesClamped(_ factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? (self < 0 ? .min : .max) : product
    }

    func flooredQuotient(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
