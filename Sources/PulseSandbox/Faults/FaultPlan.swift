import PulseDomain

/// What goes wrong, when, and how often. Everything follows from the seed and the clock.
package struct FaultPlan: Sendable, Hashable {
    package var seed: UInt64
    /// A script: what fails from when to when.
    package var windows: [FaultWindow]
    /// What fails again and again, at times drawn from the seed.
    package var recurring: [RecurringFault]
    /// What may befall any request.
    package var noise: FaultNoise
    /// What is wrong with some records.
    package var records: RecordFaults
    /// How far the servers' `Date` is ahead of the clock; negative: behind.
    package var clockSkew: Duration
    /// After so long since the start credentials are refused, until ``Sandbox/renewCredentials()``. `nil`: never.
    package var credentialsExpireAfter: Duration?

    package init(
        seed: UInt64 = 0, windows: [FaultWindow] = [], recurring: [RecurringFault] = [],
        noise: FaultNoise = FaultNoise(),
        records: RecordFaults = RecordFaults(), clockSkew: Duration = .zero, credentialsExpireAfter: Duration? = nil
    ) {
        self.seed = seed
        self.windows = windows
        self.recurring = recurring
        self.noise = noise
        self.records = records
        self.clockSkew = clockSkew
        self.credentialsExpireAfter = credentialsExpireAfter
    }

    /// Nothing goes wrong.
    package static let none = FaultPlan()

    /// A lively quarter of an hour, then now and then: GitHub is away for a while, a project fails, a few records are bad.
    package static let demo = FaultPlan(
        seed: 7,
        windows: [
            FaultWindow(.repository("identity"), from: .seconds(45), lasting: .seconds(90), .status(500)),
            FaultWindow(.project("MOB"), from: .seconds(90), lasting: .seconds(120), .status(500)),
            FaultWindow(.github, from: .seconds(240), lasting: .seconds(75), .status(503, retryAfter: .seconds(20))),
            FaultWindow(.jira, from: .seconds(600), lasting: .seconds(60), .refusedConnection),
        ],
        recurring: [RecurringFault(.everything, every: .hours(2), lasting: .seconds(80), .status(503), chance: 0.7)],
        noise: FaultNoise(reset: 0.002, timeout: 0.001, truncated: 0.002, badGateway: 0.004),
        records: RecordFaults(poisonOneIn: 400, oddTextOneIn: 90))

    /// Months of everything that does happen, drawn from the seed.
    package static func simulation(seed: UInt64) -> FaultPlan {
        FaultPlan(
            seed: seed,
            recurring: [
                RecurringFault(
                    .jira, every: .hours(36), lasting: .minutes(25), .status(503, retryAfter: .seconds(60)), chance: 0.8
                ),
                RecurringFault(.github, every: .hours(48), lasting: .minutes(40), .status(502), chance: 0.8),
                RecurringFault(.everything, every: .hours(72), lasting: .minutes(10), .refusedConnection, chance: 0.6),
                RecurringFault(.project("PAY"), every: .hours(60), lasting: .hours(2), .status(500), chance: 0.7),
                RecurringFault(
                    .repository("checkout"), every: .hours(50), lasting: .hours(1), .status(500), chance: 0.7),
                RecurringFault(.jira, every: .hours(120), lasting: .minutes(5), .emptyPages, chance: 0.5),
            ],
            noise: FaultNoise(
                reset: 0.003, timeout: 0.001, truncated: 0.002, badGateway: 0.004, emptyPage: 0.002),
            records: RecordFaults(poisonOneIn: 500, oddTextOneIn: 120),
            clockSkew: .seconds(Int(seed % 7) * 10 - 30))
    }
}

/// What a fault befalls.
package enum FaultScope: Sendable, Hashable {
    case everything
    /// Cloud and Data Center.
    case jira
    case github
    /// Requests whose path ends with this, such as `/search/jql`.
    case endpoint(String)
    /// Requests that name this project key.
    case project(String)
    /// Requests that name this repository (without its owner).
    case repository(String)
}

/// What a request meets instead of its answer.
package enum FaultEffect: Sendable, Hashable {
    case status(Int, retryAfter: Duration? = nil)
    /// `HTTPError.cannotConnect`.
    case refusedConnection
    /// `HTTPError.connectionLost`.
    case reset
    /// The request's time passes, then `HTTPError.timedOut`.
    case timeout
    /// The first part of the right answer, with status 200.
    case truncated
    /// A web page with status 200.
    case html
    /// A search gives its page with the token that it was asked with.
    case repeatedTokens
    /// A search gives no issue, but the token of the page that it should have given.
    case emptyPages
    /// Lists are empty, call themselves whole, and come with status 200: what a permission that was lost looks like.
    case silentlyEmpty
    /// 401, as for a wrong credential.
    case refusedCredentials
}

/// A fault from when to when, counted from the world's start.
package struct FaultWindow: Sendable, Hashable {
    package var scope: FaultScope
    package var from: Duration
    package var lasting: Duration
    package var effect: FaultEffect

    package init(_ scope: FaultScope, from: Duration, lasting: Duration, _ effect: FaultEffect) {
        self.scope = scope
        self.from = from
        self.lasting = lasting
        self.effect = effect
    }
}

/// A fault that comes once in every interval at a time drawn from the seed, or not, as chance has it.
package struct RecurringFault: Sendable, Hashable {
    package var scope: FaultScope
    package var every: Duration
    /// How long at most; each time lasts between half of it and all.
    package var lasting: Duration
    package var effect: FaultEffect
    /// 0 to 1: how likely it comes in an interval.
    package var chance: Double

    package init(_ scope: FaultScope, every: Duration, lasting: Duration, _ effect: FaultEffect, chance: Double = 1) {
        self.scope = scope
        self.every = every
        self.lasting = lasting
        self.effect = effect
        self.chance = chance
    }
}

/// How likely each mishap is for any one request, 0 to 1.
package struct FaultNoise: Sendable, Hashable {
    package var reset: Double
    package var timeout: Double
    package var truncated: Double
    package var html: Double
    /// 502 with a page of HTML.
    package var badGateway: Double
    package var repeatedToken: Double
    package var emptyPage: Double

    package init(
        reset: Double = 0, timeout: Double = 0, truncated: Double = 0, html: Double = 0, badGateway: Double = 0,
        repeatedToken: Double = 0, emptyPage: Double = 0
    ) {
        self.reset = reset
        self.timeout = timeout
        self.truncated = truncated
        self.html = html
        self.badGateway = badGateway
        self.repeatedToken = repeatedToken
        self.emptyPage = emptyPage
    }
}

/// What is wrong with some records for good.
package struct RecordFaults: Sendable, Hashable {
    /// One issue in so many cannot be loaded (no key, no fields, a list for its fields); 0: none. The truth lists them
    /// apart.
    package var poisonOneIn: Int
    /// One issue or pull request in so many has a title with a lone surrogate, a NUL, invalid UTF-8, or controls, and
    /// as many issues come without their project; 0: none.
    package var oddTextOneIn: Int

    package init(poisonOneIn: Int = 0, oddTextOneIn: Int = 0) {
        self.poisonOneIn = poisonOneIn
        self.oddTextOneIn = oddTextOneIn
    }
}
