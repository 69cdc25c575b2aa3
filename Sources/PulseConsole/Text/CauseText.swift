import PulseTerminal

/// Why something cannot be reached, told by the cause: lines are cut at their end, and addresses are long.
struct CauseText: Hashable, Sendable {
    /// The cause alone: `connection refused`.
    var cause: String
    /// What it is about, as briefly as it can be told apart: `db.acme.internal:5433`; empty where nobody said.
    var place: String
    /// What else was said of it.
    private var verb = ""
    private var rest = ""

    /// Of a sentence as stores and links tell it: `postgres://pulse@db/pulse does not answer: connection refused.`
    init(_ sentence: String) {
        (cause, place) = (Self.withoutStop(sentence), "")
        for verb in Self.verbs {
            guard let range = sentence.firstRange(of: verb + ": ") else { continue }
            let subject = sentence[..<range.lowerBound]
            guard !subject.contains(". ") else { continue }
            let told = sentence[range.upperBound...]
            let end = told.firstRange(of: ". ")
            let detail = String(told[..<(end?.lowerBound ?? told.endIndex)])
            // What PostgreSQL's library begins with says again where it was tried.
            let cause = detail.ranges(of: " failed: ").last.map { String(detail[$0.upperBound...]) } ?? detail
            self.cause = Self.lowercased(Self.withoutStop(cause))
            (place, self.verb) = (Self.short(String(subject)), verb)
            rest = end.map { String(told[$0.upperBound...]) } ?? ""
            return
        }
        // The first half says who was asked, the second why in vain.
        guard let range = sentence.firstRange(of: " could not be asked. ") else { return }
        cause = Self.withoutStop(String(sentence[range.upperBound...]))
    }

    /// `connection refused (db.acme.internal)`
    var brief: String { place.isEmpty ? cause : "\(cause) (\(place))" }

    /// `Connection refused: db.acme.internal does not answer. Work goes on when it answers.`
    var whole: String {
        guard !verb.isEmpty else { return cause.isEmpty ? "" : cause + "." }
        let head = cause.prefix(1).uppercased() + cause.dropFirst()
        return "\(head): \(place)\(verb)." + (rest.isEmpty ? "" : " \(rest)")
    }

    private static let verbs = [
        " does not answer", " cannot be read or written", " cannot be reached", " cannot be opened",
    ]

    /// An address by its servers, a file by its name.
    static func short(_ place: String) -> String {
        let place = place.hasPrefix("The database ") ? String(place.dropFirst(13)) : place
        if place.hasPrefix("sqlite:") { return String(place.split(separator: "/").last ?? Substring(place)) }
        guard let scheme = place.firstRange(of: "://") else { return TerminalText.truncate(place, to: 40, .middle) }
        let rest = place[scheme.upperBound...]
        let servers = rest.lastIndex(of: "@").map { rest[rest.index(after: $0)...] } ?? rest
        // A socket's folder begins with a slash; the name of the database is not needed to tell servers apart.
        let end = servers.dropFirst().lastIndex(of: "/") ?? servers.endIndex
        return TerminalText.truncate(String(servers[..<end]), to: 40, .middle)
    }

    private static func withoutStop(_ text: String) -> String { text.hasSuffix(".") ? String(text.dropLast()) : text }

    /// A word that is no abbreviation goes on in small letters.
    private static func lowercased(_ text: String) -> String {
        guard let second = text.dropFirst().first, second.isLowercase else { return text }
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
