import PulseFuzzing
import PulseJSON
import Testing

struct JSONRepairTests {
    struct Mended: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
        var text: String
        var repairs: JSONRepairs

        /// A document that is one string with this content between its quotes.
        init(_ description: String, _ content: [UInt8], _ text: String, _ repairs: JSONRepairs) {
            testDescription = description
            bytes = [UInt8(ascii: "\"")] + content + [UInt8(ascii: "\"")]
            self.text = text
            self.repairs = repairs
        }
    }

    private static func surrogates(_ count: Int) -> JSONRepairs { JSONRepairs(loneSurrogates: count) }

    private static func invalid(_ count: Int) -> JSONRepairs { JSONRepairs(invalidUTF8: count) }

    private static func controls(_ count: Int) -> JSONRepairs { JSONRepairs(controlCharacters: count) }

    static let mended = [
        Mended("high alone", Array(#"a\ud83db"#.utf8), "a\u{FFFD}b", surrogates(1)),
        Mended("low alone", Array(#"\uDE00"#.utf8), "\u{FFFD}", surrogates(1)),
        Mended("high, high, low", Array(#"\ud83d\ud83d\ude00"#.utf8), "\u{FFFD}😀", surrogates(1)),
        Mended("low, high", Array(#"\ude00\ud83d"#.utf8), "\u{FFFD}\u{FFFD}", surrogates(2)),
        Mended("high before another escape", Array(#"\ud83d\n"#.utf8), "\u{FFFD}\n", surrogates(1)),
        Mended("high before a letter escape", Array(#"\ud83d\u0041"#.utf8), "\u{FFFD}A", surrogates(1)),
        Mended("escaped backslash before u", Array(#"\\ud83d\ud83d"#.utf8), "\\ud83d\u{FFFD}", surrogates(1)),
        Mended("bare continuation", [0x80], "\u{FFFD}", invalid(1)),
        Mended("cut sequence", [0xE6, 0xBC, 0x41], "\u{FFFD}A", invalid(1)),
        Mended("overlong", [0xC0, 0xAF], "\u{FFFD}\u{FFFD}", invalid(2)),
        Mended("encoded surrogate", [0xED, 0xA0, 0xBD], "\u{FFFD}\u{FFFD}\u{FFFD}", invalid(3)),
        Mended("beyond Unicode", [0xF4, 0x90, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}", invalid(4)),
        Mended("Latin-1", [0x47, 0x72, 0xF6, 0xDF, 0x65], "Gr\u{FFFD}\u{FFFD}e", invalid(2)),
        Mended("line break", [0x61, 0x0A, 0x62], "a\nb", controls(1)),
        Mended("escape character and NUL", [0x1B, 0x00], "\u{1B}\u{0}", controls(2)),
    ]

    @Test(arguments: mended)
    func `a broken string is mended and counted, and the rest of the page is as it was`(mended: Mended) throws {
        let alone = try outcome(of: mended.bytes)
        #expect(alone.model == .string(mended.text))
        #expect(alone.repairs == mended.repairs)

        let page =
            Array(#"{"before":["é",12345678901234567890123],"#.utf8) + mended.bytes + Array(":".utf8) + mended.bytes
            + Array(#","after":[1e400,true]}"#.utf8)
        let whole = try outcome(of: page)
        #expect(
            whole.model
                == .object([
                    "before": .array([.string("é"), .wide("12345678901234567890123")]),
                    mended.text: .string(mended.text),
                    "after": .array([.wide("1e400"), .bool(true)]),
                ]))
        #expect(whole.repairs.count == 2 * mended.repairs.count)
    }

    @Test func `repairs are those of the last document only`() throws {
        var reader = JSONReader()
        try reader.read(Array(#"["\ud800"]"#.utf8)) { _ in }
        #expect(reader.repairs.count == 1)
        try reader.read(Array("[1]".utf8)) { _ in }
        #expect(reader.repairs.count == 0)
    }

    @Test func `invalid UTF-8 outside a string is not mended`() {
        #expect(throws: JSONError.malformed(atByte: 1, expected: .valueOrEndOfArray)) {
            try outcome(of: [UInt8(ascii: "["), 0xFF, UInt8(ascii: "]")])
        }
    }

    @Test func `invalid UTF-8 becomes what the standard library makes of it`() throws {
        var generator = SeededGenerator(seed: 20)
        for _ in 0..<2_000 {
            let count = Int.random(in: 1...12, using: &generator)
            let content = (0..<count).map { _ in UInt8.random(in: 0x7F...0xFF, using: &generator) }
            let quote = [UInt8(ascii: "\"")]
            #expect(
                try outcome(of: quote + content + quote).model == .string(String(decoding: content, as: UTF8.self)),
                "\(content)")
        }
    }

    @Test func `NUL characters are readable, and removed from copies when asked`() throws {
        let bytes = Array(#"{"a\u0000b":["\u0000","x\u0000\u0000y","z"]}"#.utf8)
        let kept = try outcome(of: bytes)
        #expect(kept.model == .object(["a\0b": .array([.string("\0"), .string("x\0\0y"), .string("z")])]))
        #expect(kept.json == #"{"a\u0000b":["\u0000","x\u0000\u0000y","z"]}"#)
        let removed = try outcome(of: bytes, nulCharacters: .removed)
        #expect(removed.model == .object(["ab": .array([.string(""), .string("xy"), .string("z")])]))
        #expect(removed.json == #"{"ab":["","xy","z"]}"#)
    }
}
