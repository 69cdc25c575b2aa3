import PulseDomain
import PulseHTTP

/// What changes: the world, the limits, and what was counted.
struct SandboxState: Sendable {
    var jira: JiraWorld
    var github: GitHubWorld
    private var jiraEvents: EventSchedule
    private var githubEvents: EventSchedule
    let quotas: SandboxQuotas

    private var buckets: [String: TokenBucket] = [:]
    private var burstUsage: [String: WindowUsage] = [:]
    var jiraPoints: PointWindow?
    var githubPoints: PointWindow
    var githubMinute = SlidingMinute()
    var inFlight: [Sandbox.Door: Int] = [:]
    /// Until when, milliseconds since 1970, an answer that is still on its way forbids requests.
    private var telling: [Sandbox.Door: Int64] = [:]
    /// Until when a door has told that nothing may come.
    private var told: [Sandbox.Door: Int64] = [:]
    private var secondaryUntil: Int64 = 0
    private var secondaryHits = 0
    private(set) var requests: [Sandbox.Door: Int] = [:]
    private(set) var rejected: [Sandbox.Door: Int] = [:]
    private(set) var violations: [Sandbox.Door: Int] = [:]
    private(set) var mostInFlight: [Sandbox.Door: Int] = [:]
    var isRenewed = false

    init(jira: JiraWorld, github: GitHubWorld, options: SandboxOptions, quotas: SandboxQuotas) {
        self.jira = jira
        self.github = github
        self.quotas = quotas
        let seed = Seed(options.seed)
        jiraEvents = EventSchedule(startsAt: jira.startsAt, perHour: options.jira.eventsPerHour, seed: seed, salt: 1)
        githubEvents = EventSchedule(
            startsAt: jira.startsAt, perHour: options.github.eventsPerHour, seed: seed, salt: 2)
        jiraPoints = quotas.jira.pointsPerHour.map { PointWindow(bucket: "jira.points", limit: $0, length: .hours(1)) }
        githubPoints = PointWindow(bucket: "github.points", limit: quotas.github.points, length: quotas.github.window)
    }

    /// Lets everything happen that is due.
    mutating func advance(to time: Int64) {
        while let (event, at) = jiraEvents.take(until: time) { jira.happen(event, at: at) }
        while let (event, at) = githubEvents.take(until: time) { github.happen(event, at: at) }
        jira.index.catchUp(to: time)
    }

    // MARK: Coming and going

    mutating func arrive(at door: Sandbox.Door, _ time: Int64) {
        requests[door, default: 0] += 1
        inFlight[door, default: 0] += 1
        mostInFlight[door] = max(mostInFlight[door] ?? 0, inFlight[door] ?? 0)
        if time < told[door] ?? 0 { violations[door, default: 0] += 1 }
    }

    mutating func leave(_ door: Sandbox.Door) { inFlight[door, default: 1] -= 1 }

    /// An answer has arrived: from now on the client knows what it told.
    mutating func delivered(at door: Sandbox.Door, _ time: Int64) {
        if let until = telling[door], until > time { told[door] = max(told[door] ?? 0, until) }
        telling[door] = nil
    }

    private mutating func refuse(_ door: Sandbox.Door, until: Int64) {
        rejected[door, default: 0] += 1
        telling[door] = max(telling[door] ?? 0, until)
    }

    // MARK: Jira

    /// The refusal of a request that comes too soon; `nil`: it may pass.
    mutating func admitJira(_ request: ParsedRequest, _ door: Sandbox.Door, _ now: Int64) -> Answer? {
        guard door == .cloud else { return admitDataCenter(now) }
        let name = Self.bucketName(request)
        let perSecond =
            request.method == .get || request.method == .post
            ? quotas.jira.burstPerSecond : quotas.jira.burstPerSecond / 2
        var bucket = buckets[name] ?? TokenBucket(capacity: quotas.jira.burstCapacity, perSecond: perSecond, at: now)
        let isAdmitted = bucket.take(at: now)
        buckets[name] = bucket
        countBurst(name, isAdmitted, now)
        guard isAdmitted else {
            return limited(
                door, seconds: bucket.secondsUntilNext, limit: quotas.jira.burstCapacity, reason: "jira-burst-based",
                now)
        }
        jiraPoints?.open(at: now)
        if let points = jiraPoints, points.isExhausted {
            jiraPoints?.reject()
            let seconds = Int((points.resetsAt - now + 999) / 1_000)
            return limited(door, seconds: max(1, seconds), limit: points.limit, reason: "jira-quota-global-based", now)
        }
        return nil
    }

    private mutating func limited(_ door: Sandbox.Door, seconds: Int, limit: Int, reason: String, _ now: Int64)
        -> Answer
    {
        refuse(door, until: now + Int64(seconds) * 1_000)
        var answer = Answer.jira(429, ["Rate limit exceeded."])
        answer.headers.set("Retry-After", String(seconds))
        answer.headers.set("X-RateLimit-Limit", String(limit))
        answer.headers.set("X-RateLimit-Remaining", "0")
        answer.headers.set("X-RateLimit-Reset", WireTime.minute(now + Int64(seconds) * 1_000 + 59_999))
        answer.headers.set("RateLimit-Reason", reason)
        return answer
    }

