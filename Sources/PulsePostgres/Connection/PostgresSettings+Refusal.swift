import CLibpq
import Glibc

extension PostgresSettings {
    /// Why libpq refuses the settings before it sends anything, to stand after a colon; `nil` when it does not. Settings
    /// of its environment and service file count, as when it connects.
    ///
    /// It is given a socket that there is not instead of the servers: whatever it says that is not about that socket is
    /// about a setting. Only the setting is repeated, never its value.
    func refusal(of parts: [String: String]) -> String? {
        var given = parts.filter { !["host", "hostaddr", "port"].contains($0.key) }
        given["host"] = Self.nowhere
        // An address that comes from elsewhere is not to be tried: this machine has nobody at that port.
        if parts["service"] != nil || getenv("PGSERVICE") != nil || getenv("PGHOSTADDR") != nil {
            (given["hostaddr"], given["port"]) = (Self.loopback, "1")
        }
        let strings = given.map { (strdup($0.key), strdup($0.value)) }
        defer { for (name, value) in strings { free(name); free(value) } }
        let names: [UnsafePointer<CChar>?] = strings.map { UnsafePointer($0.0) } + [nil]
        let values: [UnsafePointer<CChar>?] = strings.map { UnsafePointer($0.1) } + [nil]
        guard let handle = PQconnectStartParams(names, values, 0) else { return nil }
        defer { PQfinish(handle) }
        let text = String(cString: PQerrorMessage(handle))
        guard PQstatus(handle) == CONNECTION_BAD, !text.contains(Self.nowhere), !text.contains(Self.loopback) else {
            return nil
        }
        return Self.sentence(of: text, given: Set(parts.keys))
    }

    private static let nowhere = "/nonexistent/pulse"
    private static let loopback = "127.0.0.1"

    /// Values that people write, of the settings that they write most often (manual, "Parameter Key Words").
    private static let choices = [
        "sslmode": "disable, allow, prefer, require, verify-ca or verify-full",
        "target_session_attrs": "any, read-write, read-only, primary, standby or prefer-standby",
        "channel_binding": "disable, prefer or require", "gssencmode": "disable, prefer or require",
    ]

    private static func sentence(of text: String, given: Set<String>) -> String {
        if text.contains("service") { return "the service that it names is not in libpq's service file" }
        let words = Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
        guard let name = names.intersection(words).max(by: { $0.utf8.count < $1.utf8.count }) else {
            return "libpq refuses one of its settings"
        }
        let place = given.contains(name) ? "" : " (from libpq's environment)"
        return "\(name)\(place) has a value that libpq does not take"
            + (choices[name].map { "; it is \($0)" } ?? "")
    }
}
