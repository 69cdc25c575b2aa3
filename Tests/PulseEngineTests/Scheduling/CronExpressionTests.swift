import PulseDomain
import PulseEngine
import Testing

@Suite struct CronExpressionTests {
    struct Wrong: Sendable, CustomTestStringConvertible {
        var text: String
        var names: String
        var testDescription: String { text }
    }

    @Test(arguments: [
        Wrong(text: "", names: "has 0 fields"), Wrong(text: "* * * *", names: "has 4 fields"),
        Wrong(text: "* * * * * *", names: "has 6 fields"), Wrong(text: "@often", names: "has 1 fields"),
        Wrong(text: "60 * * * *", names: "minute"), Wrong(text: "-1 * * * *", names: "minute"),
        Wrong(text: "* 24 * * *", names: "hour"), Wrong(text: "* * 0 * *", names: "day of month"),
        Wrong(text: "* * 32 * *", names: "day of month"), Wrong(text: "* * * 13 *", names: "month"),
        Wrong(text: "* * * foo *", names: "month"), Wrong(text: "* * * * 8", names: "day of week"),
        Wrong(text: "* * * * mo", names: "day of week"), Wrong(text: "*/0 * * * *", names: "no step above 0"),
        Wrong(text: "*/x * * * *", names: "no step above 0"), Wrong(text: "1/2/3 * * * *", names: "more than one step"),
        Wrong(text: "5-1 * * * *", names: "ends before it begins"), Wrong(text: "1-2-3 * * * *", names: "is no range"),
        Wrong(text: "1,,2 * * * *", names: "minute"), Wrong(text: ", * * * *", names: "minute"),
        Wrong(text: "0 0 30 2 *", names: "no month has"), Wrong(text: "0 0 31 4,6,9,11 *", names: "no month has"),
    ])
    func `a wrong expression says which field and why`(wrong: Wrong) throws {
        let error = try #require(
            #expect(throws: CronExpression.ParseError.self) { _ = try CronExpression(wrong.text) })
        #expect(error.sentence.contains(wrong.names), "\(error.sentence)")
    }

    @Test func `an unknown time zone is told with an example`() throws {
        let error = try #require(
            #expect(throws: CronExpression.ParseError.self) {
                _ = try Schedule(ScheduleDefinition(cron: "@daily", timeZone: "Europe/Brelin"))
            })
        #expect(error.sentence.contains("Europe/Brelin"))
    }
}

