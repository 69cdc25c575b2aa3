import Glibc
import PulseAPI
import PulseDomain
import PulseJSON

/// One line of JSON for each request, on standard error. Addresses with their queries and tokens are never in it.
struct RequestLog: Sendable {
    struct Entry: Sendable {
        var at: Instant
        var route: RouteID?
        var method: String
        var status: Int
        var duration: Duration
        var principal: String?
        var tenant: String?
        var address: String
        var correlation: CorrelationID
        /// Of a problem: its code.
        var code: String?
        /// Of an error that nobody foresaw: its type.
        var cause: String?
    }

    /// Takes whole lines, with their ends.
    private let write: @Sendable ([UInt8]) -> Void

    init(write: @escaping @Sendable ([UInt8]) -> Void) { self.write = write }

    static let standardError = RequestLog { line in
        line.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while let begin = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
                let count = Glibc.write(STDERR_FILENO, begin, rest.count)
                // Nobody hears a log that cannot be written; requests are answered all the same.
                guard count > 0 || errno == EINTR else { return }
                rest = rest.dropFirst(max(0, count))
            }
        }
    }
    static let silent = RequestLog { _ in }

    func note(_ entry: Entry) {
        line { writer in
            Self.begin(&writer, at: entry.at, entry.status >= 500 ? "error" : "info", "request")
            Self.text(&writer, "route", entry.route?.rawValue ?? "none")
            Self.text(&writer, "method", String(entry.method.prefix(16)))
            writer.name("status")
            writer.int(Int64(entry.status))
            writer.name("duration_us")
            writer.int(entry.duration.inMicroseconds)
            Self.text(&writer, "address", entry.address)
            Self.text(&writer, "correlation", entry.correlation.rawValue)
            if let principal = entry.principal { Self.text(&writer, "principal", principal) }
            if let tenant = entry.tenant { Self.text(&writer, "tenant", tenant) }
            if let cause = entry.cause { Self.text(&writer, "cause", cause) }
            if let code = entry.code { Self.text(&writer, "code", code) }
        }
    }

    private func line(_ members: (inout JSONWriter) -> Void) {
        var bytes = JSONWriter.document { writer in writer.object { members(&$0) } }
        bytes.append(UInt8(ascii: "\n"))
        write(bytes)
    }

    private static func begin(_ writer: inout JSONWriter, at now: Instant, _ level: String, _ message: String) {
        text(&writer, "at", now.iso8601)
        text(&writer, "level", level)
        text(&writer, "message", message)
    }

    private static func text(_ writer: inout JSONWriter, _ name: String, _ value: String) {
        writer.name(name)
        writer.string(value)
    }

    /// Something that is not about one request.
    func note(_ level: LogLevel, _ message: String, at now: Instant, _ facts: [(String, String)] = []) {
        line { writer in
            Self.begin(&writer, at: now, level.rawValue, message)
            for (name, value) in facts { Self.text(&writer, name, value) }
        }
    }
}
