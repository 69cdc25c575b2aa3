package import PulseAPI
package import PulseDomain
import PulseEngine

/// `pulse token`: personal tokens, by which scripts come in.
package struct TokenCommand: Sendable {
    private let context: CommandContext
    private let wishes: SettingsWishes
    private let isJSON: Bool
    private let time: any TimeSource

    package init(
        _ context: CommandContext, _ wishes: SettingsWishes, isJSON: Bool = false,
        time: any TimeSource = SystemClock()
    ) {
        self.context = context
        self.wishes = wishes
        self.isJSON = isJSON
        self.time = time
    }

    /// Makes a token and prints it, alone, on standard output; it is told this once. One that cannot be printed is taken
    /// back.
    ///
    /// - Parameter expires: After how long (`90d`) or when; `nil`: as the gateway has it, which is 90 days.
    package func create(_ name: String, scope: TokenScope, expires: String?) async throws {
        let wanted = NewToken(name: name, scope: scope, expiresAt: try expires.map(end))
        let made: PersonalToken = try await ask(APIRequest(.addToken, body: wanted.json))
        guard let secret = made.token else {
            throw CommandError(
                .failed, "The gateway made the token \(made.id), and did not tell it.",
                remedy: "Take it back: `pulse token revoke \(made.id)`.")
        }
        do {
            try context.output.print(isJSON ? try JSONText.document(JSONObject(made, at: time.now)) : secret + "\n")
        } catch {
            // Nobody will ever know it.
            _ = try? await client().send(Self.removal(of: made.id))
            throw error
        }
        context.output.note(
            "Made the token \(made.id) of scope \(made.scope.rawValue)\(made.expiresAt.map { ", good until \($0.iso8601ToSecond)" } ?? "")."
                + " It is not shown again; `pulse token revoke \(made.id)` takes it back.")
        if context.output.isReadableByOthers() {
            context.output.note("pulse: Others may read the file that it was written to. Close it: chmod 600 FILE.")
        }
    }

    package func list() async throws {
        let page: ItemPage<PersonalToken> = try await ask(
            APIRequest(.listTokens, Arguments(query: [Arguments.Value("limit", "1000")])))
        let now = time.now
        guard !isJSON else {
            return try context.output.print(try JSONText.document(page.items.map { JSONObject($0, at: now) }))
        }
        let rows = page.items.map { token in
            [
                token.id, token.name, token.scope.rawValue, token.createdAt.iso8601ToSecond,
                (token.isOver(at: now) ? "expired " : "") + (token.expiresAt?.iso8601ToSecond ?? "never"),
                token.lastUsedAt?.iso8601ToSecond ?? "never",
            ]
        }
        try context.output.print(
            TextTable(["ID", "NAME", "SCOPE", "MADE", "EXPIRES", "LAST USED"], rows: rows).text(
                context.output, least: 4_096, empty: "You have no personal tokens. `pulse token create NAME` makes one."
            ))
    }

    package func revoke(_ id: String) async throws {
        let client = try client()
        try await context.output.waiting(for: "Asking \(client.base)") {
            _ = try await client.send(Self.removal(of: id))
        }
        if isJSON {
            try context.output.print(try JSONText.document(["id": id, "is_revoked": true] as JSONObject))
        } else {
            try context.output.say("Took the token \(id) back: it is good for nothing any more.")
        }
    }

    // MARK: Parts

    private static func removal(of id: String) -> APIRequest { APIRequest(.removeToken, Arguments(path: ["id": id])) }

    private func client() throws -> APIClient {
        try PlaceFinder(context).team(
            wishes, orElse: "Personal tokens are a team's Pulse's: name one with --context NAME, or `pulse login URL`."
        ).client(context, time: time)
    }

    private func ask<Answer: Wire>(_ request: APIRequest) async throws -> Answer {
        let client = try client()
        return try await context.output.waiting(for: "Asking \(client.base)") { try await client.ask(request) }
    }

    private func end(_ typed: String) throws -> Instant {
        let now = time.now
        if let duration = TimeArguments.duration(typed) { return now + duration }
        if let instant = TimeArguments.instant(typed, after: now), instant > now { return instant }
        throw CommandError(
            .usage, "--expires \(typed) is no time that is to come.",
            remedy: "Give a duration such as 12h or 90d, or a time such as 2027-03-01.")
    }
}

extension PersonalToken {
    /// Whether it is good for nothing any more.
    fileprivate func isOver(at now: Instant) -> Bool { expiresAt.map { $0 <= now } ?? false }
}

extension JSONObject {
    /// As API v1 has it, with whether it has expired: the token itself is told when it is made, and null afterwards.
    fileprivate init(_ token: PersonalToken, at now: Instant) {
        self = [
            "id": token.id, "name": token.name, "scope": token.scope.rawValue, "created_at": token.createdAt.iso8601,
            "expires_at": token.expiresAt?.iso8601, "is_expired": token.isOver(at: now),
            "last_used_at": token.lastUsedAt?.iso8601, "token": token.token,
        ]
    }
}
