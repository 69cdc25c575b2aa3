import CNcurses
import Glibc

/// A description of a terminal that can be changed and given to ncurses as a compiled file (term(5)).
///
/// Two things need it: exact colours, of which the entries that terminals name in `TERM` know nothing although most
/// terminals show them; and machines on which no description is installed at all.
struct TerminfoEntry {
    private var booleans: [Bool]
    private var numbers: [Int32]
    private var strings: [[UInt8]?]
    private var hasDirectColor = false

    /// The description of that name; nil when none is installed.
    init?(named name: String) {
        var status: Int32 = 0
        guard setupterm(name, 1, &status) == OK, status == 1 else { return nil }
        defer { pulse_forget_terminal() }
        self.init(
            boolean: { tigetflag($0) == 1 }, number: { tigetnum($0) },
            string: { name in
                guard let value = pulse_terminfo_string(name) else { return nil }
                return Array(UnsafeBufferPointer(start: value, count: strlen(value))).map { UInt8(bitPattern: $0) }
            })
    }

    /// A screen that understands ECMA-48 and has no colours: what every terminal of today can do.
    static var basic: TerminfoEntry {
        let capabilities = [
            "clear": "\u{1B}[H\u{1B}[2J", "cup": "\u{1B}[%i%p1%d;%p2%dH", "el": "\u{1B}[K", "ed": "\u{1B}[J",
            "cuu1": "\u{1B}[A", "cud1": "\n", "cuf1": "\u{1B}[C", "cub1": "\u{8}", "cr": "\r", "home": "\u{1B}[H",
            "bold": "\u{1B}[1m", "rev": "\u{1B}[7m", "smul": "\u{1B}[4m", "rmul": "\u{1B}[24m", "sgr0": "\u{1B}[m",
            "smcup": "\u{1B}[?1049h", "rmcup": "\u{1B}[?1049l", "civis": "\u{1B}[?25l", "cnorm": "\u{1B}[?25h",
            "smkx": "\u{1B}[?1h\u{1B}=", "rmkx": "\u{1B}[?1l\u{1B}>", "bel": "\u{7}",
        ]
        return TerminfoEntry(
            boolean: { ["am", "xenl", "msgr"].contains(String(cString: $0)) },
            number: { ["cols": 80, "lines": 24, "it": 8][String(cString: $0)] ?? -1 },
            string: { capabilities[String(cString: $0)].map { Array($0.utf8) } })
    }

    private init(
        boolean: (UnsafePointer<CChar>) -> Bool, number: (UnsafePointer<CChar>) -> Int32,
        string: (UnsafePointer<CChar>) -> [UInt8]?
    ) {
        func names(_ name: (Int32) -> UnsafePointer<CChar>?) -> [UnsafePointer<CChar>] {
            var names: [UnsafePointer<CChar>] = []
            while let next = name(Int32(names.count)) { names.append(next) }
            return names
        }
        booleans = names(pulse_boolean_name).map(boolean)
        numbers = names(pulse_number_name).map { max(-1, number($0)) }
        strings = names(pulse_string_name).map(string)
    }

    /// Makes colours RGB values, sent as `38;2;r;g;b` (ISO 8613-6 as all terminals that have it understand it). Like
    /// the entry xterm-direct, but with semicolons, and without giving the first eight numbers to the palette.
    mutating func useDirectColor() {
        set(number: "colors", 1 << 24)
        set(number: "pairs", 1 << 15)
        let components = "%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%dm"
        set(string: "setaf", "\u{1B}[38;2;" + components)
        set(string: "setab", "\u{1B}[48;2;" + components)
        set(string: "op", "\u{1B}[39;49m")
        for name in ["setf", "setb", "initc", "initp", "oc"] { set(string: name, nil) }
        set(boolean: "ccc", false)
        hasDirectColor = true
    }

    private mutating func set(boolean name: String, _ value: Bool) {
        if let index = index(of: name, pulse_boolean_name) { booleans[index] = value }
    }

    private mutating func set(number name: String, _ value: Int32) {
        if let index = index(of: name, pulse_number_name) { numbers[index] = value }
    }

    private mutating func set(string name: String, _ value: String?) {
        if let index = index(of: name, pulse_string_name) { strings[index] = value.map { Array($0.utf8) } }
    }

    private func index(of name: String, _ nameAt: (Int32) -> UnsafePointer<CChar>?) -> Int? {
        var index: Int32 = 0
        while let candidate = nameAt(index) {
            if strcmp(candidate, name) == 0 { return Int(index) }
            index += 1
        }
        return nil
    }

    /// The file's bytes: the format with 32-bit numbers, and the extension that says "these colours are RGB".
    func compiled(name: String) -> [UInt8] {
        var file: [UInt8] = []
        func append16(_ value: Int) {
            file += [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
        }
        func append32(_ value: Int32) {
            for shift in stride(from: 0, to: 32, by: 8) {
                file.append(UInt8(truncatingIfNeeded: value >> Int32(shift)))
            }
        }
        var table: [UInt8] = []
        let offsets = strings.map { string -> Int in
            guard let string else { return -1 }
            defer { table += string + [0] }
            return table.count
        }
        let title = Array(name.utf8) + [0]
        for value in [0o1036, title.count, booleans.count, numbers.count, strings.count, table.count] {
            append16(value)
        }
        file += title
        file += booleans.map { $0 ? 1 : 0 }
        if file.count % 2 == 1 { file.append(0) }
        numbers.forEach(append32)
        offsets.forEach(append16)
        file += table
        if file.count % 2 == 1 { file.append(0) }
        if hasDirectColor {
            // One boolean, no number, no string; one name, in a table of four bytes.
            for value in [1, 0, 0, 1, 4] { append16(value) }
            file += [1, 0]
            append16(0)
            file += Array("RGB".utf8) + [0]
        }
        return file
    }

    /// Lets `body` find the description under `name` among the installed ones; nil when no file can be written.
    ///
    /// ncurses reads descriptions only from files, found through `TERMINFO`; both exist only during the call, which is
    /// made before the program has other threads that look at the environment.
    func withInstalled<Result>(as name: String, _ body: () -> Result?) -> Result? {
        guard let initial = name.utf8.first else { return nil }
        var pattern = Array("\(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")/pulse-XXXXXX".utf8CString)
        guard mkdtemp(&pattern) != nil else { return nil }
        let folder = String(decoding: pattern.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // Folders are named by the first letter, or by its code in hexadecimal on some systems.
        let letters = "\(folder)/\(Character(Unicode.Scalar(initial)))"
        let file = "\(letters)/\(name)"
        defer {
            unlink(file)
            rmdir(letters)
            rmdir(folder)
        }
        guard mkdir(letters, 0o700) == 0 else { return nil }
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        let bytes = compiled(name: name)
        let written = write(descriptor, bytes, bytes.count)
        close(descriptor)
        guard written == bytes.count else { return nil }
        let former = getenv("TERMINFO").map { String(cString: $0) }
        setenv("TERMINFO", folder, 1)
        defer {
            if let former { setenv("TERMINFO", former, 1) } else { unsetenv("TERMINFO") }
        }
        return body()
    }
}
