/// Copying through the terminal (OSC 52), which works over SSH.
enum Clipboard {
    /// The most bytes that terminals in wide use accept in one sequence is about 100 kB; of text, three quarters.
    static let maximumInBytes = 74_994

    /// What to send; nil when the text is too long. tmux passes it on when wrapped (`allow-passthrough`), and takes it
    /// for itself otherwise (`set-clipboard`), so both forms are sent.
    static func sequence(for text: String, isInsideTmux: Bool) -> [UInt8]? {
        guard text.utf8.count <= maximumInBytes else { return nil }
        let plain = Array("\u{1B}]52;c;".utf8) + base64(Array(text.utf8)) + [0x07]
        guard isInsideTmux else { return plain }
        var wrapped = Array("\u{1B}Ptmux;".utf8)
        for byte in plain { wrapped += byte == 0x1B ? [0x1B, 0x1B] : [byte] }
        return plain + wrapped + Array("\u{1B}\\".utf8)
    }

    /// RFC 4648 section 4.
    static func base64(_ bytes: [UInt8]) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0..<4 {
                result.append(index <= group.count ? alphabet[value >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
            }
        }
        return result
    }
}
