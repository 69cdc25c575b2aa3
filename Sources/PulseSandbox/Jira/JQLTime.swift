import PulseDomain

/// Dates and periods as JQL writes them: to the minute, in the zone of the user who asks.
enum JQLTime {
    /// Milliseconds since 1970; `nil` for anything that Jira refuses, such as seconds, `T` or `Z`.
    static func read(_ text: String, zone: SandboxZone, now: Int64) -> Int64? {
        date(text).map { $0 - Int64(zone.offsetInMinutes) * 60_000 } ?? period(text).map { now + $0 }
    }

    private static func date(_ text: String) -> Int64? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2 else { return nil }
        let separator: Character = first.contains("/") ? "/" : "-"
        let day = first.split(separator: separator, omittingEmptySubsequences: false).map { Int($0) }
        guard day.count == 3, let year = day[0], let month = day[1], let number = day[2], year > 1_000,
            (1...12).contains(month), (1...31).contains(number)
        else { return nil }
        var civil = CivilTime(year: year, month: month, day: number)
        if parts.count == 2 {
            let clock = parts[1].split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
            guard clock.count == 2, let hour = clock[0], let minute = clock[1], (0..<24).contains(hour),
                (0..<60).contains(minute)
            else { return nil }
            (civil.hour, civil.minute) = (hour, minute)
        }
        return Instant(civil).milliseconds
    }

    private static func period(_ text: String) -> Int64? {
        let isPast = text.hasPrefix("-")
        var sum: Int64 = 0
        let parts = (isPast ? text.dropFirst() : Substring(text)).split(separator: " ")
        guard !parts.isEmpty else { return nil }
        for part in parts {
            let units: [Character: Int64] = ["m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000]
            guard let last = part.last, let unit = units[last], let count = Int64(part.dropLast()) else { return nil }
            sum += count * unit
        }
        return isPast ? -sum : sum
    }
}