    private mutating func admitDataCenter(_ now: Int64) -> Answer? {
        guard let capacity = quotas.jira.dataCenterCapacity else { return nil }
        var bucket =
            buckets["dc"] ?? TokenBucket(capacity: capacity, perSecond: quotas.jira.dataCenterPerSecond, at: now)
        let isAdmitted = bucket.take(at: now)
        buckets["dc"] = bucket
        guard !isAdmitted else { return nil }
        refuse(.dataCenter, until: now + Int64(bucket.secondsUntilNext) * 1_000)
        var answer = Answer.jira(429, ["Rate limit exceeded."])
        describe(bucket, &answer)
        return answer
    }

    private func describe(_ bucket: TokenBucket, _ answer: inout Answer) {
        answer.headers.set("X-RateLimit-Limit", String(bucket.capacity))
        answer.headers.set("X-RateLimit-Remaining", String(bucket.remaining))
        answer.headers.set("X-RateLimit-Interval-Seconds", "1")
        answer.headers.set("X-RateLimit-FillRate", String(bucket.perSecond))
        answer.headers.set("Retry-After", bucket.remaining > 0 ? "0" : String(bucket.secondsUntilNext))
    }

    /// Takes the points of an answer and tells what is left.
    mutating func chargeJira(_ answer: inout Answer, _ request: ParsedRequest, _ door: Sandbox.Door, _ now: Int64) {
        guard door == .cloud else {
            if let bucket = buckets["dc"] { describe(bucket, &answer) }
            return
        }
        if let bucket = buckets[Self.bucketName(request)] {
            answer.headers.set("X-RateLimit-Limit", String(bucket.capacity))
            answer.headers.set("X-RateLimit-Remaining", String(bucket.remaining))
            if bucket.remaining * 5 < bucket.capacity { answer.headers.set("X-RateLimit-NearLimit", "true") }
        }
        guard jiraPoints != nil else { return }
        jiraPoints?.spend(answer.points)
        guard let points = jiraPoints else { return }
        let seconds = max(0, (points.resetsAt - now) / 1_000)
        answer.headers.set("Beta-RateLimit-Policy", "\"global-app-quota\";q=\(points.limit);w=3600")
        answer.headers.set("Beta-RateLimit", "\"global-app-quota\";r=\(points.remaining);t=\(seconds)")
        if points.remaining * 5 < points.limit { answer.headers.set("X-RateLimit-NearLimit", "true") }
        if points.isExhausted { telling[.cloud] = max(telling[.cloud] ?? 0, points.resetsAt) }
    }

    /// Per endpoint and method; what stands for an id or key is left out.
    private static func bucketName(_ request: ParsedRequest) -> String {
        let parts = request.segments.enumerated().map { index, part in
            index > 2 && (part.contains("-") || part.allSatisfy(\.isNumber)) && !part.contains("approximate")
                ? "{}" : part
        }
        return "\(request.method.rawValue) /\(parts.joined(separator: "/"))"
    }

    private mutating func countBurst(_ name: String, _ isAdmitted: Bool, _ now: Int64) {
        let begin = Instant(milliseconds: now / 3_600_000 * 3_600_000)
        var usage =
            burstUsage[name]
            ?? WindowUsage(
                bucket: "jira.burst \(name)", begin: begin, end: begin + .hours(1),
                limit: quotas.jira.burstPerSecond * 3_600, used: 0, rejected: 0)
        if usage.begin != begin {
            usage = WindowUsage(
                bucket: usage.bucket, begin: begin, end: begin + .hours(1), limit: usage.limit, used: 0, rejected: 0)
        }
        if isAdmitted { usage.used += 1 } else { usage.rejected += 1 }
        burstUsage[name] = usage
    }

    /// Usage of the hour that runs, for each endpoint and method that was asked.
    var bursts: [WindowUsage] { burstUsage.values.sorted { $0.bucket < $1.bucket } }

    // MARK: GitHub

    /// Why a query is refused before it is looked at.
    enum GitHubRefusal {
        case exhausted
        case secondary(seconds: Int, hits: Int)
    }

    mutating func admitGitHub(_ now: Int64) -> GitHubRefusal? {
        githubPoints.open(at: now)
        let limits = quotas.github
        let isTooMuch =
            inFlight[.github] ?? 0 > limits.concurrency || githubMinute.count(at: now) >= limits.pointsPerMinute
        if now < secondaryUntil || isTooMuch {
            // Going on while refused makes it longer.
            secondaryHits = now < secondaryUntil ? secondaryHits + 1 : 1
            let seconds = 60 * secondaryHits
            secondaryUntil = max(secondaryUntil, now + Int64(seconds) * 1_000)
            refuse(.github, until: secondaryUntil)
            return .secondary(seconds: Int((secondaryUntil - now) / 1_000), hits: secondaryHits)
        }
        guard !githubPoints.isExhausted else {
            githubPoints.reject()
            refuse(.github, until: githubPoints.resetsAt)
            return .exhausted
        }
        githubMinute.add(1, at: now)
        return nil
    }

    /// Takes a query's points; what is left is told with the answer.
    mutating func chargeGitHub(_ cost: Int) {
        githubPoints.spend(cost)
        if githubPoints.isExhausted { telling[.github] = max(telling[.github] ?? 0, githubPoints.resetsAt) }
    }
}
