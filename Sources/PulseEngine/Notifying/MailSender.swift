package import PulseDomain

/// Hands mails to a command, as sendmail takes them: the message on standard input, 0 when it was taken.
package struct MailSender: AlertSender {
    /// Runs a shell command with an input; `nil` when it ended with 0, else why not, as a sentence.
    package typealias Program = @Sendable (_ command: String, _ input: [UInt8]) async -> String?

    private let command: String
    private let from: String
    private let to: [String]
    private let program: Program

    package init(command: String, from: String, to: [String], program: @escaping Program) {
        self.command = command
        self.from = from
        self.to = to
        self.program = program
    }

    package func send(_ message: AlertMessage, now: Instant) async -> DeliveryAnswer {
        if let problem = await program(command, mail(message)) { return .failed(problem) }
        return .accepted("the mail program took it")
    }

    /// The message as RFC 5322 has it, in UTF-8. Lines end with a line feed alone, as sendmail expects its input.
    func mail(_ message: AlertMessage) -> [UInt8] {
        let domain = from.split(separator: "@").last.map { Self.line(String($0).filter { $0 != ">" }) } ?? "localhost"
        let headers = [
            ("From", Self.line(from)), ("To", to.map { Self.line($0) }.joined(separator: ", ")),
            ("Subject", Self.encoded(Self.line(message.subject))), ("Date", Self.date(message.at)),
            // The same for every try: who gets it twice sees one.
            ("Message-ID", "<\(message.id)@\(domain)>"),
            ("Auto-Submitted", "auto-generated"), ("X-Pulse-Alert", Self.encoded(Self.line(message.alert.id))),
            ("MIME-Version", "1.0"), ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "base64"),
        ]
        let head = headers.map { "\($0): \($1)\n" }.joined()
        let body = Base64.encode(Array(message.text.utf8))
        // At most 76 characters a line (RFC 2045 §6.8).
        let lines = stride(from: 0, to: body.utf8.count, by: 76).map { start in
            String(body.dropFirst(start).prefix(76))
        }
        return Array((head + "\n" + lines.joined(separator: "\n") + "\n").utf8)
    }

    /// One line of at most 400 characters: what comes from outside begins no header of its own.
    private static func line(_ text: String) -> String {
        let plain = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }
        return String(String(plain).prefix(400))
    }

    /// Words in other letters than ASCII, as headers have them (RFC 2047 §4.1): each of at most 75 characters.
    private static func encoded(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { return text }
        var words: [String] = []
        var word: [UInt8] = []
        for character in text {
            let bytes = Array(String(character).utf8)
            if !word.isEmpty, word.count + bytes.count > 42 {
                words.append(Base64.encode(word))
                word = []
            }
            word += bytes
        }
        if !word.isEmpty { words.append(Base64.encode(word)) }
        return words.map { "=?utf-8?B?\($0)?=" }.joined(separator: "\n ")
    }

    /// `Mon, 23 Nov 2026 00:30:00 +0000`.
    static func date(_ instant: Instant) -> String {
        let civil = instant.civil
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(days[instant.weekday]), \(two(civil.day)) \(months[civil.month - 1]) \(civil.year) "
            + "\(two(civil.hour)):\(two(civil.minute)):\(two(civil.second)) +0000"
    }
}
