import CNcurses
import Glibc

/// The only type that calls ncurses. It owns one screen and sends what changed between two surfaces.
///
/// Used by one thread. ncurses keeps global state, so a process has one at a time.
final class CursesScreen {
    let name: String
    let glyphs: GlyphMode
    let colorDepth: ColorDepth
    private(set) var size: Size
    /// What gives the terminal back without ncurses, for signal handlers.
    let restoration: [UInt8]

    private let screen: OpaquePointer
    private var window: UnsafeMutablePointer<WINDOW>
    private let output: UnsafeMutablePointer<FILE>
    private let input: UnsafeMutablePointer<FILE>
    private var shown: Surface?
    private var pairs: ColorPairs
    private var drawings: [Style: Drawing] = [:]
    private var cursor: Point?
    private let tty: Int32
    // Where ncurses writes its pictures, to be read back before they are sent; nil: straight to the terminal.
    private let memory: Int32?
    private var compressor: StyleCompressor
    private let canHideCursor: Bool
    private var rawModes = termios()
    private let modesOn: [UInt8]
    private let modesOff: [UInt8]

    /// A style as ncurses draws it.
    private struct Drawing {
        var attributes: attr_t
        var pair: Int32
    }

    var theme: Theme {
        didSet { drawings.removeAll() }
    }

    /// Sets the terminal up; nothing is sent before the first surface.
    init(input inputDescriptor: Int32, output outputDescriptor: Int32, options: TerminalOptions) throws(TerminalError) {
        let environment = options.environment
        // Character classes only; numbers and dates stay as they are. glibc's own C.UTF-8 is on every machine, and
        // makes widths independent of the user's locale.
        let hasUTF8 = environment.isUTF8 && setlocale(LC_CTYPE, "C.UTF-8") != nil
        let output = try Self.stream(outputDescriptor, "w")
        let input = try Self.stream(inputDescriptor, "r")
        let started = Self.start(environment, options.colorDepth, output, input)
        guard let started else {
            fclose(output)
            fclose(input)
            throw .noDescription(environment.candidates)
        }
        guard let window = newwin(0, 0, 0, 0) else {
            endwin()
            delscreen(started.screen)
            fclose(output)
            fclose(input)
            throw .refused(operation: "newwin", errno: ENOMEM)
        }
        self.output = output
        self.input = input
        screen = started.screen
        self.window = window
        name = started.name
        glyphs = options.glyphs ?? (hasUTF8 ? environment.glyphs(on: started.name) : .ascii)
        theme = options.theme
        raw()
        noecho()
        nonl()
        tty = outputDescriptor
        tcgetattr(tty, &rawModes)
        let isModern = Self.has("smcup") && Self.capability("sgr0").starts(with: [0x1B])
        compressor = StyleCompressor(canEndAttributes: isModern)
        // From here on ncurses draws into memory: its descriptor is exchanged below it.
        let file = isModern ? pulse_memory_file() : -1
        memory = file >= 0 && dup2(file, fileno(output)) >= 0 ? file : nil
        // With keys waiting, ncurses would leave pictures half drawn until the next one.
        typeahead(-1)
        leaveok(window, true)
        // Which background moves in when characters are deleted, terminals do not agree on.
        idcok(window, false)
        canHideCursor = curs_set(0) != ERR
        var depth = environment.colorDepth(terminfoColors: started.colors)
        if let wanted = options.colorDepth { depth = min(wanted, started.isDirect ? .trueColor : depth) }
        if depth == .trueColor && !started.isDirect { depth = .palette256 }
        if depth > .monochrome {
            if start_color() == OK { use_default_colors() } else { depth = .monochrome }
        }
        colorDepth = depth
        pairs = ColorPairs(limit: min(Int(pulse_pair_count()), 4_096))
        size = Size(Int(getmaxx(window)), Int(getmaxy(window)))
        var on = Self.capability("smkx") + Array("\u{1B}[?2004h".utf8)
        var off = Array("\u{1B}[?2004l".utf8) + Self.capability("rmkx")
        if options.usesMouse {
            on += Array("\u{1B}[?1000h\u{1B}[?1002h\u{1B}[?1006h".utf8)
            off = Array("\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l".utf8) + off
        }
        if environment.isVTE {
            // Bi-directional support mode off (ECMA-48 section 8.3.21): text of the data never moves its neighbours.
            on += Array("\u{1B}[8l".utf8)
            off += Array("\u{1B}[8h".utf8)
        }
        let isSimple = glyphs == .ascii && !Self.has("smcup")
        modesOn = isSimple ? Self.capability("smkx") : on
        modesOff = isSimple ? Self.capability("rmkx") : off
        restoration =
            modesOff + Self.capability("rmir") + Self.capability("sgr0") + Self.capability("op")
            + Self.capability("cnorm") + (Self.has("rmcup") ? Self.capability("rmcup") : Array("\r\n".utf8))
    }

