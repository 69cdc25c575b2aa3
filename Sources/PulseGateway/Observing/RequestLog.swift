import Glibc
import PulseAPI
import PulseDomain

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

    private let write: @Sendable (String) -> Void

    init(write: @escaping @Sendable (String) -> Void) { self.write = write }

    static let standardError = RequestLog { line in
        var line = line + "\n"
        line.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)[...]
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
        var members: [(String, FlatJSON.Value)] = [
            ("at", .text(entry.at.iso8601)), ("level", .text(entry.status >= 500 ? "error" : "info")),
            ("message", .text("request")), ("route", .text(entry.route?.rawValue ?? "none")),
            ("method", .text(String(entry.method.prefix(16)))), ("status", .number(Int64(entry.status))),
            ("duration_us", .number(entry.duration.inMicroseconds)), ("address", .text(entry.address)),
            ("correlation", .text(entry.correlation.rawValue)),
        ]
        if let principal = entry.principal { members.append(("principal", .text(principal))) }
        if let tenant = entry.tenant { members.append(("tenant", .text(tenant))) }
        if let cause = entry.cause { members.append(("cause", .text(cause))) }
        if let code = entry.code { members.append(("code", .text(code))) }
        write(FlatJSON(members).json)
    }

    /// Something that is not about one request.
    func note(_ level: LogLevel, _ message: String, at now: Instant, _ facts: [(String, String)] = []) {
        let members: [(String, FlatJSON.Value)] =
            [("at", .text(now.iso8601)), ("level", .text(level.rawValue)), ("message", .text(message))]
            + facts.map { ($0.0, .text($0.1)) }
        write(FlatJSON(members).json)
    }
}
