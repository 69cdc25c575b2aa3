import CLibpq

extension PostgresSettings {
    /// Whether a text is meant as a connection string: an address, or pairs that begin with one of libpq's names.
    package static func isConnectionString(_ text: String) -> Bool {
        if isAddress(text) { return true }
        let name = text.prefix { $0 != "=" }
        guard name.endIndex < text.endIndex, let word = name.split(separator: " ").first else { return false }
        return name.split(separator: " ").count == 1 && names.contains(String(word))
    }

    private static func isAddress(_ text: String) -> Bool {
        text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
    }

    /// What libpq can be told in a connection string.
    static let names: Set<String> = {
        guard let options = PQconninfoParse("", nil) else { return [] }
        defer { PQconninfoFree(options) }
        return Set(list(options).map(\.name))
    }()

    private static func list(_ options: UnsafeMutablePointer<PQconninfoOption>) -> [(name: String, value: String?)] {
        var list: [(name: String, value: String?)] = []
        var option = options
        // The last one has no keyword (manual, `PQconninfoParse`).
        while let keyword = option.pointee.keyword {
            list.append((String(cString: keyword), option.pointee.val.map { String(cString: $0) }))
            option += 1
        }
        return list
    }

    /// What is wrong with the connection string, to stand after a colon; `nil` when nothing is. It repeats nothing of the
    /// string: where libpq stumbles, a password may be.
    package var formProblem: String? {
        do {
            return refusal(of: try parts())
        } catch {
            return error.message
        }
    }

    /// The parts of the connection string, passwords among them. Throws when they cannot be told; the message does not
    /// repeat it.
    func parts() throws(PostgresError) -> [String: String] {
        var problem: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(connection, &problem) else {
            defer { PQfreemem(problem) }
            let text = problem.map { String(cString: $0) } ?? "out of memory"
            throw PostgresError(kind: .address, state: "", message: Self.meaning(of: text))
        }
        defer { PQconninfoFree(options) }
        let given = Self.list(options).compactMap { option in option.value.map { (option.name, $0) } }
        let parts = Dictionary(given) { $1 }
        if let problem = Self.problem(with: parts, isAddress: Self.isAddress(connection)) {
            throw PostgresError(kind: .address, state: "", message: problem)
        }
        return parts
    }

    /// The words are those of `fe-connect.c`.
    private static func meaning(of problem: String) -> String {
        let meanings = [
            ("missing \"=\"", "it is neither an address nor name=value pairs"),
            ("invalid URI query parameter", "a setting after the ? has a name that libpq does not know"),
            ("invalid connection option", "it has a setting that libpq does not know"),
            ("separator \"=\"", "what follows the ? is not name=value, with & between them"),
            ("percent-encoded", "a % is not followed by two hexadecimal digits; a % itself is written %25"),
            ("unterminated quoted", "a quotation mark is not closed"),
            ("IPv6", "the address in square brackets is not right"),
            ("unexpected character", "after the server a : or a / is expected"),
        ]
        return meanings.first { problem.contains($0.0) }?.1 ?? "libpq cannot read it"
    }

    /// Settings that libpq reads as numbers only while it connects (`fe-connect.c`, `parse_int_param`).
    private static let numbers = [
        "connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count",
        "tcp_user_timeout",
    ]

    /// A password with characters that divide an address ends up in other parts, which are shown.
    private static func problem(with parts: [String: String], isAddress: Bool) -> String? {
        let ports = (parts["port"] ?? "").split(separator: ",")
        let encode = "@ : / ? # % within user and password are written %40 %3A %2F %3F %23 %25"
        guard ports.allSatisfy({ UInt16($0).map { $0 > 0 } == true }) else {
            return isAddress ? "the port is no number; \(encode)" : "the port is no number from 1 to 65535"
        }
        for name in numbers {
            guard let value = parts[name], Int(value.filter { $0 != " " }) == nil else { continue }
            return "\(name) is no whole number"
        }
        let hosts = (parts["host"] ?? "").split(separator: ",")
        // A socket in the abstract namespace begins with @ (manual, "Parameter Key Words").
        let isDivided = hosts.contains { $0.dropFirst().contains("@") } || (parts["dbname"] ?? "").contains("@")
        return isAddress && isDivided ? "it has an @ too many; \(encode)" : nil
    }

    /// Where it is and as whom, for people: without password and options.
    package var location: String {
        guard let parts = try? parts() else { return "postgres" }
        let name = parts["dbname"] ?? parts["service"] ?? parts["user"] ?? ""
        let user = parts["user"].map { $0 + "@" } ?? ""
        return "postgres://\(user)\(Self.servers(of: parts).joined(separator: ","))/\(name)"
    }

    /// As it may be typed again, and shown: whole, without passwords.
    package var withoutPassword: String {
        guard let parts = try? parts() else { return "postgres" }
        let user = parts["user"].map { Self.encoded($0) + "@" } ?? ""
        let servers = Self.servers(of: parts.filter { $0.key != "hostaddr" }, written: Self.encoded)
        let told: Set<String> = ["user", "host", "port", "dbname", "password", "sslpassword"]
        let settings = parts.filter { !told.contains($0.key) }.sorted { $0.key < $1.key }
            .map { "\($0.key)=\(Self.encoded($0.value))" }.joined(separator: "&")
        return "postgres://\(user)\(servers.joined(separator: ","))/\(Self.encoded(parts["dbname"] ?? ""))"
            + (settings.isEmpty ? "" : "?\(settings)")
    }

    /// Whether a password stands in the connection string, where others may read it.
    package var hasPassword: Bool {
        guard let parts = try? parts() else { return false }
        return parts["password"].map { !$0.isEmpty } ?? false
    }

    private static func servers(
        of parts: [String: String], written: (String) -> String = { $0 }
    ) -> [String] {
        let hosts = (parts["host"] ?? parts["hostaddr"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        let ports = (parts["port"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        return hosts.enumerated().map { index, host in
            let port = ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : ""
            return written(String(host)) + (port.isEmpty || port == "5432" ? "" : ":\(port)")
        }
    }

    /// With a percent sign for each byte that is not unreserved (RFC 3986, 2.3).
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}

/// What is printed of it, by mistake too, has no password.
extension PostgresSettings: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { location }
    package var debugDescription: String { location }
}

/// Messages of libpq go on with hints and end with a line feed.
func firstLine(_ text: String) -> String {
    clause(text.split(whereSeparator: \.isNewline).first ?? text[...])
}

/// What each server said, as one clause: without libpq's hints, which are indented (`fe-connect.c`), without what the server
/// said besides (`DETAIL:  `, `HINT:  `, in lines of their own; `fe-protocol3.c`), and without a full stop.
func withoutHints(_ text: String) -> String {
    var clauses: [String] = []
    var isAside = false
    for line in text.split(whereSeparator: \.isNewline) where line.first != "\t" {
        // An aside lasts until the next server is tried.
        if line.hasPrefix("connection to server") || line.hasPrefix("could not") { isAside = false }
        if ["DETAIL:", "HINT:", "CONTEXT:", "LOCATION:"].contains(where: line.hasPrefix) { isAside = true }
        guard !isAside else { continue }
        clauses.append(clause(line.replacing("failed: FATAL:  ", with: "failed: ")))
    }
    return clauses.isEmpty ? clause(text[...]) : clauses.joined(separator: "; ")
}

/// Without the full stops and blanks at the end.
private func clause(_ text: some StringProtocol) -> String {
    String(text.reversed().drop { $0 == "." || $0.isWhitespace }.reversed())
}