    deinit {
        delwin(window)
        delscreen(screen)
        fclose(output)
        fclose(input)
        if let memory { close(memory) }
    }

    /// Draws a surface: only what differs from the one before is sent. Cells outside of the screen are ignored.
    func show(_ surface: Surface, cursor wanted: Point?) {
        let isFirst = shown == nil
        pairs.beginPicture()
        if let shown, shown.storageSize == surface.storageSize {
            draw(surface) { index in shown.cells[index] != surface.cells[index] }
        } else {
            draw(surface) { _ in true }
        }
        shown = surface
        // A cursor that cannot be hidden rests where it hides nothing.
        let wanted = wanted ?? (canHideCursor ? nil : Point(size.width - 1, size.height - 1))
        if wanted != cursor || isFirst {
            leaveok(window, wanted == nil)
            curs_set(wanted == nil ? 0 : 1)
            cursor = wanted
        }
        if let wanted { wmove(window, Int32(wanted.y), Int32(wanted.x)) }
        wrefresh(window)
        sendPicture()
    }

    /// Everything is sent again with the next surface, after whatever else wrote on the terminal.
    func invalidate() {
        clearok(window, true)
        shown = nil
    }

    /// After a change of colours: everything is drawn again, and sent where it differs.
    func forgetColors() {
        drawings.removeAll()
        shown = nil
    }

    /// Follows the terminal to another size, or back to this one.
    func resize(to newSize: Size) {
        if newSize != size {
            resizeterm(Int32(newSize.height), Int32(newSize.width))
            wresize(window, Int32(newSize.height), Int32(newSize.width))
            werase(window)
            size = newSize
        }
        // What was drawn for a size that the terminal did not have stands where nobody knows.
        invalidate()
    }

    /// Sends the modes that ncurses does not know.
    func enterModes() { send(modesOn) }

    /// Gives the terminal back, but for its modes of line editing. ``resume()`` takes it again.
    func leave() {
        send(modesOff)
        curs_set(1)
        endwin()
        sendPicture(isLast: true)
    }

    /// Takes the terminal again after ``leave()`` or after the process was stopped; draws nothing yet.
    func resume() {
        tcsetattr(tty, TCSADRAIN, &rawModes)
        cursor = nil
        curs_set(0)
        compressor.forget()
        invalidate()
        enterModes()
    }

    /// Sends bytes between two pictures.
    func send(_ bytes: [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let written = bytes[offset...].withUnsafeBytes { write(tty, $0.baseAddress, $0.count) }
            if written > 0 {
                offset += written
            } else if errno == EAGAIN {
                // Somebody else made the descriptor non-blocking; wait until it takes more.
                var descriptor = pollfd(fd: tty, events: Int16(POLLOUT), revents: 0)
                _ = poll(&descriptor, 1, 1_000)
            } else if errno != EINTR {
                // The link is lost, which the next wait for keys finds out.
                return
            }
        }
    }

