import PulseDomain
import PulseHTTP
import PulseJSON

/// Says what an answer of GitHub means, from status, headers and body.
enum GitHubVerdict {
    static func on(_ response: HTTPResponse, to request: SourceRequest) -> ResponseVerdict {
        var limits = GitHubLimits(response, bucket: request.bucket)
        let isHTML = response.headers["content-type"]?.lowercased().hasPrefix("text/html") == true
        let findings: Findings
        do {
            findings = try ReaderPool.shared.read(response.body, comesAgain: true) { root in
                limits.add(root, serverTime: LimitHeaders.serverTime(response.headers))
                return Findings(root)
            }
        } catch let error as JSONError {
            return verdict(
                onUnreadable: response, error, isHTML: isHTML || error.isMarkup, limits: limits, request: request)
        } catch {
            return ResponseVerdict(failure: GitHubFailures.unexpected(""), observations: [limits.observation()])
        }
        return verdict(response, findings, limits, request)
    }

    /// What a body says.
    private struct Findings {
        var message: String?
        var decisive: GraphQLErrors.Item?
        var hasErrors: Bool
        var hasData: Bool

        init(_ root: JSONValue) {
            message = root["message"].string
            let errors = GraphQLErrors(root)
            decisive = errors.decisive
            hasErrors = !errors.items.isEmpty
            hasData = root["data"].kind == .object
        }
    }

    private static func verdict(
        _ response: HTTPResponse, _ findings: Findings, _ limits: GitHubLimits, _ request: SourceRequest
    ) -> ResponseVerdict {
        let said = GitHubFailures.quoted(findings.decisive?.message ?? findings.message)
        if let limited = limitVerdict(response, findings, limits, said) { return limited }
        let failure: Failure? =
            switch response.status {
            case 200: Self.failure(findings, said, request)
            case 401: GitHubFailures.badCredentials
            case 403 where response.headers["x-github-sso"] != nil || said.contains("SAML"):
                GitHubFailures.saml(said)
            case 403: GitHubFailures.forbidden(said)
            case 404, 405, 410: GitHubFailures.notGraphQL
            case 300..<400: GitHubFailures.notGraphQL
            case 502, 504: GitHubFailures.tooHeavy(canBeLighter: canBeLighter(request), said)
            case 500...:
                findings.decisive?.kind == .tooHeavy
                    ? GitHubFailures.tooHeavy(canBeLighter: canBeLighter(request), said)
                    : GitHubFailures.serverError(response.status)
            default: GitHubFailures.unexpected(said)
            }
        return ResponseVerdict(failure: failure, observations: [limits.observation()])
    }

    /// Limits come with 200, 403 and 429 alike.
    private static func limitVerdict(
        _ response: HTTPResponse, _ findings: Findings, _ limits: GitHubLimits, _ said: String
    ) -> ResponseVerdict? {
        let isSecondary =
            findings.decisive?.kind == .secondary
            || findings.message.map(GraphQLErrors.mentionsSecondaryLimit) == true
        let isRefused = response.status == 403 || response.status == 429
        if isSecondary || response.status == 429 && !limits.isExhausted
            || isRefused && limits.retryAfter != nil && !limits.isExhausted
        {
            return ResponseVerdict(
                failure: GitHubFailures.secondaryLimit(said),
                observations: [limits.observation(retryAfter: limits.secondaryLimitWait, isSecondary: true)])
        }
        guard findings.decisive?.kind == .exhausted || isRefused && limits.isExhausted else { return nil }
        guard !limits.isExhausted, limits.remaining ?? 0 > 0 else {
            return ResponseVerdict(
                failure: GitHubFailures.rateLimited(said),
                observations: [limits.observation(retryAfter: limits.exhaustedWait)])
        }
        // The phantom: the body says that nothing is left while the headers count thousands. The figures are not
        // believed to block for an hour, and requests do not go on either.
        return ResponseVerdict(
            failure: GitHubFailures.secondaryLimit(said),
            observations: [limits.observation(isSecondary: true)])
    }

    private static func failure(_ findings: Findings, _ said: String, _ request: SourceRequest) -> Failure? {
        switch findings.decisive?.kind {
        case nil, .some(.element): findings.hasData ? nil : GitHubFailures.unexpected(said)
        case .exhausted: GitHubFailures.rateLimited(said)
        case .secondary: GitHubFailures.secondaryLimit(said)
        case .saml: GitHubFailures.saml(said)
        case .scopes: GitHubFailures.missingScopes(said)
        case .tooHeavy: GitHubFailures.tooHeavy(canBeLighter: canBeLighter(request), said)
        case .cursor: GitHubFailures.cursorRefused
        case .forbidden: GitHubFailures.forbidden(said)
        case .notFound: GitHubFailures.notFound(said)
        case .invalidQuery: GitHubFailures.queryRefused(said)
        case .unknown: GitHubFailures.unexpected(said)
        }
    }

    private static func verdict(
        onUnreadable response: HTTPResponse, _ error: JSONError, isHTML: Bool, limits: GitHubLimits,
        request: SourceRequest
    ) -> ResponseVerdict {
        func plain(_ failure: Failure) -> ResponseVerdict {
            ResponseVerdict(failure: failure, observations: [limits.observation()])
        }
        switch response.status {
        case 401: return plain(GitHubFailures.badCredentials)
        case 403 where limits.isExhausted:
            return ResponseVerdict(
                failure: GitHubFailures.rateLimited(""),
                observations: [limits.observation(retryAfter: limits.exhaustedWait)])
        case 403 where limits.retryAfter != nil, 429:
            return ResponseVerdict(
                failure: GitHubFailures.secondaryLimit(""),
                observations: [limits.observation(retryAfter: limits.secondaryLimitWait, isSecondary: true)])
        case 403 where request.http.headers["user-agent"] == nil || mentionsUserAgent(response.body):
            return plain(GitHubFailures.userAgentMissing)
        case 403: return plain(GitHubFailures.forbidden(""))
        case 300..<400, 404, 405, 410: return plain(GitHubFailures.notGraphQL)
        case 502, 504: return plain(GitHubFailures.tooHeavy(canBeLighter: canBeLighter(request), ""))
        case 500...: return plain(GitHubFailures.serverError(response.status))
        default: break
        }
        if isHTML { return plain(GitHubFailures.webPage) }
        return switch error {
        case .empty, .truncated: plain(GitHubFailures.truncated(error.sentence))
        default:
            plain(
                GitHubFailures.unexpected(
                    ": \(error.sentence.hasSuffix(".") ? String(error.sentence.dropLast()) : error.sentence)"))
        }
    }

    private static func mentionsUserAgent(_ body: [UInt8]) -> Bool {
        String(decoding: body.prefix(2_000), as: UTF8.self).contains("User-Agent")
    }

    /// Whether the same can be asked for in a smaller way: fewer records, or one without what has to be counted.
    private static func canBeLighter(_ request: SourceRequest) -> Bool {
        let body = request.http.body ?? []
        let found: Bool? = try? ReaderPool.shared.read(body) { root in
            let variables = root["variables"]
            return variables["first"].int64 ?? 1 > 1 || variables["full"].bool == true
        }
        return found ?? false
    }
}

extension JSONError {
    /// Whether it is a page of HTML or XML.
    var isMarkup: Bool {
        if case .notJSON(let start) = self { return start.hasPrefix("<") }
        return false
    }
}
