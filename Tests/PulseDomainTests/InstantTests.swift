import PulseDomain
import Testing

@Suite struct InstantTests {
    @Test(arguments: [
        ("2021-03-28T16:06:08.713+0800", "2021-03-28T08:06:08.713000Z"),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"), ("2026-01-02T03:04:05.6Z", "2026-01-02T03:04:05.600000Z"),
        ("2026-01-02T03:04:05.6424314Z", "2026-01-02T03:04:05.642431Z"), ("2026-01-02", "2026-01-02T00:00:00Z"),
        ("2026-01-02 03:04", "2026-01-02T03:04:00Z"), ("2026-02-26T12:30Z", "2026-02-26T12:30:00Z"),
        ("1969-12-31T23:59:59-05:30", "1970-01-01T05:29:59Z"), ("0001-01-01T00:00:00", "0001-01-01T00:00:00Z"),
        ("9999-01-01T00:00:00Z", "9999-01-01T00:00:00Z"), ("2026-07-01T00:00:00+05", "2026-06-30T19:00:00Z"),
    ])
    func `timestamps of providers are read`(text: String, expected: String) {
        #expect(Instant(parsing: text)?.iso8601 == expected)
    }

    @Test(arguments: [
        "", "yesterday", "2026-13-01", "2026-01-02T", "2026-01-02T03", "2026-01-02T03:04:05X", "2026-01-02T03:04:05.Z",
        "20260102",
    ])
    func `other texts are no timestamps`(text: String) { #expect(Instant(parsing: text) == nil) }

    @Test func `civil time and back is the same, for every hour of three centuries in steps of a prime`() {
        var instant = Instant(CivilTime(year: 1850, month: 1, day: 1))
        let end = Instant(CivilTime(year: 2150, month: 1, day: 1))
        while instant < end {
            #expect(Instant(instant.civil) == instant)
            instant += .seconds(3_600 * 997 + 13)
        }
    }

    @Test func `weekdays are right`() {
        #expect(Instant(CivilTime(year: 2026, month: 11, day: 22)).weekday == 6)
        #expect(Instant(CivilTime(year: 1969, month: 12, day: 29)).weekday == 0)
    }
}
