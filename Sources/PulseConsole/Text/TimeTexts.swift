import PulseDomain

/// Times as people read them, relative to one moment. The one place where times become text.
///
/// Remembers when the first of the texts it gave will read differently, so that a screen is drawn again exactly then.
final class TimeTexts {
    /// The moment that ages and countdowns refer to: the engine's clock, not the wall's.
    let now: Instant
    /// Whether that moment is gone by: what is told is as it was then, ages do not grow, and what is to come is told by
    /// the clock, which stays true.
    let isPast: Bool
    /// The moment at which it is read: what was to come and has passed since is told as such.
    private let present: Instant
    /// When the first of the texts given so far changes; `nil` when none ever does.
    private(set) var changesAt: Instant?

    /// - Parameter present: When it is read, where that is later than what is told of; `nil`: then.
    init(now: Instant, isPast: Bool = false, present: Instant? = nil) {
        self.now = now
        self.isPast = isPast
        self.present = present ?? now
    }

    /// How long ago, in coarse steps: `<10s`, `20s`, `12m`, `5h`, `3d`.
    func age(since instant: Instant) -> String {
        let seconds = max(0, (now - instant).inSeconds)
        let step: Double = seconds < 60 ? 10 : seconds < 3_600 ? 60 : seconds < 172_800 ? 3_600 : 86_400
        let steps = (seconds / step).rounded(.down)
        note(after: (steps + 1) * step - seconds)
        if seconds < 10 { return "<10s" }
        switch step {
        case 10: return "\(Int(steps) * 10)s"
        case 60: return "\(Int(steps))m"
        case 3_600: return "\(Int(steps))h"
        default: return "\(Int(steps))d"
        }
    }

    /// The age as a phrase: `12m ago`, `just now`.
    func ago(_ instant: Instant) -> String {
        let text = age(since: instant)
        return text == "<10s" ? "just now" : text + " ago"
    }

    /// How long until, to the second below ten minutes: `4m 12s`, `42m`, `2h 13m`; `now` when it is due.
    func countdown(to instant: Instant) -> String {
        let seconds = (instant - now).inSeconds
        guard seconds > 0 else { return "now" }
        if seconds < 600 {
            let shown = seconds.rounded(.up)
            note(after: seconds - (shown - 1))
            return Self.duration(.seconds(Int(shown)))
        }
        let minutes = (seconds / 60).rounded(.down)
        note(after: seconds - minutes * 60 + 0.001)
        return seconds < 3_600 ? "\(Int(minutes))m" : Self.duration(.seconds(Int(minutes) * 60))
    }

    /// When it is due, as a phrase: `in 4m`, `now`; of a moment gone by `at 14:36`, and `at 14:36, past` once it is.
    func until(_ instant: Instant) -> String {
        if isPast { return "at " + clockAhead(instant) + pastMark(instant) }
        let text = countdown(to: instant)
        return text == "now" ? text : "in " + text
    }

    /// The same with the time of day: `in 4m, at 14:36`, `now`; of a moment gone by `at 14:36`.
    func untilAndAt(_ instant: Instant) -> String {
        let text = until(instant)
        return isPast || text == "now" ? text : "\(text), at \(clock(instant))"
    }

    /// For how long it lasts, as a phrase: `4m 12s`; of a moment gone by `until 14:36:17`.
    func lasting(until instant: Instant) -> String {
        isPast ? "until " + clockAhead(instant) + pastMark(instant) : countdown(to: instant)
    }

    /// To the second where it is soon, or was.
    private func clockAhead(_ instant: Instant) -> String {
        abs((instant - now).inSeconds) < 600 ? clockWithSeconds(instant) : clock(instant)
    }

    /// That it is over by now, though nobody knows what became of it.
    private func pastMark(_ instant: Instant) -> String {
        guard instant > present else { return ", past" }
        changesAt = min(changesAt ?? instant, instant)
        return ""
    }

    /// The time of day in UTC, with the date where it is another day: `14:32`, `Tue 14:32`, `12 Mar 14:32`.
    func clock(_ instant: Instant) -> String {
        let civil = instant.civil
        let time = "\(civil.hour.padded(2)):\(civil.minute.padded(2))"
        let today = now.civil
        if (civil.year, civil.month, civil.day) == (today.year, today.month, today.day) { return time }
        if abs((instant - now).inSeconds) < 6 * 86_400 { return "\(Self.weekdays[instant.weekday]) \(time)" }
        let day = "\(civil.day) \(Self.months[civil.month - 1])"
        return civil.year == today.year ? "\(day) \(time)" : "\(day) \(civil.year)"
    }

    /// The present time of day, which changes with the minute.
    func clockNow() -> String {
        note(after: 60 - Double(now.seconds - now.seconds / 60 * 60))
        return clock(now)
    }

    /// The time of day to the second, for log lines: `14:32:05`.
    func clockWithSeconds(_ instant: Instant) -> String {
        let civil = instant.civil
        return "\(civil.hour.padded(2)):\(civil.minute.padded(2)):\(civil.second.padded(2))"
    }

    /// A text of the engine with its instants (`2026-03-12T14:31:42Z`) told as all other times are.
    func retold(_ text: String) -> String {
        text.replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/) { match in
            guard let instant = Instant(parsing: String(match.output.0)) else { return String(match.output.0) }
            let clock = clock(instant)
            return clock.count == 5 ? clockWithSeconds(instant) : clock
        }
    }

    /// A date and time to the second in UTC: `2026-03-12 14:32:05`.
    func stamp(_ instant: Instant) -> String {
        let civil = instant.civil
        return "\(civil.year.padded(4))-\(civil.month.padded(2))-\(civil.day.padded(2)) \(clockWithSeconds(instant))"
    }

    /// A date and time to the minute in UTC: `2026-03-12 14:32`.
    func stampToMinute(_ instant: Instant) -> String { String(stamp(instant).dropLast(3)) }

    /// A length of time in its two largest units: `340 ms`, `12s`, `3m 12s`, `2h 05m`, `3d 4h`.
    static func duration(_ duration: Duration) -> String {
        let exact = max(0, duration.inSeconds)
        if exact > 0, exact < 1 { return "\(Int(exact * 1_000)) ms" }
        let seconds = exact < 1e15 ? Int(exact) : Int(1e15)
        if seconds < 60 { return "\(seconds)s" }
        if seconds < 3_600 { return "\(seconds / 60)m \((seconds % 60).padded(2))s" }
        if seconds < 172_800 { return "\(seconds / 3_600)h \((seconds / 60 % 60).padded(2))m" }
        return "\(seconds / 86_400)d \(seconds / 3_600 % 24)h"
    }

    /// Makes sure that drawing happens again after so many seconds of the engine's clock.
    func note(after seconds: Double) {
        guard !isPast else { return }
        let moment = now + .microseconds(Int64(max(0.001, min(seconds, 1e9)) * 1_000_000))
        changesAt = min(changesAt ?? moment, moment)
    }

    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
