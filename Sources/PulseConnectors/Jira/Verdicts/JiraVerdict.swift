import PulseDomain
import PulseHTTP
import PulseJSON

/// What an answer of Jira means, from status, headers and body alone.
struct JiraVerdict {
    let response: HTTPResponse
    let request: SourceRequest

    /// A page token that is not accepted (any more); walks start anew from what they have seen.
    static let tokenRejected = "jira.search.token_rejected"
    /// Signed in, and not allowed to see this.
    static let forbidden = "jira.forbidden"

    var verdict: ResponseVerdict { ResponseVerdict(failure: failure, observations: observations) }

    private var endpoint: EndpointID { request.endpoint }

    var failure: Failure? {
        // Sent with 200 as well: the login was wrong, and we would be shown what everybody may see.
        if let reason = response.headers["X-Seraph-LoginReason"], reason.contains("AUTHENTICATED_FAILED") {
            return wrongLogin("refused the user name or the token")
        }
        if isCaptcha { return captcha }
        switch response.status {
        case 200...299: return failureOfSuccess
        case 300...399: return redirect
        case 400: return badRequest
        case 401: return wrongLogin("refused the user name or the token")
        case 403: return forbidden
        case 404: return notFound
        case 408, 425: return transient
        case 410: return removed
        case 413: return tooHeavy
        case 429: return limited
        case 503 where (LimitHeaders.retryAfter(response.headers) ?? .zero) > .zero: return limited
        case 502, 504, 524: return isHeavy ? tooHeavy : transient
        case 500...: return transient
        default: return refused
        }
    }

    // MARK: Success that is none

    private var failureOfSuccess: Failure? {
        if isHTML {
            let page = String(decoding: response.body.prefix(65_536), as: UTF8.self).lowercased()
            let isLogin = ["login", "log in", "signin", "sign in", "id.atlassian.com"].contains { page.contains($0) }
            return isLogin || response.url.contains("login")
                ? wrongLogin("answered with its login page")
                : Failure(
                    .contractBroken, code: "jira.html", "\(site) answered \(what) with a web page instead of data.",
                    remedy: "Check the address of the source and any proxy between; open the site in a browser.",
                    endpoint: endpoint)
        }
        // All answers are objects or arrays. One that does not end as such was cut, whatever its length says.
        guard let last = response.body.last(where: { !Self.isSpace($0) }) else {
            return transient("answered \(what) with an empty body", code: "jira.body.empty")
        }
        guard last == UInt8(ascii: "}") || last == UInt8(ascii: "]") else { return unfinished }
        return nil
    }

    /// What an answer is that does not end as JSON does. Only now is it read: a page comes this way once.
    private var unfinished: Failure {
        do {
            try ReaderPool.shared.read(response.body) { _ in }
        } catch JSONError.tooDeep(let limit, let byte) {
            // Asked for again it would be as deep, whether or not it was also cut.
            return JiraFailure.unreadable(
                .tooDeep(limit: limit, atByte: byte), "The answer to \(what)", endpoint: endpoint)
        } catch JSONError.notJSON(let beginning) {
            return transient(
                "answered \(what) with something that is not JSON and begins with “\(beginning)”",
                code: "jira.body.not_json")
        } catch {}
        return transient("broke off its answer to \(what)", code: "jira.body.cut")
    }

