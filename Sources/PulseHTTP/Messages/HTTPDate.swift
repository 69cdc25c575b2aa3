import Glibc

/// Reads the three forms of a date in HTTP (RFC 9110 section 5.6.7): IMF-fixdate, RFC 850 and asctime, all in UTC.
package enum HTTPDate {
    /// Seconds since 1970-01-01T00:00:00Z; `nil` when the text is none of the three forms.
    ///
    /// The name of the day is not held against the date. A leap second counts as the second after it. A two-digit year
    /// more than 50 years after `currentYear` is taken from the century before, as the RFC asks.
    package static func parse(_ text: String, currentYear: Int = thisYear) -> Int64? {
        let words = text.split { $0 == " " || $0 == "," }.map(String.init)
        switch words.count {
        case 6 where words[5] == "GMT" || words[5] == "UTC":
            return seconds(day: words[1], month: words[2], year: fourDigits(words[3]), time: words[4])
        case 4 where words[3] == "GMT":
            let parts = words[1].split(separator: "-").map(String.init)
            guard parts.count == 3, let short = number(parts[2], digits: 2) else { return nil }
            let century = currentYear / 100 * 100
            let year = century + short > currentYear + 50 ? century + short - 100 : century + short
            return seconds(day: parts[0], month: parts[1], year: year, time: words[2])
        case 5:
            return seconds(day: words[2], month: words[1], year: fourDigits(words[4]), time: words[3])
        default:
            return nil
        }
    }

    /// The year by the system's clock, in UTC; near midnight of New Year it may be a day off, which changes nothing here.
    package static var thisYear: Int { 1970 + time(nil) / 31_556_952 }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func fourDigits(_ text: String) -> Int? { number(text, digits: 4) }

    private static func number(_ text: String, digits: Int) -> Int? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }

    private static func seconds(day: String, month: String, year: Int?, time: String) -> Int64? {
        guard let year, let monthIndex = months.firstIndex(of: month) else { return nil }
        guard let day = number(day, digits: 2) ?? number(day, digits: 1), day >= 1 else { return nil }
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map { number(String($0), digits: 2) }
        guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2],
            hour < 24, minute < 60, second <= 60, day <= daysIn(month: monthIndex + 1, year: year)
        else { return nil }
        let days = daysSince1970(year: year, month: monthIndex + 1, day: day)
        return Int64(days) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
    }

    private static func daysIn(month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Proleptic Gregorian, counted in eras of 400 years that begin on the first of March.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
