import PulseConfiguration
package import PulseDomain

/// Times as they are typed.
package enum TimeArguments {
    /// `30s`, `15m`, `12h`, `7d`, above zero; `nil` for anything else.
    package static func duration(_ text: String) -> Duration? {
        Duration(setting: text).flatMap { $0 > .zero ? $0 : nil }
    }

    /// `2026-03-01T12:00:00Z`, with any offset, or a date (midnight UTC), or `14:30` (the next one, UTC); `nil` for
    /// anything else.
    package static func instant(_ text: String, after now: Instant) -> Instant? {
        if let instant = Instant(parsing: text) { return instant }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hour = Int(parts[0]),
            let minute = Int(parts[1]),
            (0..<24).contains(hour), (0..<60).contains(minute)
        else { return nil }
        var civil = now.civil
        (civil.hour, civil.minute, civil.second, civil.microsecond) = (hour, minute, 0, 0)
        let today = Instant(civil)
        return today > now ? today : today + .days(1)
    }

    /// `1h 05m`, `2m 10s`, `4s`.
    static func text(_ duration: Duration) -> String {
        let seconds = Int(duration.inSeconds.rounded(.up))
        if seconds >= 3_600 { return "\(seconds / 3_600)h \((seconds / 60 % 60).padded(2))m" }
        if seconds >= 60 { return "\(seconds / 60)m \((seconds % 60).padded(2))s" }
        return "\(seconds)s"
    }
}