@Suite struct ScheduleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var cron: String
        var zone = "UTC"
        var after: String
        /// The next times, one after the other.
        var next: [String]
        var testDescription: String { "\(cron) in \(zone) after \(after)" }
    }

    @Test(arguments: [
        Case(
            cron: "*/15 * * * *", after: "2026-03-02T06:00:00Z", next: ["2026-03-02T06:15:00Z", "2026-03-02T06:30:00Z"]),
        Case(cron: "5/20 * * * *", after: "2026-03-02T06:45:00Z", next: ["2026-03-02T07:05:00Z"]),
        Case(cron: "@hourly", after: "2026-03-02T06:59:59Z", next: ["2026-03-02T07:00:00Z"]),
        Case(cron: "@DAILY", after: "2026-12-31T00:00:00Z", next: ["2027-01-01T00:00:00Z"]),
        Case(cron: "@weekly", after: "2026-03-02T00:00:00Z", next: ["2026-03-08T00:00:00Z"]),
        Case(cron: "@monthly", after: "2026-03-02T00:00:00Z", next: ["2026-04-01T00:00:00Z"]),
        Case(cron: "@yearly", after: "2026-03-02T00:00:00Z", next: ["2027-01-01T00:00:00Z"]),
        Case(cron: "0 9 * * MON-fri", after: "2026-03-06T09:00:00Z", next: ["2026-03-09T09:00:00Z"]),
        Case(cron: "0 0 * jan,Jul 7", after: "2026-03-02T00:00:00Z", next: ["2026-07-05T00:00:00Z"]),
        // Either day field suffices when both are restricted (crontab(5)).
        Case(
            cron: "0 0 13 * 5", after: "2026-03-02T00:00:00Z",
            next: ["2026-03-06T00:00:00Z", "2026-03-13T00:00:00Z", "2026-03-20T00:00:00Z", "2026-03-27T00:00:00Z"]),
        Case(cron: "0 0 13 * *", after: "2026-03-02T00:00:00Z", next: ["2026-03-13T00:00:00Z"]),
        Case(cron: "0 0 31 * *", after: "2026-03-31T00:00:00Z", next: ["2026-05-31T00:00:00Z"]),
        Case(
            cron: "0 0 29 2 *", after: "2026-03-02T00:00:00Z", next: ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"]),
        // 2100 is no leap year: eight years between two of them.
        Case(cron: "0 0 29 2 *", after: "2096-03-01T00:00:00Z", next: ["2104-02-29T00:00:00Z"]),
        // Berlin loses 02:00 to 03:00 on 2026-03-29 at 01:00 UTC and has it twice on 2026-10-25.
        Case(
            cron: "30 2 * * *", zone: "Europe/Berlin", after: "2026-03-28T02:00:00Z",
            next: ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]),
        Case(
            cron: "30 2 * * *", zone: "Europe/Berlin", after: "2026-10-24T12:00:00Z",
            next: ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]),
        Case(
            cron: "*/30 * * * *", zone: "Europe/Berlin", after: "2026-10-25T00:00:00Z",
            next: ["2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z"]),
        Case(
            cron: "0 */2 * * *", zone: "Europe/Berlin", after: "2026-03-28T23:30:00Z",
            next: ["2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"]),
        Case(
            cron: "0 3 * * *", zone: "Europe/Berlin", after: "2026-03-28T12:00:00Z",
            next: ["2026-03-29T01:00:00Z", "2026-03-30T01:00:00Z"]),
        // New York loses 02:00 to 03:00 on 2026-03-08 and has 01:00 to 02:00 twice on 2026-11-01.
        Case(
            cron: "15 2 * * *", zone: "America/New_York", after: "2026-03-07T12:00:00Z",
            next: ["2026-03-08T07:00:00Z", "2026-03-09T06:15:00Z"]),
        Case(
            cron: "15 1 * * *", zone: "America/New_York", after: "2026-10-31T12:00:00Z",
            next: ["2026-11-01T05:15:00Z", "2026-11-02T06:15:00Z"]),
        // Lord Howe goes from +10:30 to +11 on 2026-10-04 at 02:00 and back on 2026-04-05 at 02:00: half an hour each.
        Case(
            cron: "15 2 * * *", zone: "Australia/Lord_Howe", after: "2026-10-03T00:00:00Z",
            next: ["2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"]),
        Case(
            cron: "45 1 * * *", zone: "Australia/Lord_Howe", after: "2026-04-04T00:00:00Z",
            next: ["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"]),
    ])
    func `the next times are those that crontab's rules give`(one: Case) throws {
        let schedule = try Schedule(ScheduleDefinition(cron: one.cron, timeZone: one.zone))
        var time = try #require(Instant(parsing: one.after))
        var found: [String] = []
        for _ in one.next {
            time = try #require(schedule.next(after: time))
            found.append(time.iso8601)
        }
        #expect(found.map { Instant(parsing: $0) } == one.next.map { Instant(parsing: $0) }, "\(found)")
    }

    @Test(arguments: ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
    func `a daily time comes once a day around every change of the clock`(zone: String) throws {
        for hour in 0..<4 {
            let schedule = try Schedule(ScheduleDefinition(cron: "40 \(hour) * * *", timeZone: zone))
            var time = Instant(CivilTime(year: 2026, month: 1, day: 1, hour: 12))
            for _ in 0..<365 {
                let next = try #require(schedule.next(after: time))
                #expect(next > time)
                let gap = next - time
                #expect(gap <= .hours(36) && (gap >= .hours(22) || time.civil.hour == 12), "\(time.iso8601): \(gap)")
                time = next
            }
        }
    }

    @Test func `a next time is always later and matches its fields`() throws {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<150 {
            let minute = Int.random(in: 0..<60, using: &random)
            let hour = Int.random(in: 0..<24, using: &random)
            let weekday = Int.random(in: 0..<7, using: &random)
            let schedule = try Schedule(ScheduleDefinition(cron: "\(minute) \(hour) * * \(weekday)"))
            let after = Instant(seconds: Int64.random(in: 1_700_000_000..<2_000_000_000, using: &random))
            let next = try #require(schedule.next(after: after))
            #expect(next > after && next - after <= .days(7))
            #expect(next.civil.minute == minute && next.civil.hour == hour && (next.weekday + 1) % 7 == weekday)
        }
    }
}
