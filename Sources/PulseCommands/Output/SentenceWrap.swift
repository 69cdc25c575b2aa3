import PulseTerminal

/// Breaks sentences into lines between words, never within one: a command, a path or an address that is longer than a
/// line stands on one that is too long, so that it can be copied.
enum SentenceWrap {
    /// A line of safe text as lines of `width` columns. What follows begins as far in as it does.
    static func lines(of line: String, to width: Int) -> [String] {
        guard TerminalText.width(line) > width else { return [line] }
        let indent = String(line.prefix { $0 == " " })
        var lines: [String] = []
        var current = indent
        for word in words(of: line.dropFirst(indent.count), within: width - indent.count) {
            if current == indent {
                current += word
            } else if TerminalText.width(current) + 1 + TerminalText.width(word) <= width {
                current += " " + word
            } else {
                lines.append(current)
                current = indent + word
            }
        }
        return lines + [current]
    }

    /// What is not divided: words, and commands in backquotes that fit into a line.
    private static func words(of text: Substring, within width: Int) -> [String] {
        var words: [String] = []
        var command: [String] = []
        for word in text.split(separator: " ").map(String.init) {
            let opensOrCloses = word.count { $0 == "`" } % 2 == 1
            guard opensOrCloses || !command.isEmpty else {
                words.append(word)
                continue
            }
            command.append(word)
            guard opensOrCloses, command.count > 1 else { continue }
            let whole = command.joined(separator: " ")
            words += TerminalText.width(whole) <= width ? [whole] : command
            command = []
        }
        return words + command
    }
}
