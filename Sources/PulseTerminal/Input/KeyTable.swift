/// Which key a control byte or a sequence stands for, in the encodings of xterm, VT220, rxvt, Linux and kitty.
enum KeyTable {
    /// Control bytes of ASCII; nil for printable ones.
    static func control(_ byte: UInt8) -> KeyPress? {
        switch byte {
        case 0x00: .control(" ")
        case 0x08, 0x7F: KeyPress(.backspace)
        case 0x09: KeyPress(.tab)
        case 0x0A, 0x0D: KeyPress(.enter)
        case 0x1B: KeyPress(.escape)
        case 0x01...0x1A: .control(Character(Unicode.Scalar(byte + 0x60)))
        case 0x1C...0x1F: .control(Character(Unicode.Scalar(byte + 0x40)))
        default: nil
        }
    }

    /// A control sequence with its parameter bytes; nil when it is no key.
    static func sequence(parameters: [UInt8], final: UInt8) -> KeyPress? {
        guard let fields = fields(parameters) else { return nil }
        let first = fields.first?.first ?? 1
        let second = fields.count > 1 ? fields[1] : []
        // Kitty reports releases as event type 3.
        if second.count > 1 && second[1] == 3 { return nil }
        let held = modifiers(second.first ?? 1)
        switch final {
        case UInt8(ascii: "~"):
            if first == 27, fields.count > 2 { return character(fields[2].first ?? 0, held) }
            return tilde(first).map { KeyPress($0, held) }
        case UInt8(ascii: "^"): return tilde(first).map { KeyPress($0, .control) }
        case UInt8(ascii: "$"): return tilde(first).map { KeyPress($0, .shift) }
        case UInt8(ascii: "@"): return tilde(first).map { KeyPress($0, [.control, .shift]) }
        case UInt8(ascii: "u"): return fields.isEmpty ? nil : character(first, held)
        case UInt8(ascii: "Z"): return KeyPress(.backTab, held.subtracting(.shift))
        case UInt8(ascii: "a")...UInt8(ascii: "d"):
            return letter(final - 0x20).map { KeyPress($0, .shift) }
        default:
            guard first == 1 else { return nil }
            return letter(final).map { KeyPress($0, held) }
        }
    }

    /// A key of the application keypad (`ESC O`); nil when it is none.
    static func singleShift(parameters: [UInt8], final: UInt8) -> KeyPress? {
        guard let fields = fields(parameters) else { return nil }
        let held = modifiers(fields.last?.first ?? 1)
        switch final {
        case UInt8(ascii: "M"): return KeyPress(.enter, held)
        case UInt8(ascii: "I"): return KeyPress(.tab, held)
        case UInt8(ascii: "X"): return KeyPress(.character("="), held)
        case UInt8(ascii: " "): return KeyPress(.character(" "), held)
        case UInt8(ascii: "a")...UInt8(ascii: "d"): return letter(final - 0x20).map { KeyPress($0, .control) }
        // The keypad's digits and signs are those of ASCII, 0x40 higher.
        case UInt8(ascii: "j")...UInt8(ascii: "y"):
            return KeyPress(.character(Character(Unicode.Scalar(final - 0x40))), held)
        default: return letter(final).map { KeyPress($0, held) }
        }
    }

    private static func letter(_ final: UInt8) -> Key? {
        switch final {
        case UInt8(ascii: "A"): .up
        case UInt8(ascii: "B"): .down
        case UInt8(ascii: "C"): .right
        case UInt8(ascii: "D"): .left
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "F"): .end
        case UInt8(ascii: "P")...UInt8(ascii: "S"): .function(Int(final) - 0x4F)
        default: nil
        }
    }

    private static func tilde(_ number: Int) -> Key? {
        switch number {
        case 1, 7: .home
        case 2: .insert
        case 3: .delete
        case 4, 8: .end
        case 5: .pageUp
        case 6: .pageDown
        case 11...15: .function(number - 10)
        case 17...21: .function(number - 11)
        case 23...26: .function(number - 12)
        case 28, 29: .function(number - 13)
        case 31...34: .function(number - 14)
        default: nil
        }
    }

    /// A key given by its code point (kitty keyboard protocol, xterm's modifyOtherKeys).
    private static func character(_ code: Int, _ held: KeyPress.Modifiers) -> KeyPress? {
        switch code {
        case 9: return held.contains(.shift) ? KeyPress(.backTab, held.subtracting(.shift)) : KeyPress(.tab, held)
        case 13, 57_414: return KeyPress(.enter, held)
        case 27: return KeyPress(.escape, held)
        case 8, 127: return KeyPress(.backspace, held)
        case 57_399...57_408: return KeyPress(.character(Character(Unicode.Scalar(UInt8(code - 57_399 + 0x30)))), held)
        case 57_376...57_387: return KeyPress(.function(code - 57_376 + 13), held)
        default: break
        }
        guard let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init),
            case .printable = ScalarClass(scalar)
        else { return nil }
        var character = Character(scalar)
        if held.contains(.shift), !held.contains(.control) {
            let upper = character.uppercased()
            if upper.count == 1, let only = upper.first { character = only }
        }
        return KeyPress(.character(character), held.subtracting(.shift))
    }

    /// Parameters separated by semicolons, each with sub-parameters separated by colons; nil for private ones.
    private static func fields(_ bytes: [UInt8]) -> [[Int]]? {
        guard bytes.allSatisfy({ (0x30...0x3B).contains($0) }) else { return nil }
        if bytes.isEmpty { return [] }
        return bytes.split(separator: 0x3B, omittingEmptySubsequences: false).map { field in
            field.split(separator: 0x3A, omittingEmptySubsequences: false).map { digits in
                digits.isEmpty ? 1 : digits.reduce(0) { min($0 * 10 + Int($1) - 0x30, 1 << 24) }
            }
        }
    }

    /// xterm's modifier parameter: one more than a sum of 1 Shift, 2 Alt, 4 Control (8 and above do not matter here).
    private static func modifiers(_ parameter: Int) -> KeyPress.Modifiers {
        KeyPress.Modifiers(rawValue: UInt8(max(0, parameter - 1) & 7))
    }
}

/// Mouse reports in SGR form: `button;column;row`, counted from one.
enum MouseReport {
    static func decode(_ body: some Collection<UInt8>, isRelease: Bool) -> MouseEvent? {
        let numbers = body.split(separator: 0x3B, omittingEmptySubsequences: false)
            .map { Int(String(decoding: $0, as: UTF8.self)) }
        guard numbers.count == 3, let code = numbers[0], let x = numbers[1], let y = numbers[2],
            (0..<256).contains(code), (1...65_535).contains(x), (1...65_535).contains(y)
        else { return nil }
        var held: KeyPress.Modifiers = []
        if code & 4 != 0 { held.insert(.shift) }
        if code & 8 != 0 { held.insert(.alt) }
        if code & 16 != 0 { held.insert(.control) }
        let position = Point(x - 1, y - 1)
        if code & 64 != 0 {
            guard !isRelease, code & 3 < 2 else { return nil }
            return MouseEvent(code & 1 == 0 ? .scrollUp : .scrollDown, at: position, held)
        }
        let buttons: [MouseEvent.Button] = [.left, .middle, .right]
        guard code & 128 == 0, code & 3 < 3 else { return nil }
        let button = buttons[code & 3]
        let action: MouseEvent.Action = isRelease ? .release(button) : code & 32 != 0 ? .drag(button) : .press(button)
        return MouseEvent(action, at: position, held)
    }
}
