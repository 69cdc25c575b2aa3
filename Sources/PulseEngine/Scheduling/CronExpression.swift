/// The five fields of cron, as crontab(5) reads them: minute, hour, day of month, month, day of week.
package struct CronExpression: Sendable, Hashable {
    /// What is wrong with a text that is no cron expression.
    package struct ParseError: Error, Sendable, Hashable, CustomStringConvertible {
        package let sentence: String
        package var description: String { sentence }
    }

    private(set) var minutes: Set<Int>
    private(set) var hours: Set<Int>
    private(set) var days: Set<Int>
    private(set) var months: Set<Int>
    /// 0 is Sunday.
    private(set) var weekdays: Set<Int>
    /// When both day fields are restricted, either one suffices (crontab(5)).
    private let restrictsDays: Bool
    private let restrictsWeekdays: Bool

    private static let names = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
    ]
    private static let monthNames = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let weekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    package init(_ text: String) throws(ParseError) {
        let lower = text.lowercased()
        let fields = (Self.names[lower] ?? lower).split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        guard fields.count == 5 else {
            throw ParseError(
                sentence: "\"\(text)\" has \(fields.count) fields; a cron expression has five: minute, hour, day of "
                    + "month, month, day of week.")
        }
        minutes = try Self.field(fields[0], "minute", 0...59)
        hours = try Self.field(fields[1], "hour", 0...23)
        days = try Self.field(fields[2], "day of month", 1...31)
        months = try Self.field(fields[3], "month", 1...12, names: Self.monthNames, firstName: 1)
        weekdays = Set(
            try Self.field(fields[4], "day of week", 0...7, names: Self.weekdayNames, firstName: 0).map { $0 % 7 })
        restrictsDays = !fields[2].hasPrefix("*")
        restrictsWeekdays = !fields[4].hasPrefix("*")
        guard months.contains(where: { month in days.contains { $0 <= Self.longest(month) } }) || restrictsWeekdays
        else {
            throw ParseError(sentence: "\"\(text)\" names a day that no month has.")
        }
    }

    /// Whether it names hours of the day: such times run once when a clock is set back, and at its end when they are
    /// skipped. Others follow the minutes as they pass.
    var namesHours: Bool { hours.count < 24 }

    func matchesDay(year: Int, month: Int, day: Int, weekday: Int) -> Bool {
        guard months.contains(month) else { return false }
        let (isDay, isWeekday) = (days.contains(day), weekdays.contains(weekday))
        return restrictsDays && restrictsWeekdays ? isDay || isWeekday : isDay && isWeekday
    }

    private static func longest(_ month: Int) -> Int { month == 2 ? 29 : [4, 6, 9, 11].contains(month) ? 30 : 31 }

    private static func field(
        _ text: String, _ name: String, _ range: ClosedRange<Int>, names: [String] = [], firstName: Int = 0
    ) throws(ParseError) -> Set<Int> {
        var values: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            func wrong(_ why: String) -> ParseError {
                ParseError(
                    sentence: "\"\(part)\" in the field \(name) \(why); expected are * or numbers from "
                        + "\(range.lowerBound) to \(range.upperBound), as lists (1,2), ranges (1-5) or steps (*/15).")
            }
            func number(_ text: Substring) throws(ParseError) -> Int {
                if let index = names.firstIndex(of: String(text)) { return index + firstName }
                guard let value = Int(text), range.contains(value) else { throw wrong("is no such number") }
                return value
            }
            guard let first = pieces.first, pieces.count <= 2 else { throw wrong("has more than one step") }
            var bounds = range
            if first != "*" {
                let ends = first.split(separator: "-", omittingEmptySubsequences: false)
                guard let start = ends.first, ends.count <= 2 else { throw wrong("is no range") }
                let lower = try number(start)
                let upper = ends.count == 2 ? try number(ends[1]) : pieces.count == 2 ? range.upperBound : lower
                guard lower <= upper else { throw wrong("ends before it begins") }
                bounds = lower...upper
            }
            var step = 1
            if pieces.count == 2 {
                guard let value = Int(pieces[1]), value > 0 else { throw wrong("has no step above 0") }
                step = value
            }
            values.formUnion(stride(from: bounds.lowerBound, through: bounds.upperBound, by: step))
        }
        return values
    }
}
