import Testing

@testable import PulseTerminal

struct EnvironmentTests {
    private func environment(_ values: [String: String]) -> TerminalEnvironment { TerminalEnvironment { values[$0] } }

    @Test(arguments: [
        ("xterm-256color", ["xterm-256color", "xterm-256color", "xterm", "vt100", "ansi"]),
        ("dumb", ["vt100", "ansi"]), ("", ["vt100", "ansi"]), ("sun-cmd", ["sun-cmd", "vt100", "ansi"]),
        ("xterm-kitty", ["xterm-kitty", "xterm-256color", "xterm", "vt100", "ansi"]),
        ("tmux-256color", ["tmux-256color", "screen-256color", "screen", "xterm-256color", "xterm", "vt100", "ansi"]),
    ])
    func `an unknown terminal is taken for what it resembles`(term: String, candidates: [String]) {
        #expect(environment(["TERM": term]).candidates == candidates)
    }

    @Test func `the first locale variable that is set decides about signs`() {
        #expect(environment(["LANG": "de_DE.UTF-8"]).isUTF8)
        #expect(!environment(["LANG": "de_DE.UTF-8", "LC_ALL": "C"]).isUTF8)
        #expect(!environment(["LANG": "de_DE.UTF-8", "LC_CTYPE": "POSIX"]).isUTF8)
        #expect(environment(["LC_ALL": "", "LANG": "C.utf8"]).isUTF8)
        #expect(!environment([:]).isUTF8)
        let utf8 = environment(["LANG": "C.UTF-8"])
        #expect(utf8.glyphs(on: "xterm") == .unicode)
        #expect(utf8.glyphs(on: "vte-256color") == .unicode)
        #expect(utf8.glyphs(on: "vt100") == .ascii)
        #expect(utf8.glyphs(on: "linux") == .ascii)
    }

    @Test func `colours follow the terminal and the user's wish`() {
        #expect(
            environment(["NO_COLOR": "1", "COLORTERM": "truecolor"]).colorDepth(terminfoColors: 256) == .monochrome)
        #expect(environment(["NO_COLOR": ""]).colorDepth(terminfoColors: 256) == .palette256)
        #expect(environment(["COLORTERM": "truecolor"]).colorDepth(terminfoColors: 256) == .trueColor)
        #expect(environment([:]).colorDepth(terminfoColors: 8) == .eight)
        #expect(environment([:]).colorDepth(terminfoColors: 16) == .sixteen)
        #expect(environment([:]).colorDepth(terminfoColors: -1) == .monochrome)
    }

    @Test func `copied text is encoded, wrapped for tmux, and bounded`() {
        #expect(Clipboard.sequence(for: "hi!", isInsideTmux: false) == Array("\u{1B}]52;c;aGkh\u{7}".utf8))
        #expect(Clipboard.base64(Array("a".utf8)) == Array("YQ==".utf8))
        #expect(Clipboard.base64(Array("ab".utf8)) == Array("YWI=".utf8))
        #expect(Clipboard.base64([]) == [])
        let wrapped = Clipboard.sequence(for: "hi!", isInsideTmux: true)
        #expect(wrapped == Array("\u{1B}]52;c;aGkh\u{7}\u{1B}Ptmux;\u{1B}\u{1B}]52;c;aGkh\u{7}\u{1B}\\".utf8))
        #expect(Clipboard.sequence(for: String(repeating: "x", count: 80_000), isInsideTmux: false) == nil)
    }

    @Test func `many changes of size are followed once they rest`() {
        var resize = ResizeCoalescer()
        let start = ContinuousClock.now
        #expect(resize.deadline == nil)
        for step in 0..<5 { resize.note(at: start + .milliseconds(step * 10)) }
        #expect(resize.deadline == start + .milliseconds(80))
        let early = resize.isDue(at: start + .milliseconds(79))
        let due = resize.isDue(at: start + .milliseconds(80))
        #expect(!early && due)
        #expect(resize.deadline == nil)
        for step in 0..<100 { resize.note(at: start + .seconds(1) + .milliseconds(step * 10)) }
        #expect(resize.deadline == start + .seconds(1) + ResizeCoalescer.patience)
    }
}
