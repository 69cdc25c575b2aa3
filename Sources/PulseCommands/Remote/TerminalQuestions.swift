import Foundation
import Glibc
import PulseTerminal

/// Asks a person at the terminal, wherever output goes.
package struct TerminalQuestions: Sendable {
    /// Asks and gives the line; `nil` at the end of input. What is typed to a secret one is not shown.
    package var ask: @Sendable (_ question: String, _ isSecret: Bool) throws -> String?

    package init(ask: @escaping @Sendable (_ question: String, _ isSecret: Bool) throws -> String?) { self.ask = ask }

    /// The controlling terminal of this process; `nil` when it has none.
    package static var terminal: TerminalQuestions? {
        let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        close(descriptor)
        return TerminalQuestions { question, isSecret in try line(question, isSecret) }
    }

    private static func line(_ question: String, _ isSecret: Bool) throws -> String? {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        defer { close(terminal) }
        // Keys that end the process from a terminal are read as any other.
        let line = try ModeChange.without(ECHO | ICANON | ISIG, on: terminal) {
            Answer(text: try typed(question, isSecret, on: terminal))
        }
        guard let line else {
            throw CommandError(.failed, "The terminal cannot be read.", remedy: "Give a token with --token-file.")
        }
        return line.text
    }

    /// What was typed; `nil` at the end of input.
    private struct Answer { var text: String? }

    /// Reads byte by byte.
    private static func typed(_ question: String, _ isSecret: Bool, on terminal: Int32) throws -> String? {
        var size = winsize()
        let width = ioctl(terminal, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
        let lines = SentenceWrap.lines(of: question, to: width)
        show(lines.joined(separator: "\r\n") + (lines.count > 1 ? " " : ""), on: terminal)
        defer { show("\r\n", on: terminal) }
        var typed: [UInt8] = []
        while true {
            var byte: UInt8 = 0
            let count = read(terminal, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return nil }
            switch byte {
            case 0x0A, 0x0D: return String(decoding: typed, as: UTF8.self)
            case 0x03: throw CommandError(.interrupted, "Nothing was changed.")
            case 0x04: if typed.isEmpty { return nil }
            case 0x08, 0x7F:
                guard !typed.isEmpty else { continue }
                // A character of several bytes goes as a whole.
                while let last = typed.popLast(), last & 0xC0 == 0x80 {}
                if !isSecret { show("\u{8} \u{8}", on: terminal) }
            case 0x15:
                if !isSecret {
                    let shown = String(decoding: typed, as: UTF8.self).count
                    show(String(repeating: "\u{8} \u{8}", count: shown), on: terminal)
                }
                typed = []
            case 0x00..<0x20: break
            default:
                guard typed.count < 1_024 else { continue }
                typed.append(byte)
                if !isSecret { show([byte], on: terminal) }
            }
        }
    }

    private static func show(_ text: String, on terminal: Int32) { show(Array(text.utf8), on: terminal) }

    private static func show(_ bytes: [UInt8], on terminal: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
        }
    }
}
