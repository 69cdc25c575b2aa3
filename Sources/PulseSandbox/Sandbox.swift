package import PulseDomain
package import PulseHTTP
import Synchronization

/// Simulated sources behind the HTTP transport: Jira Cloud, Jira Data Center and GitHub, in their wire formats, with
/// their limits, with faults, and with a world that changes as the clock goes on.
///
/// Nothing here is random: the same seed, clock and requests give the same answers. It opens no socket; a request to any
/// other host fails as an unknown name does. Records that nobody changed are made up when they are asked for, so memory
/// follows the changes, not the size of the world.
package final class Sandbox: HTTPTransport, Sendable {
    package let options: SandboxOptions
    package let faults: FaultPlan
    package let quotas: SandboxQuotas
    /// When the world began to live; records reach back from here.
    package let startsAt: Instant
    let time: any TimeSource
    let flaws: RecordFlaws
    private let cloudFragments: JiraFragments
    private let dataCenterFragments: JiraFragments
    let state: Mutex<SandboxState>
    let plans = GraphQLPlans()
    private let cache: IssueCache

    /// - Parameters:
    ///   - time: read at every request; waited on for latencies. The living world moves with it.
    ///   - faults: what goes wrong.
    ///   - quotas: the limits that are kept.
    package init(
        _ options: SandboxOptions = SandboxOptions(), time: any TimeSource, faults: FaultPlan = .none,
        quotas: SandboxQuotas = .real
    ) {
        self.options = options
        self.faults = faults
        self.quotas = quotas
        self.time = time
        cache = IssueCache(limitInBytes: options.jira.cacheInMegabytes << 20)
        let start = Instant(milliseconds: (options.startsAt ?? time.now).milliseconds)
        startsAt = start
        flaws = RecordFlaws(seed: faults.seed ^ options.seed, options: faults.records)
        let jira = JiraWorld(options: options, startsAt: start.milliseconds)
        cloudFragments = JiraFragments(world: jira, options: options.jira, dialect: .cloud)
        dataCenterFragments = JiraFragments(world: jira, options: options.jira, dialect: .dataCenter)
        let github = GitHubWorld(options: options, startsAt: start.milliseconds)
        state = Mutex(SandboxState(jira: jira, github: github, options: options, quotas: quotas))
    }

    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        guard let parsed = ParsedRequest(request) else { throw .unsupportedURL(HTTPError.Origin(host: "")) }
        let origin = HTTPError.Origin(host: parsed.host)
        guard let door = door(parsed.host) else { throw .cannotResolveHost(origin) }
        let draw = Seed.mixed(
            Seed.hash(request.url.utf8) ^ Seed.hash(parsed.body) ^ UInt64(bitPattern: time.now.microseconds)
                &* 0x9E37_79B9)
        let effect = faults.effect(
            on: FaultTarget(isJira: door != .github, path: parsed.path, content: parsed.content),
            age: time.now - startsAt,
            draw: Seed.mixed(draw ^ faults.seed))
        let arrival = time.now.milliseconds
        state.withLock { $0.arrive(at: door, arrival) }
        defer { state.withLock { $0.leave(door) } }
        if let failure = try await failure(effect, origin, request.timeout) { throw failure }
        try await wait(options.latency.base, draw, origin)
        var answer = self.answer(parsed, door, effect, draw: draw)
        answer = disturbed(answer, effect, door)
        if answer.status == 502, effect == nil { try await wait(.seconds(10), 0, origin) }
        try await wait(options.latency.perKilobyte * (answer.body.count / 1_024), draw, origin)
        guard answer.body.count <= request.maximumBodySizeInBytes else {
            throw .bodyTooLarge(origin, limitInBytes: request.maximumBodySizeInBytes)
        }
        let now = time.now
        answer.headers.set("Date", WireTime.http((now + faults.clockSkew).milliseconds))
        state.withLock { $0.delivered(at: door, now.milliseconds) }
        let version = door == .dataCenter ? "HTTP/1.1" : "HTTP/2"
        return HTTPResponse(
            status: answer.status, headers: answer.headers, body: answer.body, url: request.url, version: version)
    }

    // MARK: Faults

    private func failure(_ effect: FaultEffect?, _ origin: HTTPError.Origin, _ timeout: Duration)
        async throws(HTTPError) -> HTTPError?
    {
        switch effect {
        case .refusedConnection: return .cannotConnect(origin)
        case .reset:
            try await wait(options.latency.base, 0, origin)
            return .connectionLost(origin, detail: "Connection reset by peer")
        case .timeout:
            try await wait(timeout, 0, origin)
            return .timedOut(origin, phase: .waiting)
        default: return nil
        }
    }

    private func disturbed(_ answer: Answer, _ effect: FaultEffect?, _ door: Door) -> Answer {
        guard answer.status == 200 else { return answer }
        switch effect {
        case .html: return .html(200, title: door == .github ? "Unicorn! · GitHub" : "Atlassian: down for maintenance")
        case .truncated:
            var cut = answer
            cut.body = Array(answer.body.prefix(answer.body.count * 2 / 3))
            return cut
        default: return answer
        }
    }

    private func wait(_ duration: Duration, _ draw: UInt64, _ origin: HTTPError.Origin) async throws(HTTPError) {
        let jitter = 1 + options.latency.jitter * Double(draw >> 40) / 16_777_216
        let whole = draw == 0 ? duration : .microseconds(Int64(Double(duration.inMicroseconds) * jitter))
        guard whole > .zero else {
            if Task.isCancelled { throw .cancelled(origin) }
            return
        }
        do { try await time.sleep(for: whole) } catch { throw .cancelled(origin) }
    }

    // MARK: Routing

    /// Where a request knocks.
    enum Door: Sendable, Hashable { case cloud, dataCenter, github }

    private func door(_ host: String) -> Door? {
        switch host {
        case options.jira.host: .cloud
        case options.jira.dataCenterHost: .dataCenter
        case options.github.host: .github
        default: nil
        }
    }

    private func answer(_ request: ParsedRequest, _ door: Door, _ effect: FaultEffect?, draw: UInt64) -> Answer {
        let now = time.now.milliseconds
        if case .status(let status, let retryAfter)? = effect { return Self.broken(status, retryAfter, door) }
        let isKnown = effect != .refusedCredentials && isAuthenticated(request, door, now)
        guard door != .github else {
            return gitHubAnswer(request, isKnown: isKnown, now: now, effect: effect, draw: draw)
        }
        if request.headers["Authorization"] != nil, !isKnown, door == .cloud, request.segments.last != "serverInfo" {
            var answer = Answer.jira(401, ["Client must be authenticated to access this resource."])
            answer.headers.set("X-Seraph-LoginReason", "AUTHENTICATED_FAILED")
            return answer
        }
        if let refused = state.withLock({ $0.admitJira(request, door, now) }) { return refused }
        let world = state.withLock { state in
            state.advance(to: now)
            return state.jira
        }
        let server = JiraServer(
            world: world, fragments: door == .cloud ? cloudFragments : dataCenterFragments, options: options.jira,
            flaws: flaws, cache: cache, now: now, twist: effect, isAnonymous: !isKnown)
        var answer = server.answer(request)
        state.withLock { $0.chargeJira(&answer, request, door, now) }
        return answer
    }

    private static func broken(_ status: Int, _ retryAfter: Duration?, _ door: Door) -> Answer {
        var answer = Answer.html(
            status,
            title: "\(status) \(status == 503 ? "Service Unavailable" : status == 502 ? "Bad Gateway" : "Server Error")"
        )
        if status == 500, door != .github { answer = .jira(500, ["Internal server error"]) }
        if let retryAfter { answer.headers.set("Retry-After", String(retryAfter.components.seconds)) }
        return answer
    }

    private func isAuthenticated(_ request: ParsedRequest, _ door: Door, _ now: Int64) -> Bool {
        let header = request.headers["Authorization"] ?? ""
        if let expiry = faults.credentialsExpireAfter, Instant(milliseconds: now) >= startsAt + expiry,
            !state.withLock({ $0.isRenewed })
        {
            return false
        }
        let words = header.split(separator: " ").map(String.init)
        guard words.count == 2 else { return false }
        switch (door, words[0].lowercased()) {
        case (.cloud, "basic"):
            return Base64.decodeLeniently(words[1]).map { String(decoding: $0, as: UTF8.self) }
                == "\(options.jira.user):\(options.jira.token)"
        case (.dataCenter, "bearer"): return words[1] == options.jira.dataCenterToken
        case (.github, "bearer"), (.github, "token"): return words[1] == options.github.token
        default: return false
        }
    }
}
