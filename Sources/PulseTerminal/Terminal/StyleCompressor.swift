/// Takes out what ncurses says about colours and attributes without need, which is more than half of what it sends:
/// it names both colours of a pair when one differs, resets with three sequences, and colours the ink of blanks. What a
/// terminal shows stays the same.
///
/// Keeps what was asked for, and asks the terminal for the difference only before something is drawn that shows it.
struct StyleCompressor {
    /// What SGR (ECMA-48 section 8.3.117) can set. Colours are kept as their parameters.
    private struct Look: Equatable {
        var foreground: [UInt8] = []
        var background: [UInt8] = []
        // Bit n for parameter n, of 1 to 9.
        var attributes: UInt16 = 0
    }

    // Underlined, blinking, reversed and crossed out: what can be seen of a blank besides its background.
    private static let seenOnBlanks: UInt16 = 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 9

    // Nil: unknown, so that the next change begins with a reset.
    private var shown: Look?
    private var wanted = Look()
    private let canEndAttributes: Bool

    /// - Parameter canEndAttributes: Whether single attributes can be ended (parameters 22 to 29), which early
    ///   terminals do not know.
    init(canEndAttributes: Bool) {
        self.canEndAttributes = canEndAttributes
    }

    /// The next picture's bytes. The look of its last character stays in force, for the next picture to begin with;
    /// `isLast` resets it, for whatever others write next.
    mutating func compress(_ bytes: [UInt8], isLast: Bool = false) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x1B {
                index = sequence(bytes, at: index, into: &output)
                continue
            }
            // Carriage return and backspace only move the cursor.
            if byte != 0x0D && byte != 0x08 { settle(isBlank: byte == 0x20, into: &output) }
            output.append(byte)
            index += 1
        }
        if isLast {
            wanted = Look()
            settle(isBlank: false, into: &output)
        }
        return output
    }

    /// After somebody else wrote.
    mutating func forget() { shown = nil }

    private mutating func sequence(_ bytes: [UInt8], at start: Int, into output: inout [UInt8]) -> Int {
        guard start + 1 < bytes.count else {
            output.append(bytes[start])
            return start + 1
        }
        guard bytes[start + 1] == 0x5B else {
            // ESC ( B selects the character set that is selected already: nothing here ever selects another.
            if bytes[start...].starts(with: [0x1B, 0x28, 0x42]) { return start + 3 }
            settle(isBlank: false, into: &output)
            output += bytes[start...(start + 1)]
            return start + 2
        }
        var end = start + 2
        while end < bytes.count, !(0x40...0x7E).contains(bytes[end]) { end += 1 }
        guard end < bytes.count else {
            output += bytes[start...]
            return bytes.count
        }
        let parameters = bytes[(start + 2)..<end]
        if bytes[end] == UInt8(ascii: "m"), apply(parameters) { return end + 1 }
        switch bytes[end] {
        case UInt8(ascii: "A")...UInt8(ascii: "H"), UInt8(ascii: "d"), UInt8(ascii: "f"), UInt8(ascii: "h"),
            UInt8(ascii: "l"):
            break
        case UInt8(ascii: "J"), UInt8(ascii: "K"), UInt8(ascii: "X"): settle(isBlank: true, into: &output)
        default: settle(isBlank: false, into: &output)
        }
        output += bytes[start...end]
        if bytes[end] == UInt8(ascii: "m") { shown = nil }
        return end + 1
    }

    /// Notes what the parameters ask for; false when one of them is not known.
    private mutating func apply(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x3B }) else { return false }
        let fields = bytes.split(separator: 0x3B, omittingEmptySubsequences: false)
        var look = wanted
        var index = 0
        while index < fields.count {
            let field = fields[index]
            let number = field.reduce(0) { min(999, $0 * 10 + Int($1) - 0x30) }
            index += 1
            switch number {
            case 0: look = Look()
            case 1...9: look.attributes |= 1 << UInt16(number)
            case 22: look.attributes &= ~0b110
            case 23...29: look.attributes &= ~(1 << UInt16(number - 20))
            case 30...37, 90...97: look.foreground = Array(field)
            case 40...47, 100...107: look.background = Array(field)
            case 39: look.foreground = []
            case 49: look.background = []
            case 38, 48:
                guard index < fields.count else { return false }
                let length = fields[index] == [UInt8(ascii: "5")] ? 2 : fields[index] == [UInt8(ascii: "2")] ? 4 : 0
                guard length > 0, index + length <= fields.count else { return false }
                let color = Self.shortest(fields[(index - 1)..<(index + length)])
                if number == 38 { look.foreground = color } else { look.background = color }
                index += length
            default: return false
            }
        }
        wanted = look
        return true
    }

    /// The parameters of a colour: an exact value that is in the palette of 256 is named by its number, which is half as
    /// long.
    private static func shortest(_ fields: ArraySlice<ArraySlice<UInt8>>) -> [UInt8] {
        let whole = Array(fields.joined(separator: [0x3B]))
        guard fields.count == 5 else { return whole }
        let components = fields.suffix(3).map { $0.reduce(0) { min(256, $0 * 10 + Int($1) - 0x30) } }
        guard let number = Palette.number(of: components) else { return whole }
        return Array(fields.prefix(1).joined()) + Array(";5;\(number)".utf8)
    }

    /// Makes the terminal show what was asked for, with the fewest bytes. Of a blank nobody sees the ink.
    private mutating func settle(isBlank: Bool, into output: inout [UInt8]) {
        var wanted = wanted
        if isBlank, let shown, wanted.attributes & Self.seenOnBlanks == 0 {
            wanted.foreground = shown.foreground
            wanted.attributes = shown.attributes & ~Self.seenOnBlanks
        }
        guard shown != wanted else { return }
        var fresh: [[UInt8]] = wanted == Look() ? [[]] : [[UInt8(ascii: "0")]]
        fresh += Self.codes(of: wanted.attributes)
        if !wanted.foreground.isEmpty { fresh.append(wanted.foreground) }
        if !wanted.background.isEmpty { fresh.append(wanted.background) }
        var best = Array(fresh.joined(separator: [0x3B]))
        if let change = shown.flatMap({ difference(from: $0, to: wanted) }), change.count < best.count { best = change }
        output += [0x1B, 0x5B] + best + [0x6D]
        shown = wanted
    }

    private func difference(from look: Look, to wanted: Look) -> [UInt8]? {
        var codes: [[UInt8]] = []
        let ended = look.attributes & ~wanted.attributes
        var begun = wanted.attributes & ~look.attributes
        if ended != 0 {
            guard canEndAttributes else { return nil }
            if ended & 0b110 != 0 {
                // One parameter ends bold and faint alike.
                codes.append(Array("22".utf8))
                begun |= wanted.attributes & 0b110
            }
            for attribute in 3...9 where ended & (1 << UInt16(attribute)) != 0 {
                codes.append(Array("2\(attribute)".utf8))
            }
        }
        codes += Self.codes(of: begun)
        if look.foreground != wanted.foreground {
            codes.append(wanted.foreground.isEmpty ? Array("39".utf8) : wanted.foreground)
        }
        if look.background != wanted.background {
            codes.append(wanted.background.isEmpty ? Array("49".utf8) : wanted.background)
        }
        return Array(codes.joined(separator: [0x3B]))
    }

    private static func codes(of attributes: UInt16) -> [[UInt8]] {
        (1...9).filter { attributes & (1 << UInt16($0)) != 0 }.map { [UInt8(ascii: "0") + UInt8($0)] }
    }
}