    private var isHTML: Bool {
        if response.headers["Content-Type"]?.lowercased().hasPrefix("text/html") == true { return true }
        return response.body.first { !Self.isSpace($0) } == UInt8(ascii: "<")
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    // MARK: Refusals

    private var redirect: Failure {
        let target = response.headers["Location"] ?? ""
        if target.lowercased().contains("login") { return wrongLogin("sends us to its login page") }
        return Failure(
            .contractBroken, code: "jira.moved", "\(site) has moved: it redirects \(what).",
            remedy: "Set url to the address at which the site is found in a browser.", endpoint: endpoint)
    }

    private var badRequest: Failure {
        let lowercased = serverMessage.lowercased()
        if endpoint == JiraEndpoint.search || endpoint == JiraEndpoint.census {
            if lowercased.contains("does not exist for the field 'project'") {
                return Failure(
                    .notFound, code: "jira.project.gone", "\(site) knows no such project\(clause).",
                    remedy: "Check the project's key and that the account may browse it; without a valid login all "
                        + "projects look like this.", endpoint: endpoint)
            }
            if hasToken {
                return Failure(
                    .contractBroken, code: Self.tokenRejected,
                    "\(site) does not accept the page token any more\(clause).",
                    remedy: "Resume the run: the search is begun anew from the newest change that was seen.",
                    endpoint: endpoint)
            }
            return Failure(
                .contractBroken, code: "jira.jql.refused", "\(site) refuses the search\(clause).",
                remedy: "Check that the project can be searched in the issue navigator by the same account.",
                endpoint: endpoint)
        }
        if endpoint == JiraEndpoint.sprints, lowercased.contains("does not support sprints") {
            return Failure(
                .notFound, code: "jira.board.no_sprints", "The board does not support sprints.",
                remedy: "Nothing; it has none.", endpoint: endpoint)
        }
        return refused
    }

    private var hasToken: Bool {
        let needle = Array(#""nextPageToken":"#.utf8)
        guard let body = request.http.body, body.count >= needle.count else { return false }
        return body.indices.contains { body[$0...].starts(with: needle) }
    }

    private var forbidden: Failure {
        if response.headers["RateLimit-Reason"] != nil
            || (LimitHeaders.retryAfter(response.headers) ?? .zero) > .zero
        {
            return limited
        }
        return Failure(
            .unauthorised, code: Self.forbidden, "\(site) does not allow us to read \(what)\(clause).",
            remedy: "Give the account the permission, or the token the scope, to read it.", endpoint: endpoint)
    }

    private var isCaptcha: Bool {
        response.headers["X-Authentication-Denied-Reason"]?.contains("CAPTCHA") == true
            || response.headers["X-Seraph-LoginReason"]?.contains("AUTHENTICATION_DENIED") == true
    }

    private var captcha: Failure {
        Failure(
            .unauthorised, code: "jira.captcha", "\(site) asks for a CAPTCHA after failed logins.",
            remedy: "Log in once in a browser with the account and solve it; then check user and token.",
            endpoint: endpoint)
    }

    private func wrongLogin(_ happened: String) -> Failure {
        Failure(
            .unauthorised, code: "jira.unauthorised", "\(site) \(happened).",
            remedy: "Check user and token of the source: Cloud takes an e-mail address and an API token, Data Center a "
                + "personal access token without a user.", endpoint: endpoint)
    }

    private var notFound: Failure {
        let code =
            switch endpoint {
            case JiraEndpoint.comments, JiraEndpoint.worklogs, JiraEndpoint.changelog: "jira.issue.gone"
            case JiraEndpoint.versions, JiraEndpoint.search, JiraEndpoint.census: "jira.project.gone"
            case JiraEndpoint.boards, JiraEndpoint.sprints: "jira.board.gone"
            default: "jira.not_found"
            }
        let remedy =
            endpoint == JiraEndpoint.identity
            ? "Check the address of the source: it must be that of the site, with the context path if there is one."
            : "It was deleted, or the account may not see it."
        return Failure(
            .notFound, code: code, "\(site) does not know \(what)\(clause).", remedy: remedy, endpoint: endpoint)
    }

    private var removed: Failure {
        Failure(
            .contractBroken, code: "jira.api.removed", "\(site) has removed \(what)\(clause).",
            remedy: "Update Pulse; until then this stream cannot be loaded.", endpoint: endpoint)
    }

    private var refused: Failure {
        Failure(
            .contractBroken, code: "jira.request.refused",
            "\(site) refuses \(what) with status \(response.status)\(clause).",
            remedy: "Check the address of the source and any proxy between; else report it as a mistake of Pulse.",
            endpoint: endpoint)
    }

    // MARK: Trouble that passes

    private var limited: Failure {
        Failure(
            .rateLimited, code: "jira.rate_limited", "\(site) asked us to send fewer requests\(limitReason).",
            remedy: "Nothing: it goes on by itself when the limit allows.", endpoint: endpoint)
    }

    private var limitReason: String {
        response.headers["RateLimit-Reason"].map { " (\(VisibleText.line($0, limit: 60)))" } ?? ""
    }

    /// Requests whose cost grows with the page.
    private var isHeavy: Bool {
        switch endpoint {
        case JiraEndpoint.search, JiraEndpoint.census, JiraEndpoint.changelog, JiraEndpoint.comments,
            JiraEndpoint.worklogs, JiraEndpoint.versions:
            true
        default: false
        }
    }

    private var tooHeavy: Failure {
        Failure(
            .pageTooHeavy, code: "jira.page.too_heavy",
            "\(site) could not put together \(what) in time (status \(response.status)).",
            remedy: "Nothing: it is asked for again in smaller pages.", endpoint: endpoint)
    }

    private var transient: Failure {
        transient("answered \(what) with status \(response.status)", code: "jira.server.\(response.status)")
    }

    private func transient(_ happened: String, code: String) -> Failure {
        Failure(
            .transient, code: code, "\(site) \(happened).",
            remedy: "Nothing: it is tried again. If it stays so, look at the status page of the site.",
            endpoint: endpoint)
    }

    // MARK: Words

    private var site: String {
        let rest = request.http.url.drop { $0 != ":" }.dropFirst(3)
        return String(rest.prefix { $0 != "/" }.split(separator: "@").last ?? "Jira")
    }

    private var what: String { "the request for \(endpoint)" }

    private var clause: String {
        let message = serverMessage
        return message.isEmpty ? "" : ": \(message)"
    }

    private var serverMessage: String { JiraErrorText.message(of: response.body) }
}
