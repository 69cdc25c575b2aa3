import PulseDomain

extension ByteText {
    /// `2021-03-28T16:06:08.713+0800`, as Jira renders instants: in the user's zone, without a colon in the offset.
    mutating func add(jira milliseconds: Int64, zone: SandboxZone) {
        add(civil: milliseconds + Int64(zone.offsetInMinutes) * 60_000, fraction: true)
        let offset = abs(zone.offsetInMinutes)
        bytes.append(zone.offsetInMinutes < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        add(offset / 60, digits: 2)
        add(offset % 60, digits: 2)
    }

    /// `2021-03-28T08:06:08Z`, as GitHub renders `DateTime`.
    mutating func add(github milliseconds: Int64) {
        add(civil: milliseconds, fraction: false)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// `2021-03-28`.
    mutating func add(date milliseconds: Int64) {
        let time = Instant(milliseconds: milliseconds).civil
        add(time.year, digits: 4)
        bytes.append(UInt8(ascii: "-"))
        add(time.month, digits: 2)
        bytes.append(UInt8(ascii: "-"))
        add(time.day, digits: 2)
    }

    private mutating func add(civil milliseconds: Int64, fraction: Bool) {
        let time = Instant(milliseconds: milliseconds).civil
        add(date: milliseconds)
        bytes.append(UInt8(ascii: "T"))
        add(time.hour, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        add(time.minute, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        add(time.second, digits: 2)
        guard fraction else { return }
        bytes.append(UInt8(ascii: "."))
        add(time.microsecond / 1_000, digits: 3)
    }
}

/// Renders of instants as text.
enum WireTime {
    static func jira(_ milliseconds: Int64, zone: SandboxZone) -> String {
        var text = ByteText(reservingBytes: 28)
        text.add(jira: milliseconds, zone: zone)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    static func github(_ milliseconds: Int64) -> String {
        var text = ByteText(reservingBytes: 20)
        text.add(github: milliseconds)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    /// Milliseconds since 1970 of a `DateTime`; `nil` for anything else.
    static func read(_ text: String) -> Int64? { Instant(parsing: text)?.milliseconds }

    static func date(_ milliseconds: Int64) -> String {
        var text = ByteText(reservingBytes: 10)
        text.add(date: milliseconds)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    /// `yyyy-MM-ddTHH:mmZ`, as Jira writes `X-RateLimit-Reset`.
    static func minute(_ milliseconds: Int64) -> String {
        String(github(milliseconds).prefix(16)) + "Z"
    }

    /// IMF-fixdate (RFC 9110 section 5.6.7).
    static func http(_ milliseconds: Int64) -> String {
        let instant = Instant(milliseconds: milliseconds)
        let time = instant.civil
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = [time.hour, time.minute, time.second].map { $0.padded(2) }.joined(separator: ":")
        return "\(days[instant.weekday]), \(time.day.padded(2)) \(months[time.month - 1]) \(time.year) \(clock) GMT"
    }
}
