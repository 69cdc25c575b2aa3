import PulseDomain

/// The failures of this connector, each with its sentence in one place.
enum GitHubFailures {
    /// Codes that paging reacts to.
    enum Code {
        static let cursorRefused = "github.cursor_refused"
        static let tooHeavy = "github.too_heavy"
    }

    static func make(_ kind: FailureClass, _ code: String, _ sentence: String, remedy: String) -> Failure {
        Failure(kind, code: "github.\(code)", sentence, remedy: remedy, endpoint: GitHubConnector.endpoint)
    }

    static let badCredentials = make(
        .unauthorised, "bad_credentials", "GitHub refused the token.",
        remedy: "Check that the token is whole and neither expired nor revoked, then configure the new one.")

    static func saml(_ said: String) -> Failure {
        make(
            .unauthorised, "saml",
            "GitHub's organisation asks for SAML sign-on and the token has not passed it\(said).",
            remedy: "Open the token's settings at GitHub, choose “Configure SSO” and authorise the organisation.")
    }

    static func forbidden(_ said: String) -> Failure {
        make(
            .unauthorised, "forbidden", "GitHub does not let this token do that\(said).",
            remedy: "Give the token read access to the repositories: metadata, contents, pull requests, deployments.")
    }

    static func missingScopes(_ said: String) -> Failure {
        make(
            .unauthorised, "missing_scopes", "The token lacks a scope\(said).",
            remedy: "Create a token with the scopes that GitHub names, and configure it.")
    }

    static func notFound(_ said: String) -> Failure {
        make(
            .notFound, "not_found", "GitHub knows no such thing, or hides it from this token\(said).",
            remedy: "Check the name, and whether the token may see it; private things look absent to others.")
    }

    static func rateLimited(_ said: String) -> Failure {
        make(
            .rateLimited, "rate_limited", "GitHub's hourly points are used up\(said).",
            remedy: "Nothing: it goes on when the limit resets.")
    }

    static func secondaryLimit(_ said: String) -> Failure {
        make(
            .rateLimited, "secondary_limit", "GitHub asks for fewer requests at a time\(said).",
            remedy: "Nothing: it goes on more slowly; lower the concurrency of the source if this stays so.")
    }

    /// The page, or when it cannot be made lighter, the server.
    static func tooHeavy(canBeLighter: Bool, _ said: String) -> Failure {
        canBeLighter
            ? make(
                .pageTooHeavy, "too_heavy", "GitHub could not put the page together in time\(said).",
                remedy: "Nothing: smaller pages are asked for.")
            : make(
                .transient, "timed_out", "GitHub could not answer a small request in time\(said).",
                remedy: "Nothing: it is tried again; look at githubstatus.com if this stays so.")
    }

    static func serverError(_ status: Int) -> Failure {
        make(
            .transient, "server_error", "GitHub answered with status \(status).",
            remedy: "Nothing: it is tried again; look at githubstatus.com if this stays so.")
    }

    static let cursorRefused = make(
        .contractBroken, "cursor_refused", "GitHub no longer knows a position in a list.",
        remedy: "Nothing: the list is walked again from a place that is known.")

    static let cursorRepeats = make(
        .contractBroken, "cursor_repeats",
        "GitHub gave the same position in a list twice, so the list would never end.",
        remedy: "Run it again later; report the kept page to GitHub if this stays so.")

    static let headVanished = make(
        .contractBroken, "head_vanished", "The default branch was rewritten again and again while it was read.",
        remedy: "Run it again when nobody rewrites the branch.")

    static func queryRefused(_ said: String) -> Failure {
        make(
            .contractBroken, "query_refused", "GitHub refused the query itself\(said).",
            remedy:
                "An old GitHub Enterprise Server may lack a field: update it, or report this with the server's version."
        )
    }

    static func unexpected(_ said: String) -> Failure {
        make(
            .contractBroken, "unexpected_answer", "GitHub's answer is not what its contract says\(said).",
            remedy: "Look at the kept page; run it again later.")
    }

    static let userAgentMissing = make(
        .ours, "user_agent_missing", "GitHub refused the request because it carries no User-Agent.",
        remedy: "Look for a proxy that takes the header away.")

    static let notGraphQL = make(
        .ours, "not_graphql", "No GraphQL interface answers at the configured address.",
        remedy: "Configure https://api.github.com/graphql, or https://HOST/api/graphql for GitHub Enterprise Server.")

    static let webPage = make(
        .contractBroken, "web_page", "A web page came where GitHub's answer was expected.",
        remedy: "Check the source's address, and any proxy or sign-on page between here and GitHub.")

    static func truncated(_ error: String) -> Failure {
        make(.transient, "truncated", "GitHub's answer was cut off. \(error)", remedy: "Nothing: it is tried again.")
    }

    static func nothingConfigured(_ source: SourceID) -> Failure {
        make(
            .ours, "nothing_configured", "The source \(source) names no organisation and no repository.",
            remedy: "Add organizations or repositories to the source.")
    }

    /// What GitHub said, fit for a sentence: `: “…”`, or nothing.
    static func quoted(_ text: String?) -> String {
        let line = text.map { VisibleText.line($0) } ?? ""
        return line.isEmpty ? "" : ": “\(line)”"
    }
}
