import Testing

@testable import PulseTerminal

struct StyleCompressorTests {
    private func compressed(_ text: String) -> String {
        var compressor = StyleCompressor(canEndAttributes: true)
        _ = compressor.compress([], isLast: true)
        return String(decoding: compressor.compress(Array(text.utf8), isLast: true), as: UTF8.self)
    }

    @Test(arguments: [
        // Only what differs is said, and only before something is drawn.
        (
            "\u{1B}[38;5;4m\u{1B}[48;5;9mab\u{1B}[38;5;5m\u{1B}[48;5;9mc",
            "\u{1B}[38;5;4;48;5;9mab\u{1B}[38;5;5mc\u{1B}[m"
        ),
        ("a\u{1B}[39m\u{1B}(B\u{1B}[m\u{1B}[31mb", "a\u{1B}[31mb\u{1B}[m"),
        ("\u{1B}[31m\u{1B}[2;3H\u{1B}[32mx", "\u{1B}[2;3H\u{1B}[32mx\u{1B}[m"),
        ("\u{1B}[1mb\u{1B}(B\u{1B}[0m\u{1B}[31mx", "\u{1B}[1mb\u{1B}[0;31mx\u{1B}[m"),
        ("\u{1B}[1;2;38;5;200mb\u{1B}[0;2;38;5;200mx", "\u{1B}[1;2;38;5;200mb\u{1B}[22;2mx\u{1B}[m"),
        ("\u{1B}[38;2;1;2;3;1mx", "\u{1B}[1;38;2;1;2;3mx\u{1B}[m"),
        // Erasing takes the background, so it comes after the colours.
        ("\u{1B}[44m\u{1B}[K", "\u{1B}[44m\u{1B}[K\u{1B}[m"), ("\u{1B}[44m\u{1B}[3X", "\u{1B}[44m\u{1B}[3X\u{1B}[m"),
        // Nobody sees the ink of a blank, but for what underlines, reverses or crosses it out.
        ("\u{1B}[31ma\u{1B}[32m \u{1B}[31mb", "\u{1B}[31ma b\u{1B}[m"),
        ("\u{1B}[31ma\u{1B}[1;32;44m  \u{1B}[mb", "\u{1B}[31ma\u{1B}[44m  \u{1B}[mb"),
        ("\u{1B}[31ma\u{1B}[32;7m \u{1B}[0;31mb", "\u{1B}[31ma\u{1B}[7;32m \u{1B}[0;31mb\u{1B}[m"),
        ("\u{1B}[4;31ma\u{1B}[24;32m\u{1B}[K", "\u{1B}[4;31ma\u{1B}[24m\u{1B}[K\u{1B}[m"),
        // Colours of the palette are named by number, but not the first, which people change.
        ("\u{1B}[38;2;95;175;255mx", "\u{1B}[38;5;75mx\u{1B}[m"),
        ("\u{1B}[48;2;0;0;0mx", "\u{1B}[48;2;0;0;0mx\u{1B}[m"),
        // What is not understood passes, and the next change begins with a reset.
        ("\u{1B}[58:5:3mx\u{1B}[31my", "\u{1B}[58:5:3m\u{1B}[mx\u{1B}[31my\u{1B}[m"),
        ("\u{1B}[?1049h", "\u{1B}[?1049h"), ("\u{1B}7x\u{1B}", "\u{1B}7x\u{1B}"), ("plain", "plain"), ("", ""),
    ])
    func `needless switches are left out`(input: String, output: String) {
        #expect(compressed(input) == output)
    }

    @Test func `a picture goes on in the look of the one before`() {
        var compressor = StyleCompressor(canEndAttributes: true)
        func next(_ text: String, isLast: Bool = false) -> String {
            String(decoding: compressor.compress(Array(text.utf8), isLast: isLast), as: UTF8.self)
        }
        #expect(next("\u{1B}[31mab\u{1B}[m") == "\u{1B}[0;31mab")
        #expect(next("\u{1B}[31mc\u{1B}[m") == "c")
        #expect(next("d", isLast: true) == "\u{1B}[md")
        compressor.forget()
        #expect(next("\u{1B}[31me\u{1B}[m", isLast: true) == "\u{1B}[0;31me\u{1B}[m")
    }

