import PulseDomain
import Testing

@testable import PulseCommands

struct TimeArgumentsTests {
    private static let now = Instant(CivilTime(year: 2026, month: 3, day: 2, hour: 12, minute: 30))

    @Test(arguments: [
        ("14:30", "2026-03-02T14:30:00Z"), ("09:00", "2026-03-03T09:00:00Z"), ("12:30", "2026-03-03T12:30:00Z"),
        ("2026-05-01", "2026-05-01T00:00:00Z"), ("2026-05-01T10:00:00+02:00", "2026-05-01T08:00:00Z"),
    ])
    func `a time is read as people write it`(_ text: String, _ expected: String) {
        #expect(TimeArguments.instant(text, after: Self.now)?.iso8601 == expected)
    }

    @Test(arguments: ["", "24:00", "1:30", "12:60", "tomorrow", "2026-13-01", "12:30:00"])
    func `what is no time is refused`(_ text: String) {
        #expect(TimeArguments.instant(text, after: Self.now) == nil)
    }

    @Test(arguments: [("30s", 30), ("15m", 900), ("12h", 43_200), ("7d", 604_800)])
    func `a duration has a unit`(_ text: String, _ seconds: Int) {
        #expect(TimeArguments.duration(text) == .seconds(seconds))
    }

    @Test(arguments: ["0s", "-1h", "5", "h", "1.5h", "3x"])
    func `what is no duration is refused`(_ text: String) {
        #expect(TimeArguments.duration(text) == nil)
    }

    @Test(arguments: [(0, "0s"), (59, "59s"), (130, "2m 10s"), (3_900, "1h 05m")])
    func `a duration is told in two units`(_ seconds: Int, _ text: String) {
        #expect(TimeArguments.text(.seconds(seconds)) == text)
    }
}
