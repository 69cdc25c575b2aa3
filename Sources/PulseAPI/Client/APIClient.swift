package import PulseDomain
package import PulseHTTP

/// Speaks API v1 with one server: signs requests in, has time-outs, repeats reads that met a passing trouble, and makes
/// failures of problems. Commands are sent once: neither queued nor repeated.
package struct APIClient: Sendable {
    /// How long things may take.
    package struct Limits: Sendable {
        /// Of a whole request.
        package var timeout: Duration = .seconds(30)
        package var connectTimeout: Duration = .seconds(10)
        /// How often a read is tried.
        package var tries = 3
        /// The wait before a read is tried again, at first and at most.
        package var firstWait: Duration = .milliseconds(200)
        package var longestWait: Duration = .seconds(2)
        /// An event stream that is silent for so long is broken: the server's heartbeat comes every 15 seconds.
        package var silence: Duration = .seconds(40)
        /// Between tries to get the event stream back, at first and at most.
        package var firstReconnect: Duration = .seconds(1)
        package var longestReconnect: Duration = .seconds(15)
        /// Whether an event stream that broke off is taken up again; else it ends, and whoever reads it decides.
        package var reconnects = true

        package init() {}
    }

    /// `https://pulse.example.com`, without a slash at its end.
    package let base: String
    package let transport: CurlTransport
    package let tokens: TokenKeeper
    package let monitor: ConnectionMonitor
    /// What every request carries besides, such as for whom a gateway asks an engine.
    let headers: @Sendable () -> HTTPHeaders
    let time: any TimeSource
    let limits: Limits
    /// 0 ..< 1, for jitter.
    let random: @Sendable () -> Double

    package init(
        base: String, transport: CurlTransport, tokens: TokenKeeper, time: any TimeSource,
        monitor: ConnectionMonitor = ConnectionMonitor(), limits: Limits = Limits(),
        headers: @escaping @Sendable () -> HTTPHeaders = { HTTPHeaders() },
        random: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
    ) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.transport = transport
        self.tokens = tokens
        self.monitor = monitor
        self.time = time
        self.limits = limits
        self.headers = headers
        self.random = random
    }

    /// Asks for something and reads the answer.
    ///
    /// - Throws: `Failure`; `CancellationError` when the task was cancelled.
    package func ask<Answer: Wire>(
        _ request: APIRequest, as type: Answer.Type = Answer.self, correlation: CorrelationID? = nil
    ) async throws -> Answer {
        let response = try await send(request, correlation: correlation)
        do throws(WireError) {
            return try Answer(json: response.body)
        } catch {
            throw Failure(
                .contractBroken, code: "api.answer_unreadable",
                "The answer of \(base) is none that this version understands. \(error.sentence)",
                remedy: "Compare the versions of `pulse` here and of the server.")
        }
    }

    /// Sends a request and gives the answer if it is one of those that the route has.
    @discardableResult
    package func send(_ request: APIRequest, correlation: CorrelationID? = nil) async throws -> HTTPResponse {
        let isRead = request.method.isSafe
        let backoff = Backoff(base: limits.firstWait, longest: limits.longestWait)
        var tries = 1
        while true {
            let trouble: Failure
            do {
                let response = try await signedIn(request, correlation)
                guard response.isTransientTrouble, isRead, tries < limits.tries else {
                    return try accepted(response, of: request)
                }
                trouble = failure(in: response)
            } catch let error as HTTPError {
                if case .cancelled = error { throw CancellationError() }
                guard error.isTransient, isRead, tries < limits.tries else {
                    throw unreachable(error, isCommand: request.isCommand)
                }
                trouble = unreachable(error, isCommand: false)
            }
            let wait = backoff.wait(beforeRetry: tries, share: random())
            tries += 1
            // Asked to wait longer than a person would: told instead.
            if let retryAt = trouble.retryAt, retryAt > time.now + limits.longestWait { throw trouble }
            try await time.sleep(for: wait)
        }
    }

    /// Has one exchange; a token that is refused is renewed once.
    private func signedIn(_ request: APIRequest, _ correlation: CorrelationID?) async throws -> HTTPResponse {
        let token = try await tokens.present()
        let first = try await exchange(request, token, correlation)
        guard first.status == 401, token != nil, let renewed = try await tokens.instead(of: token) else { return first }
        // Refused for its token, so nothing was done: this holds for commands too.
        return try await exchange(request, renewed, correlation)
    }

    private func exchange(
        _ request: APIRequest, _ token: String?, _ correlation: CorrelationID?
    ) async throws -> HTTPResponse {
        let began = time.elapsed
        let response = try await transport.send(try httpRequest(request, token, correlation))
        monitor.noteAnswer(after: time.elapsed - began)
        return response
    }

    /// The request as it is sent.
    func httpRequest(
        _ request: APIRequest, _ token: String?, _ correlation: CorrelationID?
    ) throws -> HTTPRequest {
        var headers = self.headers()
        headers.set("Accept", "application/json, application/problem+json")
        if let token, !headers.append("Authorization", "Bearer \(token)") {
            throw Failure(
                .unauthorised, code: "api.bad_token", "The token for \(base) has characters that no token has.",
                remedy: "Log in again: `pulse login \(base)`.")
        }
        if let trace = TraceContext.outgoing(correlation) { headers.append("traceparent", trace.traceparent) }
        if request.body != nil { headers.append("Content-Type", "application/json") }
        return HTTPRequest(
            method: request.method, url: try request.url(base: base), headers: headers, body: request.body,
            timeout: limits.timeout, connectTimeout: limits.connectTimeout, followsRedirects: false)
    }
}