    @Test func `what is shown stays the same`() throws {
        var random = SplitMix(seed: 3)
        let pieces = [
            "\u{1B}[m", "\u{1B}[0;1m", "\u{1B}[1m", "\u{1B}[2m", "\u{1B}[22m", "\u{1B}[4m", "\u{1B}[24m", "\u{1B}[7m",
            "\u{1B}[27m", "\u{1B}[31m", "\u{1B}[38;5;9m", "\u{1B}[38;2;1;2;3m", "\u{1B}[39m", "\u{1B}[41m",
            "\u{1B}[48;5;7m",
            "\u{1B}[49m", "\u{1B}[39;49m", "\u{1B}(B\u{1B}[m", "a", "b", " ", "  ", "\u{1B}[4m", "\u{1B}[1;1H",
            "\u{1B}[K", "\r",
        ]
        for canEnd in [true, false] {
            var compressor = StyleCompressor(canEndAttributes: canEnd)
            var plain = Pen()
            var short = Pen()
            for _ in 0..<500 {
                let input = (0..<Int(random.next() % 20)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }
                plain.read(Array(input.joined().utf8))
                short.read(compressor.compress(Array(input.joined().utf8)))
                try #require(plain.drawn == short.drawn, "\(input)")
                plain.drawn = []
                short.drawn = []
            }
        }
    }

    /// A terminal that notes with which parameters everything was drawn, written without any thought of bytes.
    struct Pen {
        var drawn: [String] = []
        private var attributes: Set<Int> = []
        private var ink = ""
        private var paper = ""

        mutating func read(_ bytes: [UInt8]) {
            var index = 0
            while index < bytes.count {
                if bytes[index] == 0x1B, index + 1 < bytes.count, bytes[index + 1] == 0x5B {
                    var end = index + 2
                    while !(0x40...0x7E).contains(bytes[end]) { end += 1 }
                    let body = String(decoding: bytes[(index + 2)..<end], as: UTF8.self)
                    if bytes[end] == 0x6D {
                        set(body)
                    } else {
                        note("CSI \(body) \(bytes[end])", isBlank: true, isSeen: bytes[end] == 0x4B)
                    }
                    index = end + 1
                } else if bytes[index] == 0x1B {
                    index += 3
                } else {
                    note("\(bytes[index])", isBlank: bytes[index] == 0x20, isSeen: bytes[index] != 0x0D)
                    index += 1
                }
            }
        }

        private mutating func note(_ what: String, isBlank: Bool, isSeen: Bool) {
            guard isSeen else { return drawn.append(what) }
            // A blank shows its ink only when it is underlined, blinks, is reversed or crossed out.
            let drawing = attributes.intersection([4, 5, 6, 7, 9])
            if isBlank && drawing.isEmpty {
                drawn.append("\(what) \(paper)")
            } else {
                drawn.append("\(what) \(attributes.sorted()) \(ink) \(paper)")
            }
        }

        private mutating func set(_ body: String) {
            var numbers = body.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }[...]
            while let number = numbers.popFirst() {
                switch number {
                case 0: (attributes, ink, paper) = ([], "", "")
                case 1...9: attributes.insert(number)
                case 22: attributes.subtract([1, 2])
                case 23...29: attributes.remove(number - 20)
                case 39: ink = ""
                case 49: paper = ""
                case 38, 48:
                    let count = numbers.first == 5 ? 2 : 4
                    let color = "\(numbers.prefix(count))"
                    numbers = numbers.dropFirst(count)
                    if number == 38 { ink = color } else { paper = color }
                case 30...37: ink = "\(number)"
                default: paper = "\(number)"
                }
            }
        }
    }
}
