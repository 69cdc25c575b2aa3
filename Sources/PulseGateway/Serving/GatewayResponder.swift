import HTTPTypes
package import Hummingbird
import NIOCore
import PulseAPI
import PulseDomain

/// The way of every request: found, throttled, known, allowed, read, answered, told.
package struct GatewayResponder: HTTPResponder {
    package typealias Context = GatewayContext

    let endpoints: Endpoints
    let authenticator: any Authenticator
    /// `nil`: nobody is throttled, as behind a gateway that does it.
    let throttle: RequestThrottle?
    /// Where refused requests are audited; `nil`: nowhere, as behind a gateway that does it.
    let accounts: AccountDesk?
    let limits: ServingLimits
    let time: any TimeSource
    let log: RequestLog
    let metrics: RequestMetrics
    let proxies: TrustedProxies
    /// Whether what it answers goes out over TLS.
    var isSecure = false
    private let matcher = RouteMatcher()
    private let targets = TargetMemory()
    private let numbers = TraceNumbers()
    private let gate: ConcurrencyGate
    private let deadlines: Deadlines

    init(
        endpoints: Endpoints, authenticator: any Authenticator, throttle: RequestThrottle?, accounts: AccountDesk?,
        limits: ServingLimits = ServingLimits(), time: any TimeSource, log: RequestLog = .silent,
        proxies: TrustedProxies = TrustedProxies([])
    ) {
        self.endpoints = endpoints
        self.authenticator = authenticator
        self.throttle = throttle
        self.accounts = accounts
        self.limits = limits
        self.time = time
        self.log = log
        self.proxies = proxies
        metrics = endpoints.metrics
        gate = ConcurrencyGate(limit: limits.concurrency)
        deadlines = Deadlines(time: time)
    }

    /// What is found out about a request on its way, for headers and log.
    struct Trail: Sendable {
        let trace: TraceContext
        let address: String
        var route: Route?
        var identity: Identity?
        /// What the throttle said last.
        var verdict: RequestThrottle.Verdict?
        var headers: HTTPFields = [:]

        var origin: AccountDesk.Origin { AccountDesk.Origin(address: address, correlation: trace.trace) }
    }

    @concurrent package func respond(to request: Request, context: GatewayContext) async throws -> Response {
        let parent = request.headers[.traceParent].flatMap { TraceContext(traceparent: $0) }
        guard Tracer.current != nil else { return try await respond(to: request, context: context, under: parent, nil) }
        return try await Tracer.step("request", kind: .server, under: parent) { notes in
            try await respond(to: request, context: context, under: parent, notes)
        }
    }

    private func respond(
        to request: Request, context: GatewayContext, under parent: TraceContext?, _ notes: SpanNotes?
    ) async throws -> Response {
        let started = time.elapsed
        metrics.begin()
        var generator = numbers
        // Of the span if there is one; else the caller's trace goes on, or one begins.
        let present = TraceContext.current != parent ? TraceContext.current : nil
        var trail = Trail(
            trace: present ?? parent?.next(using: &generator) ?? TraceContext(using: &generator),
            address: proxies.client(of: context.peer, forwarded: request.headers[values: .forwardedFor]))
        var problem: Problem?
        var cause: String?
        let reply: Reply
        do {
            reply = try await answer(request, &trail)
        } catch {
            let told = Self.problem(for: error, correlation: trail.trace.trace)
            problem = told
            if told.code == "internal" { cause = "\(type(of: error))" }
            if told.status == 429 || told.status == 503, trail.headers[.retryAfter] == nil {
                let wait = told.retryAt.map { max(1, ($0 - time.now).inSeconds.rounded(.up)) } ?? 1
                trail.headers[.retryAfter] = String(Int(wait))
            }
            reply = .problem(told)
        }
        let response = ResponseWriting(request: request, trail: trail, isSecure: isSecure).response(reply)
        let duration = time.elapsed - started
        metrics.end(trail.route?.id, method: request.method.rawValue, status: response.status.code, duration: duration)
        log.note(
            RequestLog.Entry(
                at: time.now, route: trail.route?.id, method: request.method.rawValue, status: response.status.code,
                duration: duration, principal: trail.identity?.principal.name, tenant: trail.identity?.tenant.rawValue,
                address: trail.address, correlation: trail.trace.trace, code: problem?.code,
                cause: cause))
        if let notes { Self.note(trail, request.method.rawValue, response.status.code, problem, in: notes) }
        return response
    }

    /// By the names of OpenTelemetry's conventions for HTTP servers, without anything of a person.
    private static func note(
        _ trail: Trail, _ method: String, _ status: Int, _ problem: Problem?, in notes: SpanNotes
    ) {
        notes.rename("\(method) \(trail.route?.path ?? "unknown")")
        notes.set("http.request.method", .text(method))
        if let route = trail.route { notes.set("http.route", .text(route.path)) }
        notes.set("http.response.status_code", .integer(Int64(status)))
        if let tenant = trail.identity?.tenant { notes.set("pulse.tenant", .text(tenant.rawValue)) }
        if let problem, status >= 500 { notes.fail(problem.detail) }
    }

    // MARK: The way

    private func answer(_ request: Request, _ trail: inout Trail) async throws -> Reply {
        guard gate.enter() else { throw Problem.overloaded }
        defer { gate.leave() }
        let target = request.head.path ?? "/"
        // Only of reads: their addresses come again.
        let known = request.method == .get ? targets[target] : nil
        let meaning: TargetMemory.Meaning
        if let known {
            trail.route = known.route
            try await comeIn(request, known.route, &trail)
            meaning = known
        } else {
            meaning = try await found(request, target, &trail)
        }
        let route = meaning.route
        try await allow(route, meaning.arguments, trail)
        let body = try await body(of: request, for: route)
        let call = Call(
            route: route, target: target, arguments: meaning.arguments, identity: trail.identity, origin: trail.origin,
            body: body, lastEventID: request.headers[.lastEventID])
        if let known = endpoints.known(call) { return known }
        return try await reply(to: call, under: trail.trace)
    }

    /// What a request is for, whoever makes it being known by then. Throws `Problem`.
    private func found(
        _ request: Request, _ target: String, _ trail: inout Trail
    ) async throws -> TargetMemory.Meaning {
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        switch matcher.match(request.method.rawValue, halves[0]) {
        case .route(let route, let path):
            trail.route = route
            try await comeIn(request, route, &trail)
            let arguments = try Arguments(path: path, encodedQuery: halves.count > 1 ? halves[1] : "")
            try route.check(arguments)
            let meaning = TargetMemory.Meaning(route: route, arguments: arguments)
            if request.method == .get { targets.remember(target, meaning) }
            return meaning
        case .malformed:
            try throttle(.address(trail.address), &trail)
            throw Problem.badRequest("The address is not a path of percent-encoded UTF-8.")
        case .notFound:
            try throttle(.address(trail.address), &trail)
            throw Problem.notFound
        case .methodNotAllowed(let methods):
            try throttle(.address(trail.address), &trail)
            trail.headers[.allow] = methods.joined(separator: ", ")
            throw Problem.methodNotAllowed(methods)
        }
    }

    /// Throttles and finds out who asks, as far as the route needs to know.
    private func comeIn(_ request: Request, _ route: Route, _ trail: inout Trail) async throws {
        // Whoever watches the server must always get an answer.
        if route.id != .live, route.id != .ready { try throttle(.address(trail.address), &trail) }
        if route.role != nil { try await identify(request, &trail) }
    }

    private func throttle(_ subject: RequestThrottle.Subject, _ trail: inout Trail) throws {
        guard let throttle else { return }
        let verdict = throttle.take(subject)
        trail.verdict = verdict
        guard !verdict.outcome.isAllowed else { return }
        throw Problem(
            429, code: "too_many_requests", "There were too many requests of this \(verdict.limit.name).",
            remedy: "Wait as long as Retry-After tells.", kind: .rateLimited,
            retryAt: time.now + verdict.outcome.retryAfter)
    }

    private func identify(_ request: Request, _ trail: inout Trail) async throws {
        trail.identity = try await authenticator.identity(from: request.headers)
        guard let identity = trail.identity else { throw Problem.unauthenticated }
        try throttle(.principal(identity.tenant, identity.principal.name), &trail)
    }

    private func allow(_ route: Route, _ arguments: Arguments, _ trail: Trail) async throws {
        let isPreview = arguments.flag(Parameter.dryRun.name)
        let problem: Problem
        switch AccessTable.decide(route, trail.identity, isPreview: isPreview) {
        case .allowed: return
        case .unauthenticated: throw Problem.unauthenticated
        case .passwordFirst: problem = .passwordFirst
        case .forbidden(let role):
            problem =
                if case .token? = trail.identity?.proof { .tokenForbidden(needs: role) } else {
                    .forbidden(needs: role)
                }
        }
        if AccessTable.isMutation(route, isPreview: isPreview), let identity = trail.identity, let accounts {
            let subject = route.parameters.filter { $0.place == .path }.compactMap { arguments.path[$0.name] }
            try await accounts.audit(
                route.id.rawValue, subject.joined(separator: "/"), in: identity.tenant, by: identity.principal,
                from: trail.origin, outcome: problem.detail, isRefused: true)
        }
        throw problem
    }

    private func body(of request: Request, for route: Route) async throws -> [UInt8] {
        if case .nothing = route.request { return [] }
        let length = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard length <= limits.bodyInBytes else { throw Problem.tooLong(limits.bodyInBytes) }
        let (body, limit) = (request.body, limits.bodyInBytes)
        let bytes: [UInt8]
        do {
            bytes = try await deadlines.within(limits.bodyPatience) {
                var bytes: [UInt8] = []
                for try await piece in body {
                    guard bytes.count + piece.readableBytes <= limit else { throw Problem.tooLong(limit) }
                    bytes += piece.readableBytesView
                }
                return bytes
            }
        } catch is DeadlinePassed {
            throw Problem(
                408, code: "request_timeout", "The request's body did not arrive in time.", remedy: "Send it again.")
        }
        guard bytes.isEmpty || Self.isJSON(request.headers[.contentType]) else { throw Problem.notJSON }
        return bytes
    }

    private static func isJSON(_ field: String?) -> Bool {
        let type = field?.split(separator: ";").first?.lowercased().filter { $0 != " " }
        return type == "application/json"
    }

    private func reply(to call: Call, under trace: TraceContext) async throws -> Reply {
        let endpoints = endpoints
        let acting = call.identity.map { Acting($0.principal, as: $0.role, in: $0.tenant) }
        do {
            return try await TraceContext.$current.withValue(trace) {
                try await Acting.$current.withValue(acting) {
                    try await deadlines.within(limits.answerPatience) { try await endpoints.reply(to: call) }
                }
            }
        } catch is DeadlinePassed {
            throw Problem(
                504, code: "answer_timeout", "The answer took longer than \(Int(limits.answerPatience.inSeconds)) s.",
                remedy: "Try again; a command may have been taken all the same: look before it is given again.",
                kind: .transient)
        }
    }

    // MARK: Problems

    /// What a client is told of an error. What nobody foresaw is not told: it may hold anything.
    private static func problem(for error: any Error, correlation: CorrelationID) -> Problem {
        var problem: Problem =
            switch error {
            case let problem as Problem: problem
            case let failure as Failure where failure.code == "auth.busy":
                Problem(503, code: failure.code, failure.sentence, remedy: failure.remedy, kind: failure.kind)
            case let failure as Failure: Problem(failure)
            case let error as WireError: .badRequest(error.sentence)
            case is CancellationError: .ending
            default:
                Problem(
                    500, code: "internal", "Something went wrong that the gateway did not foresee.",
                    remedy: "Tell who runs it, with the correlation.")
            }
        problem.correlation = problem.correlation ?? correlation
        return problem
    }
}

extension Problem {
    static let overloaded = Problem(
        503, code: "overloaded", "The gateway has as many requests under way as it takes.",
        remedy: "Try again in a moment.", kind: .transient)

    static let ending = Problem(
        503, code: "ending", "The gateway is ending.", remedy: "Try again in a moment.", kind: .transient)

    static let notJSON = Problem(
        415, code: "not_json", "The body is not of a kind that is taken here.",
        remedy: "Send JSON, with Content-Type: application/json.")

    static let passwordFirst = Problem(
        403, code: "auth.password_first", "The one-time password has to be changed first.",
        remedy: "Choose another: POST /api/v1/auth/password, or `pulse login`.")

    static func tooLong(_ limit: Int) -> Problem {
        Problem(
            413, code: "too_long", "A body has at most \(limit) bytes here.", remedy: "Divide what is sent.")
    }
}
