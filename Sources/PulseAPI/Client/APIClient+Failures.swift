import PulseDomain
import PulseHTTP

extension HTTPResponse {
    /// The server, or one before it, has a trouble that passes.
    var isTransientTrouble: Bool { (502...504).contains(status) || status == 429 }
}

extension APIClient {
    /// The response if its status is one of the route's answers; else the failure that it tells.
    func accepted(_ response: HTTPResponse, of request: APIRequest) throws -> HTTPResponse {
        let isProblem = (response.headers["Content-Type"] ?? "").hasPrefix(Problem.mediaType)
        let statuses = RouteTable.route(request.route).answers.map(\.status)
        if statuses.contains(response.status), !isProblem { return response }
        throw failure(in: response)
    }

    /// What an answer that is none of the route's tells.
    func failure(in response: HTTPResponse) -> Failure {
        let retryAt = response.headers["Retry-After"].flatMap { Int64($0) }.map { time.now + .seconds($0) }
        if let problem = try? Problem(json: response.body, limit: 1 << 20) {
            var failure = problem.failure
            failure.retryAt = failure.retryAt ?? retryAt
            return failure
        }
        let kind: FailureClass =
            switch response.status {
            case 401, 403: .unauthorised
            case 404: .notFound
            case 429: .rateLimited
            case 500...599: .transient
            default: .contractBroken
            }
        return Failure(
            kind, code: "api.status_\(response.status)",
            "\(base) answered with status \(response.status), and not as a Pulse gateway does.",
            remedy: "Check the address, and what stands between here and there: a proxy answers for the gateway.",
            retryAt: retryAt)
    }

    /// No answer came: which address was asked, and why there is none.
    func unreachable(_ error: HTTPError, isCommand: Bool) -> Failure {
        let wasSent =
            switch error {
            case .cannotResolveHost, .cannotConnect, .tlsFailure, .unsupportedURL, .proxyFailure: false
            case .timedOut(_, let phase): phase == .waiting || phase == .receiving
            case .connectionLost, .bodyTooLarge, .tooManyRedirects, .cancelled, .other: true
            }
        let what =
            switch (isCommand, wasSent) {
            case (false, _): "\(base) could not be asked."
            case (true, false): "The command was not given: \(base) could not be reached."
            case (true, true): "It is not known whether the command reached \(base)."
            }
        var remedy = isCommand && wasSent ? "Look at the job or the audit before giving it again." : error.remedy
        if case .tlsFailure = error {
            remedy =
                "Check the certificate, the host name in it and the clock; an authority of your own is named with "
                + "`pulse login \(base) --ca-file FILE`."
        }
        return Failure(
            error.isTransient ? .transient : .ours, code: error.code, "\(what) \(error.sentence)", remedy: remedy)
    }
}
