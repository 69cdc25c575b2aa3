import CNcurses
import Glibc
import Testing

@testable import PulseTerminal

/// A terminal whose other side the test holds. ncurses keeps global state, hence one after the other.
final class Pty {
    let master: Int32
    let slave: Int32

    init(_ size: Size) throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var unlocked: Int32 = 0
        var number: UInt32 = 0
        // TIOCSPTLCK and TIOCGPTN: unlockpt(3) and ptsname(3), which the Glibc module lacks.
        try #require(ioctl(master, 0x4004_5431, &unlocked) == 0 && ioctl(master, 0x8004_5430, &number) == 0)
        slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(slave >= 0)
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
        resize(size)
    }

    deinit {
        close(slave)
        if !isHungUp { close(master) }
    }

    private(set) var isHungUp = false

    func hangUp() {
        isHungUp = true
        close(master)
    }

    func resize(_ size: Size) {
        var window = winsize(ws_row: UInt16(size.height), ws_col: UInt16(size.width), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &window)
    }

    /// All that was written so far.
    func output() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(master, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func type(_ text: String) { _ = write(master, text, text.utf8.count) }

    var modes: [UInt32] {
        var modes = termios()
        tcgetattr(slave, &modes)
        return [modes.c_iflag, modes.c_oflag, modes.c_lflag]
    }

    func terminal(
        _ variables: [String: String] = ["TERM": "xterm-256color", "LANG": "C.UTF-8"],
        _ change: (inout TerminalOptions) -> Void = { _ in }
    ) throws -> Terminal {
        var options = TerminalOptions(environment: TerminalEnvironment { variables[$0] })
        options.descriptors = (slave, slave)
        options.catchesSignals = false
        change(&options)
        return try Terminal(options)
    }
}

@Suite(.serialized) struct TerminalTests {
    /// When to give up waiting for what should be there at once: a mistake fails a test and never stops the run.
    static var patience: ContinuousClock.Instant { .now + .seconds(60) }

