import Foundation
package import PulseDomain

/// A schedule ready to be asked for its next time.
package struct Schedule: Sendable, Hashable {
    private let cron: CronExpression
    private let zone: TimeZone

    /// Throws ``CronExpression/ParseError`` for a wrong expression or an unknown time zone.
    package init(_ definition: ScheduleDefinition) throws(CronExpression.ParseError) {
        cron = try CronExpression(definition.cron)
        guard let zone = TimeZone(identifier: definition.timeZone) else {
            throw CronExpression.ParseError(
                sentence: "\"\(definition.timeZone)\" is no time zone; expected is an IANA name such as Europe/Berlin.")
        }
        self.zone = zone
    }

    /// The first time after `instant`; `nil` when there is none within nine years.
    ///
    /// Times that a change to summer time skips run when it is over; times that a change back repeats run once, the
    /// first time. Expressions with every hour follow the minutes as they pass.
    package func next(after instant: Instant) -> Instant? {
        let regular = nextRegular(after: instant)
        guard cron.namesHours else { return regular }
        var from = instant
        while let change = nextForwardChange(after: from) {
            if let regular, change.at >= regular { break }
            if change.at - instant > .days(366) { break }
            if skippedTimeMatches(change) { return change.at }
            from = change.at
        }
        return regular
    }

    private func nextRegular(after instant: Instant) -> Instant? {
        var time = Instant(seconds: (instant.seconds / 60 + 1) * 60)
        let limit = time + .days(366 * 9)
        while time < limit {
            let offset = self.offset(at: time)
            let local = time + .seconds(offset)
            let civil = local.civil
            // Sunday is 0 in cron, Monday in `weekday`.
            let weekday = (local.weekday + 1) % 7
            if !cron.matchesDay(year: civil.year, month: civil.month, day: civil.day, weekday: weekday) {
                let midnight = Instant(CivilTime(year: civil.year, month: civil.month, day: civil.day)) + .days(1)
                time = advance(from: time, toLocal: midnight)
            } else if !cron.hours.contains(civil.hour) {
                time = advance(from: time, toLocal: local + .minutes(60 - civil.minute))
            } else if !cron.minutes.contains(civil.minute) || (cron.namesHours && isRepeated(time, local: local)) {
                time += .seconds(60)
            } else {
                return time
            }
        }
        return nil
    }

    /// The first minute at or after which the local clock reads `local`, always later than `time`.
    private func advance(from time: Instant, toLocal local: Instant) -> Instant {
        let guess = local - .seconds(offset(at: time))
        let corrected = local - .seconds(offset(at: guess))
        let candidate = min(guess, corrected)
        return max(candidate, time + .seconds(60))
    }

    private func offset(at instant: Instant) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant.seconds))))
    }

    /// Whether the local clock has read the same before, within the last three hours.
    private func isRepeated(_ time: Instant, local: Instant) -> Bool {
        let earlier = offset(at: time - .hours(3))
        let here = offset(at: time)
        guard earlier > here else { return false }
        let first = local - .seconds(earlier)
        return first < time && offset(at: first) == earlier
    }

    private struct ForwardChange {
        var at: Instant
        /// The local times skipped, as if they were UTC.
        var skipped: Range<Instant>
    }

    private func nextForwardChange(after instant: Instant) -> ForwardChange? {
        var from = instant
        for _ in 0..<4 {
            let date = Date(timeIntervalSince1970: Double(from.microseconds) / 1e6)
            guard let change = zone.nextDaylightSavingTimeTransition(after: date) else { return nil }
            let at = Instant(seconds: Int64(change.timeIntervalSince1970.rounded()))
            let (before, after) = (offset(at: at - .seconds(1)), offset(at: at))
            if after > before, at > instant {
                return ForwardChange(at: at, skipped: (at + .seconds(before))..<(at + .seconds(after)))
            }
            from = max(at, from) + .seconds(1)
        }
        return nil
    }

    private func skippedTimeMatches(_ change: ForwardChange) -> Bool {
        var local = change.skipped.lowerBound
        while local < change.skipped.upperBound {
            let civil = local.civil
            if cron.hours.contains(civil.hour), cron.minutes.contains(civil.minute),
                cron.matchesDay(
                    year: civil.year, month: civil.month, day: civil.day, weekday: (local.weekday + 1) % 7)
            {
                return true
            }
            local += .seconds(60)
        }
        return false
    }
}
