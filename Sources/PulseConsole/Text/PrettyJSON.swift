/// JSON with a line for each member, two spaces a level. What is no JSON, or was cut, comes out as far as it goes.
enum PrettyJSON {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var output: [UInt8] = []
        var depth = 0
        var isInString = false
        var isEscaped = false
        // An opening bracket waits for what follows: an empty object stays on its line.
        var opens = false
        func lineBreak() { output += [10] + Array(repeating: 32, count: min(depth, 40) * 2) }
        for byte in bytes {
            if isInString {
                output.append(byte)
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            if byte == 32 || byte == 9 || byte == 10 || byte == 13 { continue }
            let isClosing = byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
            if opens, !isClosing { lineBreak() }
            if isClosing {
                depth = max(0, depth - 1)
                if !opens { lineBreak() }
            }
            opens = false
            output.append(byte)
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                opens = true
            case UInt8(ascii: ","): lineBreak()
            case UInt8(ascii: ":"): output.append(32)
            case UInt8(ascii: "\""): isInString = true
            default: break
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// JSON in lines; other text as it is.
    static func readable(_ bytes: some Collection<UInt8>) -> String {
        looksLikeJSON(bytes) ? text(bytes) : String(decoding: bytes, as: UTF8.self)
    }

    /// Whether it begins as an object or a list does; other text is shown as it is.
    static func looksLikeJSON(_ bytes: some Collection<UInt8>) -> Bool {
        let first = bytes.first { $0 != 32 && $0 != 9 && $0 != 10 && $0 != 13 }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }
}
