import PulseDomain

/// Two moments as a person types them, read as a range: `7d` to nothing is the last seven days, `2026-03-01` to
/// `2026-03-14` are those days with both ends.
enum TypedRange {
    /// Why what was typed is no range, as a sentence that says what would be.
    struct Mistake: Error, Hashable { var sentence: String }

    /// The range `from ..< to`; an empty `to` is now. Times are UTC.
    static func read(from: String, to: String, now: Instant) throws(Mistake) -> (from: Instant, to: Instant) {
        guard !from.trimmed.isEmpty else {
            throw Mistake(sentence: "Say from when: 7d for the last seven days, or a date as 2026-03-01.")
        }
        let begin = try moment(from, isEnd: false, now: now)
        let end = to.trimmed.isEmpty ? now : min(now, try moment(to, isEnd: true, now: now))
        guard begin <= now else { throw Mistake(sentence: "The range begins in the future: nothing has changed then.") }
        guard begin < end else { throw Mistake(sentence: "The range ends before it begins.") }
        return (begin, end)
    }

    private static func moment(_ typed: String, isEnd: Bool, now: Instant) throws(Mistake) -> Instant {
        let text = typed.trimmed.lowercased()
        if text == "now" { return now }
        let midnight = midnight(of: now)
        if text == "today" { return isEnd ? now : midnight }
        if text == "yesterday" { return isEnd ? midnight : midnight - .days(1) }
        if let age = age(text) { return now - age }
        let isDay = text.utf8.count == 10
        if isRealDay(text), let instant = Instant(parsing: text.uppercased()), instant.civil.year >= 1970 {
            // A day as the end is meant with all of it.
            return isDay && isEnd ? instant + .days(1) : instant
        }
        throw Mistake(
            sentence: "\"\(typed.trimmed)\" is no date: write 2026-03-01, 2026-03-01 14:30, or 7d.")
    }

    /// Whether the day that a text begins with is in the calendar: 30 February is not.
    private static func isRealDay(_ text: String) -> Bool {
        let day = String(text.prefix(10))
        return Instant(parsing: day)?.iso8601.hasPrefix(day) ?? false
    }

    /// `30m`, `12h`, `7d`, `2w`, up to some hundred years; `nil` for anything else.
    private static func age(_ text: String) -> Duration? {
        let units: [Character: Int] = ["m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()),
            (1...40_000).contains(count)
        else { return nil }
        return .seconds(unit * count)
    }

    private static func midnight(of now: Instant) -> Instant {
        let civil = now.civil
        return Instant(CivilTime(year: civil.year, month: civil.month, day: civil.day))
    }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