    @Test func `nothing is sent before the first surface, and everything is given back`() throws {
        let pty = try Pty(Size(40, 10))
        let before = pty.modes
        let terminal = try pty.terminal()
        #expect(pty.output().isEmpty)
        #expect(terminal.size == Size(40, 10))
        #expect(pty.modes != before)
        var surface = Surface(terminal.size)
        surface.put("Hällo 日本 ▁▂▃", at: Point(2, 1), style: Style(.ok))
        terminal.present(surface)
        let painted = pty.output()
        #expect(
            painted.contains("\u{1B}[?1049h") && painted.contains("\u{1B}[?2004h") && painted.contains("\u{1B}[?25l"))
        #expect(painted.contains("Hällo 日本 ▁▂▃"))
        #expect(!painted.contains("\u{1B}[c") && !painted.contains("\u{1B}[6n"), "no question to the terminal")
        terminal.present(surface)
        #expect(pty.output().isEmpty, "an equal surface costs nothing")
        terminal.restore()
        let restored = pty.output()
        #expect(
            restored.contains("\u{1B}[?1049l") && restored.contains("\u{1B}[?2004l") && restored.contains("\u{1B}[?25h")
        )
        #expect(pty.modes == before)
    }

    @Test(arguments: [ColorDepth.palette256, .trueColor])
    func `a cursor move in a full table sends few bytes`(depth: ColorDepth) throws {
        let pty = try Pty(Size(120, 40))
        let theme = try ThemeTests.load("pulse-dark")
        let terminal = try pty.terminal([
            "TERM": "xterm-256color", "LANG": "C.UTF-8", "COLORTERM": depth == .trueColor ? "truecolor" : "",
        ]) {
            $0.theme = theme
        }
        #expect(terminal.colorDepth == depth)
        let ids = Array(1...10_000)
        var state = TableState<Int>()
        state.select(row: 0, in: ids)
        func draw() -> Surface {
            var surface = Surface(terminal.size)
            SampleTable.table(ids).draw(on: &surface, in: surface.bounds, state: state)
            return surface
        }
        terminal.present(draw())
        #expect(pty.output().utf8.count > 4_000)
        for _ in 0..<10 {
            state.move(by: 1, in: ids)
            terminal.present(draw())
            let count = pty.output().utf8.count
            #expect(count > 0 && count <= 350, "\(count) bytes")
        }
    }

    @Test func `text that becomes shorter deletes no characters, because terminals fill the end in different colours`()
        throws
    {
        let pty = try Pty(Size(40, 4))
        let theme = try ThemeTests.load("pulse-dark")
        let terminal = try pty.terminal { $0.theme = theme }
        func show(_ text: String) -> String {
            var surface = Surface(terminal.size)
            for y in 0..<4 { surface.put(text, at: Point(0, y)) }
            terminal.present(surface)
            return pty.output()
        }
        #expect(show("1.2k rec/s and 38 requests a second now").contains("1.2k"))
        #expect(!show("829 rec/s and 38 requests a second now").contains("P"))
        #expect(!show("1829 rec/s and 38 requests a second now").contains("@"))
    }

    @Test func `keys arrive in order, and a lone ESC is a key`() throws {
        let pty = try Pty(Size(20, 5))
        let terminal = try pty.terminal()
        pty.type("a\u{1B}[A" + String(repeating: "j", count: 200) + "\u{1B}")
        var events: [InputEvent] = []
        let patience = Self.patience
        while events.count < 203, ContinuousClock.now < patience { events += terminal.waitForEvents(until: patience) }
        try #require(events.count == 203)
        #expect(events.first == .key(KeyPress("a")))
        #expect(events[1] == .key(KeyPress(.up)))
        #expect(events[2..<202].allSatisfy { $0 == .key(KeyPress("j")) })
        #expect(events.last == .key(KeyPress(.escape)))
    }

    @Test func `wake-ups end the wait, also those that came before it`() throws {
        let pty = try Pty(Size(20, 5))
        let terminal = try pty.terminal()
        terminal.waker.wake()
        terminal.waker.wake()
        #expect(terminal.waitForEvents(until: Self.patience) == [.wake])
        #expect(terminal.waitForEvents(until: .now).isEmpty)
    }

    @Test func `a lost link is told at once and again`() throws {
        let pty = try Pty(Size(20, 5))
        let terminal = try pty.terminal()
        terminal.present(Surface(terminal.size))
        pty.hangUp()
        #expect(terminal.waitForEvents(until: Self.patience).last == .hangup)
        #expect(terminal.waitForEvents(until: Self.patience).last == .hangup)
        terminal.present(Surface(terminal.size, style: Style(.error)))
        terminal.restore()
    }

    @Test(arguments: ["dumb", "", "no-such-terminal", "vt100", "ansi", "linux", "xterm-unheard-of", "screen"])
    func `every terminal shows something and is given back`(term: String) throws {
        let pty = try Pty(Size(30, 4))
        let before = pty.modes
        let terminal = try pty.terminal(["TERM": term, "LANG": "C"])
        #expect(terminal.glyphs == .ascii)
        var surface = Surface(terminal.size)
        surface.box(surface.bounds, title: "Grüße")
        terminal.present(surface)
        let painted = pty.output()
        #expect(painted.contains("Gruse"), "\(painted.debugDescription)")
        #expect(painted.utf8.allSatisfy { $0 < 0x80 })
        terminal.restore()
        #expect(pty.modes == before)
    }

    @Test func `a cursor that cannot be hidden rests in the last cell`() throws {
        let pty = try Pty(Size(30, 4))
        let terminal = try pty.terminal(["TERM": "vt100", "LANG": "C"])
        var surface = Surface(terminal.size)
        surface.put("x", at: Point(3, 1))
        terminal.present(surface)
        // From behind the sign, in column 4 of row 1, to column 29 of row 3.
        #expect(pty.output().contains("x\u{1B}[2B\u{1B}[25C"))
        surface.put("y", at: Point(3, 1))
        terminal.present(surface)
        #expect(pty.output().hasSuffix("y\u{1B}[2B\u{1B}[25C"))
    }

    @Test func `without any installed description a plain one is made`() throws {
        let pty = try Pty(Size(30, 4))
        let file = fdopen(dup(pty.slave), "r+")
        defer { fclose(file) }
        let screen = TerminfoEntry.basic.withInstalled(as: "pulse-basic") { newterm("pulse-basic", file, file) }
        #expect(screen != nil)
        #expect(pulse_terminfo_string("cup") != nil)
        #expect(getenv("TERMINFO") == nil)
        endwin()
        if let screen { delscreen(screen) }
    }

    @Test func `NO_COLOR sends no colour`() throws {
        let pty = try Pty(Size(30, 4))
        let terminal = try pty.terminal([
            "TERM": "xterm-256color", "LANG": "C.UTF-8", "NO_COLOR": "1", "COLORTERM": "truecolor",
        ])
        var surface = Surface(terminal.size)
        surface.put("failed", at: .zero, style: Style(.error, on: .selection))
        terminal.present(surface)
        let painted = pty.output()
        #expect(terminal.colorDepth == .monochrome)
        #expect(painted.contains("failed") && !painted.contains("38;") && !painted.contains("\u{1B}[31"))
    }

    @Test func `exact colours are sent where the terminal says that it has them`() throws {
        let pty = try Pty(Size(30, 4))
        let terminal = try pty.terminal(["TERM": "xterm-256color", "LANG": "C.UTF-8", "COLORTERM": "truecolor"])
        var surface = Surface(terminal.size)
        surface.put("x", at: .zero, style: Style(foreground: .rgb(1, 2, 3), background: .rgb(250, 0, 7)))
        terminal.present(surface)
        let painted = pty.output()
        #expect(painted.contains("38;2;1;2;3"))
        #expect(painted.contains("48;2;250;0;7"))
        #expect(getenv("TERMINFO") == nil)
    }

    @Test func `another theme repaints in its colours`() throws {
        let pty = try Pty(Size(30, 4))
        let terminal = try pty.terminal()
        var surface = Surface(terminal.size)
        surface.put("state", at: .zero, style: Style(.ok))
        terminal.present(surface)
        _ = pty.output()
        terminal.theme = try Theme(yaml: "colors:\n  ok: \"#ff0000\"\n", file: "t")
        terminal.present(surface)
        #expect(pty.output().contains("38;5;196"))
        terminal.present(surface)
        #expect(pty.output().isEmpty)
    }

    @Test func `a surface of another size than the terminal is cut`() throws {
        let pty = try Pty(Size(5, 2))
        let terminal = try pty.terminal()
        var surface = Surface(Size(9, 9))
        for y in 0..<9 { surface.put("abcd日ef", at: Point(0, y)) }
        terminal.present(surface)
        let painted = pty.output()
        #expect(painted.contains("abcd") && !painted.contains("日") && !painted.contains("ef"))
    }

    @Test func `something that is no terminal is refused with a way out`() throws {
        var options = TerminalOptions(environment: TerminalEnvironment { _ in nil })
        let file = open("/dev/null", O_RDWR)
        defer { close(file) }
        options.descriptors = (file, file)
        #expect(throws: TerminalError.notATerminal) { try Terminal(options) }
        #expect(TerminalError.notATerminal.description.contains("--plain"))
    }

    @Test func `hostile text reaches the terminal as text`() throws {
        let pty = try Pty(Size(60, 3))
        let terminal = try pty.terminal()
        var surface = Surface(terminal.size)
        surface.put("x\u{1B}]0;pwned\u{7}\u{9B}2J\u{1B}[?1049l\u{202E}y", at: .zero)
        terminal.present(surface)
        let painted = pty.output()
        #expect(painted.contains("xy") && !painted.contains("pwned") && !painted.contains("1049l"))
    }
}
