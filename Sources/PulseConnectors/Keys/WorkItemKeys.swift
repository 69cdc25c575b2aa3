/// Finds what looks like a work item's key (`PAY-12`) in titles, messages, bodies and branch names (FACTS §2.14).
///
/// A key is a project key of 2 to 10 letters and digits that begins with a letter (Jira's default pattern), a hyphen,
/// and a number of 1 to 8 digits without a leading zero. What is found may still belong to nobody: the store compares
/// it with the work items that it holds.
package enum WorkItemKeys {
    /// What the text is: decides about case and about what separates words.
    package enum Kind: Sendable, Hashable {
        /// Prose. Only upper-case keys count, except in addresses (`…/browse/pay-12`).
        case text
        /// The name of a branch. Case does not matter, and `-` and `_` separate words.
        case branch
    }

    /// Keys found in one text beyond this number are left out: such a text is a list, not a mention.
    package static let maximumCount = 1_000

    static let projectLengths = 2...10
    static let numberLengths = 1...8

    /// The keys in `text`, upper-cased, each once, in the order of their first mention.
    package static func find(in text: String, kind: Kind) -> [String] {
        find(in: text.utf8.span, kind: kind)
    }

    /// As above for UTF-8 bytes, valid or not. Allocates only for keys that it finds; the time grows with the text's
    /// length whatever it holds.
    package static func find(in utf8: Span<UInt8>, kind: Kind) -> [String] {
        var keys: [String] = []
        var known: Set<String> = []
        var index = 1
        while index < utf8.count - 1, keys.count < maximumCount {
            defer { index += 1 }
            guard utf8[index] == UInt8(ascii: "-"), utf8[index + 1].isDigit, utf8[index - 1].isLetterOrDigit,
                let key = key(around: index, in: utf8, kind: kind)
            else { continue }
            // A handful is compared faster than hashed.
            if keys.count < 8 {
                if !keys.contains(key) { keys.append(key) }
            } else {
                if known.isEmpty { known.formUnion(keys) }
                if known.insert(key).inserted { keys.append(key) }
            }
        }
        return keys
    }

    /// The key whose hyphen is at `hyphen`.
    private static func key(around hyphen: Int, in utf8: Span<UInt8>, kind: Kind) -> String? {
        guard let number = number(after: hyphen, in: utf8), let start = projectStart(before: hyphen, in: utf8) else {
            return nil
        }
        let isAnyCase = kind == .branch || isAddressed(at: start, in: utf8)
        for index in start..<hyphen where utf8[index].isLowerCase && !isAnyCase { return nil }
        guard isWordStart(at: start, in: utf8, kind: kind) else { return nil }
        let project = upperCased(start..<hyphen, of: utf8)
        guard !KeyDecoys.contains(project: project, number: number.value) else { return nil }
        return upperCased(start..<number.end, of: utf8)
    }

    private static func upperCased(_ range: Range<Int>, of utf8: Span<UInt8>) -> String {
        String(unsafeUninitializedCapacity: range.count) { buffer in
            for index in range { buffer[index - range.lowerBound] = utf8[index].upperCased }
            return range.count
        }
    }

    /// The number behind the hyphen, and where it ends, when it is one and a word ends with it.
    private static func number(after hyphen: Int, in utf8: Span<UInt8>) -> (value: Int, end: Int)? {
        var end = hyphen + 1
        var number = 0
        while end < utf8.count, utf8[end].isDigit {
            guard end - hyphen <= numberLengths.upperBound else { return nil }
            number = number * 10 + Int(utf8[end] - UInt8(ascii: "0"))
            end += 1
        }
        guard utf8[hyphen + 1] != UInt8(ascii: "0"), end == utf8.count || !isLetter(at: end, in: utf8) else {
            return nil
        }
        // `LOG4J-2.17` is a version, `SEP-12-2024` a date, `ABC-2024-30943` a number of some register.
        if end + 1 < utf8.count, utf8[end] == UInt8(ascii: "."), utf8[end + 1].isDigit { return nil }
        if end + 4 < utf8.count, utf8[end] == UInt8(ascii: "-"), (1...4).allSatisfy({ utf8[end + $0].isDigit }) {
            return nil
        }
        return (number, end)
    }

    /// Where the run of letters and digits before the hyphen begins, when it can be a project's key.
    private static func projectStart(before hyphen: Int, in utf8: Span<UInt8>) -> Int? {
        var start = hyphen
        // Three more than a key, so that `%20` before one is seen.
        let earliest = max(0, hyphen - projectLengths.upperBound - 3)
        while start > earliest, utf8[start - 1].isLetterOrDigit { start -= 1 }
        // `%2FPAY-12`: the first two belong to the percent-encoding (RFC 3986 §2.1).
        if start > 0, utf8[start - 1] == UInt8(ascii: "%"), start + 2 < hyphen, utf8[start].isHexadecimal,
            utf8[start + 1].isHexadecimal
        {
            start += 2
        }
        guard projectLengths.contains(hyphen - start), utf8[start].isLetter else { return nil }
        return start
    }

    private static func isWordStart(at start: Int, in utf8: Span<UInt8>, kind: Kind) -> Bool {
        guard start > 0 else { return true }
        switch utf8[start - 1] {
        case UInt8(ascii: "_"): return kind == .branch
        case UInt8(ascii: "-"):
            // `non-PAY-12` and `PAY-11-PAY-12` mention it, `FOO-PAY-12` is a name of something else.
            return kind == .branch || start < 2 || !utf8[start - 2].isUpperCase
        // A digit or letter is left of the start only where it ends a percent-encoding.
        case let byte where byte < 0x80: return true
        default: return !isLetter(endingAt: start, in: utf8)
        }
    }

    /// Whether an address leads to `start`, where Jira takes keys of any case.
    private static func isAddressed(at start: Int, in utf8: Span<UInt8>) -> Bool {
        ends(with: "/browse/", at: start, in: utf8) || ends(with: "selectedIssue=", at: start, in: utf8)
    }

    private static func ends(with prefix: StaticString, at end: Int, in utf8: Span<UInt8>) -> Bool {
        let count = prefix.utf8CodeUnitCount
        guard end >= count else { return false }
        for offset in 0..<count where utf8[end - count + offset] != prefix.utf8Start[offset] { return false }
        return true
    }

    /// Whether a word goes on at `index`. Scripts that write without spaces (日本語) do not continue a key.
    private static func isLetter(at index: Int, in utf8: Span<UInt8>) -> Bool {
        if utf8[index] < 0x80 { return utf8[index].isLetterOrDigit }
        return isAlphabetic(lead: utf8[index], next: index + 1 < utf8.count ? utf8[index + 1] : 0)
    }

    private static func isLetter(endingAt end: Int, in utf8: Span<UInt8>) -> Bool {
        end >= 2 && isAlphabetic(lead: utf8[end - 2], next: utf8[end - 1])
    }

    /// Whether two bytes are a letter of U+00C0…U+052F: accented Latin, Greek or Cyrillic.
    private static func isAlphabetic(lead: UInt8, next: UInt8) -> Bool {
        (0xC3...0xD4).contains(lead) && (0x80...0xBF).contains(next)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }
    fileprivate var isUpperCase: Bool { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self }
    fileprivate var isLowerCase: Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= self }
    fileprivate var isLetter: Bool { isUpperCase || isLowerCase }
    fileprivate var isLetterOrDigit: Bool { isLetter || isDigit }
    fileprivate var isHexadecimal: Bool { isDigit || UInt8(ascii: "A")...UInt8(ascii: "F") ~= self & 0xDF }
    fileprivate var upperCased: UInt8 { isLowerCase ? self & 0xDF : self }
}
