/// Changes bytes in the ways that find mistakes in parsers: bits, borders of numbers, pieces left out, doubled, nested
/// and taken from elsewhere.
package struct Mutator {
    private var generator: SeededGenerator

    package init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// What parsers of text and of numbers stumble over.
    private static let pieces: [[UInt8]] =
        [
            "", "0", "-1", "-0", "1e999", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
            "18446744073709551616", "253402300800", "-9223372036854", "9223372036854", "0.1", "NaN", "null", "true",
            "\"\"", "{}", "[]", "{", "}", "[", "]", "\"", "\\", "\\u0000", "\\ud800", "\\udc00\\ud800", ",", ":", ";",
            "=",
            "%", "%0", "%00", "%2f", "%ff", "%C0%80", "..", "/", "//", "?", "&", "&&", "+", " ", "\t", "\r", "\n",
            "\r\n",
            "\r\n\r\n", "\u{0}", "\u{7F}", "\u{FEFF}", "\u{202E}", "é", "e\u{301}", "😀", ".", "-", "--", "a", "data:",
            "id:", "retry:", "event:", ":",
        ].map { Array($0.utf8) } + [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
        ]

    /// A mutant of one of the seeds, at most twice as long and a little more.
    package mutating func mutant(of corpus: [[UInt8]]) -> [UInt8] {
        var bytes = corpus[below(corpus.count)]
        let longest = 2 * bytes.count + 64
        for _ in 0...below(4) { change(&bytes, corpus) }
        return Array(bytes.prefix(longest))
    }

    private mutating func change(_ bytes: inout [UInt8], _ corpus: [[UInt8]]) {
        switch below(8) {
        case 0 where !bytes.isEmpty: bytes[below(bytes.count)] ^= 1 << UInt8(below(8))
        case 1 where !bytes.isEmpty: bytes[below(bytes.count)] = UInt8(below(256))
        case 2: bytes.removeSubrange(range(bytes))
        case 3: bytes.insert(contentsOf: bytes[range(bytes)], at: below(bytes.count + 1))
        case 4: bytes.replaceSubrange(range(bytes, longest: 12), with: Self.pieces[below(Self.pieces.count)])
        case 5:
            let other = corpus[below(corpus.count)]
            bytes.replaceSubrange(range(bytes), with: other[range(other)])
        case 6: bytes = Array(bytes.prefix(below(bytes.count + 1)))
        default:
            let piece = Self.pieces[below(Self.pieces.count)]
            for _ in 0..<(1 << below(6)) { bytes.insert(contentsOf: piece, at: below(bytes.count + 1)) }
        }
    }

    private mutating func range(_ bytes: [UInt8], longest: Int = .max) -> Range<Int> {
        let begin = below(bytes.count + 1)
        return begin..<(begin + below(min(longest, bytes.count - begin) + 1))
    }

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
}
