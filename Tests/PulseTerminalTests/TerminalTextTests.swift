import CNcurses
import Glibc
import Testing

@testable import PulseTerminal

struct TerminalTextTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var input: String
        var output: String
        var testDescription: String { name }
        init(_ name: String, _ input: String, _ output: String) {
            (self.name, self.input, self.output) = (name, input, output)
        }
    }

    @Test(arguments: [
        Case("plain", "abc", "abc"),
        Case("colour sequences vanish", "a\u{1B}[31;1mred\u{1B}[0mb", "aredb"),
        Case("eight-bit introducer", "a\u{9B}2Jb", "ab"),
        Case("window title", "a\u{1B}]0;pwned\u{7}b", "ab"),
        Case("clipboard, ended by ST", "a\u{1B}]52;c;ZWNobw==\u{1B}\\b", "ab"),
        Case("device control", "\u{1B}P$q\"p\u{1B}\\x", "x"),
        Case("unfinished string hides nothing", "a\u{1B}]0;secret", "a\u{FFFD}]0;secret"),
        Case("unfinished sequence hides nothing", "a\u{1B}[31", "a\u{FFFD}[31"),
        Case("reset", "a\u{1B}cb", "ab"),
        Case("character set", "a\u{1B}(0b", "ab"),
        Case("escape at the end", "a\u{1B}", "a\u{FFFD}"),
        Case("bell, backspace, null, delete", "\u{7}\u{8}\0\u{7F}", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
        Case("line breaks are one blank", "a\r\nb\nc\rd", "a b c d"),
        Case("two returns are two blanks", "a\r\rb", "a  b"),
        Case("tab", "a\tb", "a b"),
        Case("separators", "a\u{2028}b\u{2029}c\u{85}d", "a b c d"),
        Case("overriding direction", "a\u{202E}cba\u{202C}\u{2066}\u{2069}\u{200F}\u{061C}z", "acbaz"),
        Case("zero-width spam", "a\u{200B}\u{200C}\u{2060}\u{FEFF}b", "ab"),
        Case("tags", "x\u{E0041}\u{E007F}y", "xy"),
        Case("variation selectors", "\u{2764}\u{FE0F}\u{E0100}", "\u{2764}"),
        Case("private use", "a\u{E000}\u{F0000}b", "a\u{FFFD}\u{FFFD}b"),
        Case("noncharacters", "a\u{FFFE}\u{1FFFF}b", "a\u{FFFD}\u{FFFD}b"),
        Case("three marks stay", "e\u{301}\u{302}\u{303}\u{304}\u{305}x", "e\u{301}\u{302}\u{303}x"),
        Case("mark without base", "\u{301}a", "\u{25CC}\u{301}a"),
        Case("family", "👨‍👩‍👧‍👦!", "👨!"), Case("skin tone", "👍🏽!", "👍!"),
        Case("flag", "🇩🇪 x", "DE x"), Case("keycap", "1\u{FE0F}\u{20E3}", "1"),
        Case("no-break space", "a\u{A0}b", "a b"), Case("hebrew stays in order", "אבג 123", "אבג 123"),
        Case("hangul from parts", "\u{1112}\u{1161}\u{11AB}", "\u{1112}\u{1161}\u{11AB}"),
    ])
    func `hostile text becomes harmless`(sample: Case) {
        // Compared by scalars: as strings, canonically equivalent texts would be equal.
        #expect(Array(TerminalText.sanitize(sample.input).unicodeScalars) == Array(sample.output.unicodeScalars))
    }

    @Test func `invalid bytes become replacement characters`() {
        #expect(TerminalText.sanitize([0x61, 0xFF, 0xC0, 0x62] as [UInt8]) == "a\u{FFFD}\u{FFFD}b")
    }

    @Test(arguments: [
        ("abc", 3), ("日本", 4), ("é", 1), ("e\u{301}", 1), ("👨‍👩‍👧", 2), ("🇩🇪", 2), ("한국", 4),
        ("\u{1112}\u{1161}\u{11AB}", 2),
        ("❤️", 1), ("\u{3000}", 2), ("", 0),
    ])
    func `widths are those of the cells that are used`(text: String, width: Int) {
        #expect(TerminalText.width(text) == width)
    }

    @Test func `any bytes become text without controls that fills exactly its width`() {
        var random = SplitMix(seed: 7)
        let alphabet: [[UInt8]] = [
            Array("\u{1B}[".utf8), Array("\u{1B}]".utf8), [0x1B], [0x9B], Array("\u{9B}".utf8), [0x07],
            Array("\u{1B}\\".utf8), Array("日".utf8), Array("\u{301}".utf8), Array("\u{200D}".utf8), Array("👩".utf8),
            Array("🇩".utf8), Array("\u{202E}".utf8), Array("\u{FE0F}".utf8), [0xFF], [0xE2, 0x80], Array("m1;".utf8),
            [0x0D],
        ]
        for _ in 0..<4_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int(random.next() % 24) {
                if random.next() % 2 == 0 {
                    bytes.append(UInt8(truncatingIfNeeded: random.next()))
                } else {
                    bytes += alphabet[Int(random.next() % UInt64(alphabet.count))]
                }
            }
            let safe = TerminalText.sanitize(bytes)
            for scalar in safe.unicodeScalars {
                let category = scalar.properties.generalCategory
                #expect(![.control, .format, .lineSeparator, .paragraphSeparator, .privateUse].contains(category))
            }
            #expect(TerminalText.sanitize(safe) == safe, "sanitising twice changes nothing: \(bytes)")
            let whole = TerminalText.sanitize(String(decoding: bytes, as: UTF8.self), as: .clusters)
            for scalar in whole.unicodeScalars where scalar != "\u{200C}" && scalar != "\u{200D}" {
                let category = scalar.properties.generalCategory
                #expect(![.control, .format, .lineSeparator, .paragraphSeparator, .privateUse].contains(category))
            }
            #expect(TerminalText.sanitize(whole, as: .clusters) == whole, "\(bytes)")
            let width = TerminalText.width(safe)
            var surface = Surface(Size(width + 4, 1))
            #expect(surface.put(safe, at: .zero) == width)
            let shown = surface.cells.prefix(width).reduce(0) { $0 + $1.width }
            #expect(shown == width)
            #expect(surface.cells[width] == .blank)
            for limit in 0..<min(width, 5) {
                #expect(TerminalText.width(TerminalText.truncate(safe, to: limit)) <= limit)
            }
        }
    }

    @Test func `the C library counts every character that is shown as we do`() throws {
        try #require(newlocale(LC_CTYPE_MASK, "C.UTF-8", nil) != nil)
        setlocale(LC_CTYPE, "C.UTF-8")
        var unlike: [String] = []
        for value in UInt32(0x20)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let ours: Int32
            switch ScalarClass(scalar) {
            case .printable(let width): ours = Int32(width)
            case .mark: ours = 0
            default: continue
            }
            let theirs = pulse_width(value)
            // -1: this C library is older than the character; the driver draws the replacement sign then.
            if theirs != ours && theirs != -1 { unlike.append("U+\(String(value, radix: 16)) \(ours) \(theirs)") }
        }
        #expect(unlike.isEmpty, "\(unlike.count): \(unlike.prefix(40))")
    }

    @Test(arguments: [
        Case("family", "👩‍👩‍👧!", "👩‍👩‍👧!"), Case("flag of several", "🏳️‍🌈", "🏳️‍🌈"), Case("skin tone", "👍🏽!", "👍🏽!"),
        Case("flag", "🇩🇪 x", "🇩🇪 x"), Case("flag of tags", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
        Case("keycap", "1\u{FE0F}\u{20E3}", "1\u{FE0F}\u{20E3}"),
        Case("marks", "e\u{301}\u{302}\u{303}\u{304}\u{305}x", "e\u{301}\u{302}\u{303}\u{304}\u{305}x"),
        Case("a pile beyond all bounds", "e" + String(repeating: "\u{301}", count: 40), "e\u{301}\u{301}\u{301}"),
        Case("Persian", "می\u{200C}خواهم", "می\u{200C}خواهم"),
        Case("conjunct", "क\u{94D}\u{200D}ष", "क\u{94D}\u{200D}ष"),
        Case("hidden joiners", "a\u{200D}b\u{200C}", "ab"), Case("hidden tags", "x\u{E0041}\u{E007F}y", "xy"),
        Case("zero-width spam", "a\u{200B}\u{2060}\u{FEFF}b", "ab"),
        Case("control sequences", "👩\u{1B}[31m‍👧\u{9B}2J\u{7}", "👩‍👧\u{FFFD}"),
        Case("direction", "a\u{202E}cba\u{202C}z", "acbaz"), Case("line breaks", "a\r\nb\nc", "a b c"),
    ])
    func `in pipes what belongs together stays whole, and nothing else comes with it`(sample: Case) {
        let safe = TerminalText.sanitize(sample.input, as: .clusters)
        #expect(
            Array(safe.unicodeScalars) == Array(sample.output.unicodeScalars), "\(safe.unicodeScalars.map(\.value))")
    }

    @Test func `in pipes text is cut between clusters only, and takes the same columns`() {
        let text = "a👩‍👩‍👧b🏳️‍🌈🇩🇪e\u{301}\u{302}\u{303}\u{304}日"
        #expect(TerminalText.width(text) == 10)
        let clusters = Set(text.map(String.init) + ["…", " "])
        for width in 1...12 {
            for truncation in [Truncation.end, .middle, .none] {
                let cut = TerminalText.pad(text, to: width, .left, truncation, as: .clusters)
                #expect(TerminalText.width(cut) == width, "\(cut)")
                #expect(cut.allSatisfy { clusters.contains(String($0)) }, "\(cut)")
            }
            let lines = TerminalText.wrap(text, to: width, as: .clusters)
            #expect(lines.allSatisfy { line in line.allSatisfy { clusters.contains(String($0)) } }, "\(lines)")
            #expect(lines.allSatisfy { TerminalText.width($0) <= width })
            if width > 1 { #expect(lines.joined() == text) }
        }
        #expect(TerminalText.pad(text, to: 10, as: .clusters) == text)
    }

    @Test func `a surface for pipes gives back whole clusters, and none that was overwritten in part`() {
        let text = "a👩‍👩‍👧🇩🇪b"
        var surface = Surface(Size(8, 2), fidelity: .clusters)
        #expect(surface.put(text, at: .zero) == 6)
        surface.put(StyledText([.init("👩‍👩‍👧"), .init("🇩🇪👩‍👩‍👧")]), at: Point(0, 1), maxWidth: 5)
        #expect(surface.plainText == "\(text)\n👩‍👩‍👧🇩🇪…")
        surface.put("x", at: Point(4, 0))
        #expect(surface.plainText == "a👩‍👩‍👧Dxb\n👩‍👩‍👧🇩🇪…")
        var ascii = Surface(Size(8, 1), glyphs: .ascii, fidelity: .clusters)
        ascii.put(text, at: .zero)
        #expect(ascii.plainText == "a? DEb")
        var cells = Surface(Size(8, 1))
        cells.put(text, at: .zero)
        #expect(cells.plainText == "a👩DEb")
    }

    @Test func `lines are split at every kind of break`() {
        #expect(TerminalText.sanitizedLines("a\r\nb\nc\rd\u{2028}e\n") == ["a", "b", "c", "d", "e"])
        #expect(TerminalText.sanitizedLines("").isEmpty)
        #expect(TerminalText.sanitizedLines("\n\n") == ["", ""])
    }

    @Test func `padding fills a field exactly`() {
        #expect(TerminalText.pad("日本", to: 7, .right) == "   日本")
        #expect(TerminalText.pad("日本語", to: 4) == "日… ")
        #expect(TerminalText.pad("a", to: 4, .center) == " a  ")
    }

    @Test func `ASCII terminals get ASCII only, of the same width`() {
        let text = "Zürich │─┼ ▁▂█ ⠿ ✓✗ … 日本 é\u{301} «ø» €"
        var surface = Surface(Size(60, 1), glyphs: .ascii)
        let used = surface.put(text, at: .zero)
        #expect(used == TerminalText.width(text))
        #expect(surface.plainText.utf8.allSatisfy { $0 < 0x80 })
        #expect(surface.plainText == "Zurich |-+ _.# * vx ~ ? ?  e <o> E")
    }
}

/// A small generator, so that failures can be repeated (Steele et al., "Fast splittable pseudorandom number generators").
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
