/// The civil (proleptic Gregorian) reading of an instant in UTC.
package struct CivilTime: Hashable, Sendable {
    package var year: Int
    package var month: Int
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int
    package var microsecond: Int

    package init(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0
    ) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
        self.microsecond = microsecond
    }
}

extension Instant {
    /// Days-from-civil after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    package init(_ civil: CivilTime) {
        let year = civil.month <= 2 ? civil.year - 1 : civil.year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (civil.month + (civil.month > 2 ? -3 : 9)) + 2) / 5 + civil.day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = Int64(era * 146_097 + dayOfEra - 719_468)
        let seconds = days * 86_400 + Int64(civil.hour * 3_600 + civil.minute * 60 + civil.second)
        self.init(microseconds: seconds * 1_000_000 + Int64(civil.microsecond))
    }

    /// The instant's date and time of day in UTC.
    package var civil: CivilTime {
        let days = microseconds.flooredQuotient(by: 86_400_000_000)
        let rest = microseconds - days * 86_400_000_000
        let shifted = Int(days) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        let seconds = Int(rest / 1_000_000)
        return CivilTime(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * monthIndex + 2) / 5 + 1, hour: seconds / 3_600, minute: seconds / 60 % 60,
            second: seconds % 60, microsecond: Int(rest % 1_000_000))
    }

    /// Days since Monday 1969-12-29 modulo 7: 0 is Monday.
    package var weekday: Int { Int((microseconds.flooredQuotient(by: 86_400_000_000) + 3) % 7 + 7) % 7 }

    /// Reads the timestamps that providers send: `yyyy-MM-dd[T ]HH:mm[:ss[.f…]]` followed by `Z`, `+hh:mm`, `+hhmm`,
    /// `+hh`, or nothing (UTC), and bare dates. Fractions beyond a microsecond are cut. `nil` for anything else.
    ///
    /// Jira renders `2021-03-28T16:06:08.713+0800`, Azure DevOps up to seven digits and dropped zeros.
    package init?(parsing text: UnsafeBufferPointer<UInt8>) {
        var reader = DigitReader(text)
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), (1...12).contains(month),
            reader.skip("-"), let day = reader.number(2), (1...31).contains(day)
        else { return nil }
        var civil = CivilTime(year: year, month: month, day: day)
        guard !reader.isAtEnd else {
            self.init(civil)
            return
        }
        guard reader.skip("T") || reader.skip(" "), let hour = reader.number(2), hour < 25, reader.skip(":"),
            let minute = reader.number(2), minute < 60
        else { return nil }
        (civil.hour, civil.minute) = (hour, minute)
        if reader.skip(":") {
            guard let second = reader.number(2), second < 61 else { return nil }
            civil.second = second
            if reader.skip(".") || reader.skip(",") {
                guard let fraction = reader.fraction() else { return nil }
                civil.microsecond = fraction
            }
        }
        guard let offset = reader.offset(), reader.isAtEnd else { return nil }
        self.init(microseconds: Instant(civil).microseconds - Int64(offset) * 60_000_000)
    }

    package init?(parsing text: String) {
        var text = text
        guard let read = text.withUTF8({ Instant(parsing: $0) }) else { return nil }
        self = read
    }

    /// RFC 3339 in UTC: `2026-01-02T03:04:05.678901Z`, without a fraction when it is zero.
    package var iso8601: String { iso8601(fractionDigits: microseconds % 1_000_000 == 0 ? 0 : 6) }

    /// RFC 3339 in UTC, with as much of the fraction as is asked for: 0, 3 or 6 digits.
    package func iso8601(fractionDigits digits: Int) -> String {
        let time = civil
        let fraction = digits == 3 ? time.microsecond / 1_000 : time.microsecond
        guard (0...9_999).contains(time.year) else { return Self.longText(time, fraction, digits) }
        return String(unsafeUninitializedCapacity: 27) { bytes in
            var writer = DigitWriter(bytes: bytes)
            writer.number(time.year, digits: 4, then: "-")
            writer.number(time.month, digits: 2, then: "-")
            writer.number(time.day, digits: 2, then: "T")
            writer.number(time.hour, digits: 2, then: ":")
            writer.number(time.minute, digits: 2, then: ":")
            writer.number(time.second, digits: 2, then: digits == 0 ? "Z" : ".")
            if digits > 0 { writer.number(fraction, digits: digits, then: "Z") }
            return writer.count
        }
    }

    /// Of years that do not have four digits.
    private static func longText(_ time: CivilTime, _ fraction: Int, _ digits: Int) -> String {
        var text = "\(time.year.padded(4))-\(time.month.padded(2))-\(time.day.padded(2))"
        text += "T\(time.hour.padded(2)):\(time.minute.padded(2)):\(time.second.padded(2))"
        if digits > 0 { text += ".\(fraction.padded(digits))" }
        return text + "Z"
    }

    /// The same without fractions, for sentences: `2026-03-12T14:32:05Z`.
    package var iso8601ToSecond: String { (self - .microseconds(Int64(civil.microsecond))).iso8601 }
}

extension Instant: CustomStringConvertible {
    package var description: String { iso8601 }
}

extension Int {
    /// Decimal digits with leading zeros up to `width`.
    package func padded(_ width: Int) -> String {
        let digits = String(self)
        return digits.count >= width ? digits : String(repeating: "0", count: width - digits.count) + digits
    }
}

/// Writes fixed groups of ASCII digits into memory that has room for them.
private struct DigitWriter {
    let bytes: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(bytes: UnsafeMutableBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func number(_ number: Int, digits: Int, then mark: Unicode.Scalar) {
        var rest = number
        for place in (count..<count + digits).reversed() {
            bytes[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        count += digits
        bytes[count] = UInt8(ascii: mark)
        count += 1
    }
}

/// Reads fixed groups of ASCII digits.
private struct DigitReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    private var digit: Int? {
        guard !isAtEnd, (0x30...0x39).contains(bytes[index]) else { return nil }
        return Int(bytes[index] - 0x30)
    }

    mutating func number(_ count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let digit else { return nil }
            value = value * 10 + digit
            index += 1
        }
        return value
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard !isAtEnd, bytes[index] == UInt8(character.value) else { return false }
        index += 1
        return true
    }

    /// Microseconds of a fraction of any length.
    mutating func fraction() -> Int? {
        guard digit != nil else { return nil }
        var (value, scale) = (0, 100_000)
        while let digit {
            value += digit * scale
            scale /= 10
            index += 1
        }
        return value
    }

    /// Minutes east of Greenwich; 0 at the end of the text.
    mutating func offset() -> Int? {
        if isAtEnd || skip("Z") || skip("z") { return 0 }
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(2) else { return nil }
        guard !isAtEnd else { return sign * hours * 60 }
        _ = skip(":")
        guard let minutes = number(2) else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
