package import PulseDomain
package import PulseJSON

extension JSONValue {
    /// The moment that a string tells, in any rendering that `Instant` reads; `nil` for anything else.
    package var moment: Instant? {
        guard let text = utf8 else { return nil }
        return text.withUnsafeBufferPointer { FixedTimestamp.parse($0) ?? Instant(parsing: $0) }
    }
}

/// The renderings that Jira and GitHub use nearly everywhere, `yyyy-MM-ddTHH:mm:ss.SSS+hhmm` and `yyyy-MM-ddTHH:mm:ssZ`:
/// timestamps are a third of the work of a page, so these are read without the general reader. Anything else is left to
/// that.
enum FixedTimestamp {
    static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Instant? {
        guard bytes.count == 28 || bytes.count == 20, bytes[4] == dash, bytes[7] == dash,
            bytes[10] == UInt8(ascii: "T"), bytes[13] == colon, bytes[16] == colon
        else { return nil }
        var isNumber = true
        func number(_ range: Range<Int>) -> Int {
            var value = 0
            for index in range {
                let digit = bytes[index] &- UInt8(ascii: "0")
                isNumber = isNumber && digit < 10
                value = value &* 10 &+ Int(digit)
            }
            return value
        }
        var civil = CivilTime(
            year: number(0..<4), month: number(5..<7), day: number(8..<10), hour: number(11..<13),
            minute: number(14..<16), second: number(17..<19))
        var east = 0
        if bytes.count == 20 {
            guard bytes[19] == UInt8(ascii: "Z") else { return nil }
        } else {
            guard bytes[19] == UInt8(ascii: "."), bytes[23] == plus || bytes[23] == dash else { return nil }
            civil.microsecond = number(20..<23) &* 1_000
            let offset = number(24..<26) &* 60 &+ number(26..<28)
            east = bytes[23] == plus ? offset : -offset
        }
        guard isNumber, (1...12).contains(civil.month), (1...31).contains(civil.day), civil.hour < 25,
            civil.minute < 60, civil.second < 61
        else { return nil }
        return Instant(microseconds: Instant(civil).microseconds - Int64(east) * 60_000_000)
    }

    private static let dash = UInt8(ascii: "-")
    private static let colon = UInt8(ascii: ":")
    private static let plus = UInt8(ascii: "+")
}