    /// Sends what ncurses has drawn into memory, without its needless parts.
    private func sendPicture(isLast: Bool = false) {
        guard let memory else { return }
        let count = Int(lseek(memory, 0, SEEK_CUR))
        guard count > 0 else { return }
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, pread(memory, buffer.baseAddress, count, 0))
        }
        _ = ftruncate(memory, 0)
        lseek(memory, 0, SEEK_SET)
        send(compressor.compress(bytes, isLast: isLast))
    }

    // MARK: Drawing

    private func draw(_ surface: Surface, where isChanged: (Int) -> Bool) {
        let columns = min(surface.storageSize.width, size.width)
        let stride = surface.storageSize.width
        var run: [cchar_t] = []
        for y in 0..<min(surface.storageSize.height, size.height) {
            var x = 0
            while x < columns {
                guard isChanged(y * stride + x) else {
                    x += 1
                    continue
                }
                // A run begins with a whole glyph and ends with one.
                let start = x > 0 && surface.cells[y * stride + x].width == 0 ? x - 1 : x
                run.removeAll(keepingCapacity: true)
                x = start
                while x < columns, x == start || isChanged(y * stride + x) || surface.cells[y * stride + x].width == 0 {
                    let cell = surface.cells[y * stride + x]
                    if cell.width > 0 { append(cell, fits: x + cell.width <= columns, to: &run) }
                    x += max(1, cell.width)
                }
                mvwadd_wchnstr(window, Int32(y), Int32(start), run, Int32(run.count))
            }
        }
    }

    private func append(_ cell: Cell, fits: Bool, to run: inout [cchar_t]) {
        let drawing = drawing(for: cell.style)
        var glyph = glyphs == .ascii ? ASCIIGlyphs.replacement(for: cell.glyph) : cell.glyph
        if !fits { glyph = .space }
        if glyphs == .ascii && glyph.width == 2
            || !glyph.isASCII && pulse_width(glyph.base) != Int32(glyph.width)
        {
            // A C library that knows the sign by another width (or not at all) would shift the rest of the line.
            let sign: UInt32 = glyphs == .ascii ? glyph.base : 0xFFFD
            run.append(curses(Glyph(sign, width: 1), drawing))
            if cell.width == 2 && fits { run.append(curses(.space, drawing)) }
            return
        }
        run.append(curses(glyph, drawing))
    }

    private func curses(_ glyph: Glyph, _ drawing: Drawing) -> cchar_t {
        var cell = cchar_t()
        withUnsafeTemporaryAllocation(of: wchar_t.self, capacity: Glyph.maximumMarks + 2) { text in
            var count = 0
            glyph.forEachScalar { scalar in
                text[count] = wchar_t(bitPattern: scalar)
                count += 1
            }
            text[count] = 0
            _ = pulse_setcchar(&cell, text.baseAddress, drawing.attributes, drawing.pair)
        }
        return cell
    }

    private func drawing(for style: Style) -> Drawing {
        if let known = drawings[style] {
            if known.pair > 0 { pairs.touch(known.pair) }
            return known
        }
        let resolved = theme.resolve(style, for: colorDepth)
        let colors = ColorPairs.Colors(foreground: number(resolved.foreground), background: number(resolved.background))
        var drawing = Drawing(attributes: attributes(resolved.attributes), pair: 0)
        if colorDepth > .monochrome {
            switch pairs.number(for: colors) {
            case .known(let pair): drawing.pair = pair
            case .define(let pair):
                // Styles that had this number before are resolved anew.
                drawings = drawings.filter { $0.value.pair != pair }
                init_extended_pair(pair, colors.foreground, colors.background)
                drawing.pair = pair
            case .none: break
            }
        }
        drawings[style] = drawing
        return drawing
    }

    private func number(_ color: ResolvedColor) -> Int32 {
        switch color {
        case .terminal: -1
        case .number(let index): Int32(index)
        case .rgb(let rgb): Int32(rgb.red) << 16 | Int32(rgb.green) << 8 | Int32(rgb.blue)
        }
    }

    private func attributes(_ attributes: Style.Attributes) -> attr_t {
        var bits: attr_t = 0
        if attributes.contains(.bold) { bits |= pulse_attr_bold() }
        if attributes.contains(.dim) { bits |= pulse_attr_dim() }
        if attributes.contains(.italic) { bits |= pulse_attr_italic() }
        if attributes.contains(.underline) { bits |= pulse_attr_underline() }
        if attributes.contains(.reverse) { bits |= pulse_attr_reverse() }
        return bits
    }

    // MARK: Starting

    private struct Started {
        var screen: OpaquePointer
        var name: String
        var colors: Int
        var isDirect: Bool
    }

    private static func start(
        _ environment: TerminalEnvironment, _ wanted: ColorDepth?, _ output: UnsafeMutablePointer<FILE>,
        _ input: UnsafeMutablePointer<FILE>
    ) -> Started? {
        let candidates = environment.candidates
        let mayUseColors = !environment.wantsNoColor && wanted != .monochrome
        let wantsDirect = mayUseColors && (wanted == .trueColor || wanted == nil && environment.saysTrueColor)
        for name in candidates {
            guard var entry = TerminfoEntry(named: name) else { continue }
            if wantsDirect && !name.hasSuffix("-direct") && name != "vt100" && name != "ansi" {
                entry.useDirectColor()
                let direct = entry.withInstalled(as: "pulse-direct") { newterm("pulse-direct", output, input) }
                if let direct {
                    return Started(screen: direct, name: name, colors: 1 << 24, isDirect: true)
                }
            }
            if let screen = newterm(name, output, input) {
                let colors = Int(tigetnum("colors"))
                return Started(screen: screen, name: name, colors: colors, isDirect: colors > 256)
            }
        }
        return TerminfoEntry.basic.withInstalled(as: "pulse-basic") { newterm("pulse-basic", output, input) }
            .map { Started(screen: $0, name: "ansi", colors: -1, isDirect: false) }
    }

    private static func stream(_ descriptor: Int32, _ mode: String) throws(TerminalError) -> UnsafeMutablePointer<FILE>
    {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw .refused(operation: "fcntl", errno: errno) }
        guard let stream = fdopen(copy, mode) else {
            let reason = errno
            close(copy)
            throw .refused(operation: "fdopen", errno: reason)
        }
        return stream
    }

    private static func has(_ name: String) -> Bool { pulse_terminfo_string(name) != nil }

    /// A capability without its padding (`$<5>`), which only terminals with slow wires needed.
    private static func capability(_ name: String) -> [UInt8] {
        guard let value = pulse_terminfo_string(name) else { return [] }
        let bytes = Array(String(cString: value).utf8)
        guard let padding = bytes.firstIndex(of: UInt8(ascii: "$")),
            bytes.dropFirst(padding + 1).first == UInt8(ascii: "<")
        else { return bytes }
        return Array(bytes[..<padding])
    }
}
