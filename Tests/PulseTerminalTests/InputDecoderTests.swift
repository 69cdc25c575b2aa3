import Testing

@testable import PulseTerminal

struct InputDecoderTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var bytes: [UInt8]
        var events: [InputEvent]
        var testDescription: String { String(decoding: bytes, as: UTF8.self).debugDescription }
        init(_ text: String, _ keys: KeyPress...) {
            bytes = Array(text.utf8)
            events = keys.map { .key($0) }
        }
        init(_ text: String, event: InputEvent) {
            bytes = Array(text.utf8)
            events = [event]
        }
    }

    static let start = ContinuousClock.now

    static let cases: [Case] = [
        Case("a", KeyPress("a")), Case("A", KeyPress("A")), Case(" ", KeyPress(" ")), Case("é", KeyPress("é")),
        Case("日", KeyPress("日")), Case("😀", KeyPress("😀")), Case("\r", KeyPress(.enter)), Case("\n", KeyPress(.enter)),
        Case("\t", KeyPress(.tab)), Case("\u{7F}", KeyPress(.backspace)), Case("\u{8}", KeyPress(.backspace)),
        Case("\u{3}", .control("c")), Case("\u{1A}", .control("z")), Case("\0", .control(" ")),
        Case("\u{1C}", .control("\\")), Case("\u{1B}a", .alt("a")), Case("\u{1B}\u{7F}", KeyPress(.backspace, .alt)),
        Case("\u{1B}é", .alt("é")), Case("\u{1B}\r", KeyPress(.enter, .alt)),
        Case("\u{1B}[A", KeyPress(.up)), Case("\u{1B}OA", KeyPress(.up)), Case("\u{1B}[B", KeyPress(.down)),
        Case("\u{1B}[C", KeyPress(.right)), Case("\u{1B}[D", KeyPress(.left)), Case("\u{1B}[H", KeyPress(.home)),
        Case("\u{1B}OF", KeyPress(.end)), Case("\u{1B}[1~", KeyPress(.home)), Case("\u{1B}[7~", KeyPress(.home)),
        Case("\u{1B}[4~", KeyPress(.end)), Case("\u{1B}[8~", KeyPress(.end)), Case("\u{1B}[2~", KeyPress(.insert)),
        Case("\u{1B}[3~", KeyPress(.delete)), Case("\u{1B}[5~", KeyPress(.pageUp)),
        Case("\u{1B}[6~", KeyPress(.pageDown)),
        Case("\u{1B}[Z", KeyPress(.backTab)), Case("\u{1B}[1;5A", KeyPress(.up, .control)),
        Case("\u{1B}[1;2C", KeyPress(.right, .shift)), Case("\u{1B}[1;3D", KeyPress(.left, .alt)),
        Case("\u{1B}[1;8D", KeyPress(.left, [.shift, .alt, .control])),
        Case("\u{1B}[3;5~", KeyPress(.delete, .control)),
        Case("\u{1B}O5A", KeyPress(.up, .control)), Case("\u{1B}\u{1B}[A", KeyPress(.up, .alt)),
        Case("\u{1B}\u{1B}OA", KeyPress(.up, .alt)), Case("\u{1B}[3^", KeyPress(.delete, .control)),
        Case("\u{1B}[3$", KeyPress(.delete, .shift)), Case("\u{1B}[a", KeyPress(.up, .shift)),
        Case("\u{1B}Oa", KeyPress(.up, .control)), Case("\u{1B}OP", KeyPress(.function(1))),
        Case("\u{1B}[[A", KeyPress(.function(1))), Case("\u{1B}[11~", KeyPress(.function(1))),
        Case("\u{1B}[15~", KeyPress(.function(5))), Case("\u{1B}[17~", KeyPress(.function(6))),
        Case("\u{1B}[21~", KeyPress(.function(10))), Case("\u{1B}[24~", KeyPress(.function(12))),
        Case("\u{1B}[34~", KeyPress(.function(20))), Case("\u{1B}[1;2P", KeyPress(.function(1), .shift)),
        Case("\u{1B}OM", KeyPress(.enter)), Case("\u{1B}Oj", KeyPress("*")), Case("\u{1B}Op", KeyPress("0")),
        Case("\u{1B}Oy", KeyPress("9")), Case("\u{1B}[97u", KeyPress("a")), Case("\u{1B}[97;5u", .control("a")),
        Case("\u{1B}[97;2u", KeyPress("A")), Case("\u{1B}[27u", KeyPress(.escape)),
        Case("\u{1B}[13;2u", KeyPress(.enter, .shift)),
        Case("\u{1B}[9;2u", KeyPress(.backTab)), Case("\u{1B}[97;1:3u"), Case("\u{1B}[97:65;2:1u", KeyPress("A")),
        Case("\u{1B}[27;5;97~", .control("a")), Case("\u{1B}[57400u", KeyPress("1")),
        // Not keys: reports, replies, focus, unknown sequences.
        Case("\u{1B}[I"), Case("\u{1B}[O"), Case("\u{1B}[?62;4c"), Case("\u{1B}[24;80R"), Case("\u{1B}[99~"),
        Case("\u{1B}[?1;2$y"), Case("\u{1B}[<0;5M"), Case("\u{1B}]11;rgb:0000/0000/0000\u{7}"),
        Case("\u{1B}]11;rgb:00/00/00\u{1B}\\"), Case("\u{1B}P>|xterm\u{1B}\\"), Case("\u{1B}_Gi=1;OK\u{1B}\\"),
        Case("\u{1B}[M !!"), Case("\u{85}"), Case("\u{200D}"), Case("\u{202E}"),
        // An unknown sequence swallows nothing behind it.
        Case("\u{1B}[?62cq", KeyPress("q")), Case("\u{1B}[99;1~\u{1B}[A", KeyPress(.up)),
        Case("\u{1B}[12\u{1B}[B", KeyPress(.down)), Case("ab", KeyPress("a"), KeyPress("b")),
        Case("\u{1B}[A\u{1B}[B", KeyPress(.up), KeyPress(.down)),
        Case("\u{1B}[<0;5;7M", event: .mouse(MouseEvent(.press(.left), at: Point(4, 6)))),
        Case("\u{1B}[<2;5;7m", event: .mouse(MouseEvent(.release(.right), at: Point(4, 6)))),
        Case("\u{1B}[<64;1;1M", event: .mouse(MouseEvent(.scrollUp, at: .zero))),
        Case("\u{1B}[<65;1;1M", event: .mouse(MouseEvent(.scrollDown, at: .zero))),
        Case("\u{1B}[<48;3;4M", event: .mouse(MouseEvent(.drag(.left), at: Point(2, 3), .control))),
        Case("\u{1B}[200~a\u{1B}[31mb\r\nc\u{1B}[201~", event: .paste("ab\nc")),
        Case("\u{1B}[200~\u{1B}[20\u{1B}[201~", event: .paste("\u{FFFD}[20")),
        Case("\u{1B}[200~\u{1B}[201~", event: .paste("")),
    ]

    @Test(arguments: cases)
    func `bytes in one packet mean what they say`(sample: Case) {
        var decoder = InputDecoder()
        #expect(decoder.feed(sample.bytes, at: Self.start) == sample.events)
        #expect(decoder.deadline == nil)
    }

    @Test(arguments: cases)
    func `bytes split anywhere mean the same`(sample: Case) {
        for split in 0...sample.bytes.count {
            var decoder = InputDecoder()
            var events = decoder.feed(sample.bytes[..<split], at: Self.start)
            events += decoder.feed(sample.bytes[split...], at: Self.start + .milliseconds(5))
            #expect(events == sample.events, "split at \(split)")
        }
        var decoder = InputDecoder()
        var events: [InputEvent] = []
        for byte in sample.bytes { events += decoder.feed(CollectionOfOne(byte), at: Self.start) }
        #expect(events == sample.events, "byte by byte")
    }

    @Test func `a lone ESC is the Escape key after 25 ms and not before`() throws {
        var decoder = InputDecoder()
        #expect(decoder.feed([0x1B], at: Self.start).isEmpty)
        #expect(decoder.deadline == Self.start + .milliseconds(25))
        #expect(decoder.flush(at: Self.start + .milliseconds(24)).isEmpty)
        #expect(decoder.flush(at: Self.start + .milliseconds(25)) == [.key(KeyPress(.escape))])
        #expect(decoder.deadline == nil)
    }

    @Test(arguments: [
        ("\u{1B}\u{1B}", [KeyPress(.escape), KeyPress(.escape)]), ("\u{1B}[", [KeyPress.alt("[")]),
        ("\u{1B}O", [.alt("O")]), ("\u{1B}]", [.alt("]")]), ("\u{1B}P", [.alt("P")]), ("\u{1B}[1;", []),
        ("\u{1B}]0;title", []), ("\u{1B}\u{1B}q", [KeyPress(.escape), KeyPress.alt("q")]),
    ])
    func `what stays unfinished is a key or nothing`(text: String, keys: [KeyPress]) {
        var decoder = InputDecoder()
        var events = decoder.feed(text.utf8, at: Self.start)
        events += decoder.flush(at: Self.start + .seconds(1))
        #expect(events == keys.map { .key($0) })
        #expect(decoder.deadline == nil)
        #expect(decoder.feed("x".utf8, at: Self.start + .seconds(2)) == [.key(KeyPress("x"))])
    }

    @Test func `two hundred keys in one packet are two hundred keys`() {
        var decoder = InputDecoder()
        let packet = String(repeating: "\u{1B}[B", count: 200)
        #expect(decoder.feed(packet.utf8, at: Self.start) == Array(repeating: .key(KeyPress(.down)), count: 200))
    }

    @Test func `a paste that never ends is delivered after a second`() {
        var decoder = InputDecoder()
        #expect(decoder.feed("\u{1B}[200~half".utf8, at: Self.start).isEmpty)
        #expect(decoder.flush(at: Self.start + .milliseconds(900)).isEmpty)
        #expect(decoder.flush(at: Self.start + .seconds(1)) == [.paste("half")])
        #expect(decoder.feed("q".utf8, at: Self.start + .seconds(2)) == [.key(KeyPress("q"))])
    }

    @Test func `a paste keeps one megabyte`() {
        var decoder = InputDecoder()
        let text = "\u{1B}[200~" + String(repeating: "x", count: 1_100_000) + "\u{1B}[201~y"
        let events = decoder.feed(text.utf8, at: Self.start)
        #expect(events == [.paste(String(repeating: "x", count: 1 << 20)), .key(KeyPress("y"))])
    }

    @Test func `any bytes leave the decoder able to go on, and no key is a control character`() {
        var random = SplitMix(seed: 11)
        for _ in 0..<3_000 {
            var decoder = InputDecoder()
            var now = Self.start
            var events: [InputEvent] = []
            for _ in 0..<Int(random.next() % 12) {
                let special: [UInt8] = [0x1B, 0x5B, 0x4F, 0x3B, 0x32, 0x7E, 0x4D, 0x5D, 0xC3, 0xE2]
                let byte =
                    random.next() % 3 == 0 ? UInt8(truncatingIfNeeded: random.next()) : special[Int(random.next() % 10)]
                events += decoder.feed(CollectionOfOne(byte), at: now)
                if random.next() % 4 == 0 {
                    now += .seconds(2)
                    events += decoder.flush(at: now)
                }
            }
            now += .seconds(2)
            events += decoder.flush(at: now)
            #expect(decoder.feed("Q".utf8, at: now).last == .key(KeyPress("Q")))
            for case .key(let press) in events {
                guard case .character(let character) = press.key, let scalar = character.unicodeScalars.first else {
                    continue
                }
                #expect(scalar.properties.generalCategory != .control)
            }
        }
    }

    @Test func `keys have names for hints`() {
        let names = [
            KeyPress.control("r").label, KeyPress(" ").label, KeyPress(.function(3), .shift).label,
            KeyPress(.pageDown).label,
            KeyPress.alt("x").label,
        ]
        #expect(names == ["Ctrl-R", "Space", "Shift-F3", "PgDn", "Alt-x"])
    }
}
