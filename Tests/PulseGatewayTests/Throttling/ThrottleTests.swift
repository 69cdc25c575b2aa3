import HTTPTypes
import HummingbirdTesting
import PulseAPI
import PulseDomain
import PulseSimulation
import Testing

@testable import PulseGateway

struct ThrottleTests {
    private static let limit = RateLimit(name: "principal", quota: 3, window: .seconds(30))

    @Test func `a bucket gives what it holds, refills evenly, and never holds more`() {
        let start = Instant(seconds: 1_000)
        var bucket = TokenBucket(Self.limit, at: start)
        #expect((0..<3).map { _ in bucket.take(at: start).remaining } == [2, 1, 0])
        let empty = bucket.take(at: start)
        #expect(!empty.isAllowed)
        #expect(empty.retryAfter == .seconds(10))
        #expect(empty.resetAfter == .seconds(30))
        #expect(!bucket.take(at: start + .seconds(9)).isAllowed)
        #expect(bucket.take(at: start + .seconds(10)).isAllowed)
        #expect(bucket.take(at: start + .hours(5)).remaining == 2)
        // A clock that was set back gives nothing.
        #expect(bucket.take(at: start).remaining == 1)
    }

    @Test func `what goes beyond the limit is told when to come back, in headers`() async throws {
        let harness = try await Harness(limits: .init(principal: Self.limit))
        let token = try await harness.token("viewer")
        for remaining in [2, 1, 0] {
            let response = try await harness.ask(.get, "/api/v1/engine", token: token)
            #expect(response.status == .ok)
            #expect(response.headers[.rateLimit]?.hasPrefix("\"principal\";r=\(remaining);t=") == true)
            #expect(response.headers[.rateLimitPolicy] == "\"principal\";q=3;w=30")
        }
        let refused = try await harness.ask(.get, "/api/v1/engine", token: token)
        #expect(refused.status == .tooManyRequests)
        #expect(refused.headers[.retryAfter] == "10")
        #expect(refused.headers[.rateLimit] == "\"principal\";r=0;t=30")
        #expect(try refused.problem().retryAt == harness.time.now + .seconds(10))
        // Somebody else is not kept waiting by it.
        #expect(try await harness.ask(.get, "/api/v1/engine", token: harness.token("operator")).status == .ok)
        harness.time.advance(by: .seconds(10))
        #expect(try await harness.ask(.get, "/api/v1/engine", token: token).status == .ok)
    }

    @Test func `an address is limited before anybody is known, also where there is nothing`() async throws {
        let harness = try await Harness(
            limits: .init(address: RateLimit(name: "address", quota: 2, window: .seconds(60))))
        #expect(try await harness.ask(.get, "/nothing").status == .notFound)
        #expect(try await harness.ask(.put, "/api/v1/jobs").status == .methodNotAllowed)
        #expect(try await harness.ask(.get, "/api/v1/jobs", token: "x").status == .tooManyRequests)
        // Whoever watches the server always gets an answer.
        #expect(try await harness.ask(.get, "/health/live").status == .ok)
    }

    @Test func `a restart gives nobody a full bucket`() async throws {
        let (time, store) = (ManualTime(), try SQLiteAccounts.inMemory())
        let limits = RequestThrottle.Limits(principal: Self.limit)
        let first = RequestThrottle(limits, time: time)
        let subject = RequestThrottle.Subject.principal("acme", "ada")
        for _ in 0..<3 { #expect(first.take(subject).outcome.isAllowed) }
        try await first.keep(in: store)
        let second = RequestThrottle(limits, time: time)
        try await second.resume(from: store)
        #expect(!second.take(subject).outcome.isAllowed)
        time.advance(by: .seconds(10))
        #expect(second.take(subject).outcome.isAllowed)
    }

    @Test func `failed logins are counted on after a restart`() async throws {
        let folder = try Folder()
        let (path, time) = (folder.path + "/accounts.db", ManualTime())
        let account = LoginSubject.account("ada")
        let before = try SQLiteAccounts.open(path: path)
        for _ in 0..<4 { #expect(try await before.attempt([account], at: time.now) == nil) }
        await before.close()
        let after = try SQLiteAccounts.open(path: path)
        #expect(try await after.attempt([account], at: time.now) == time.now + .seconds(1))
        await after.close()
    }

    @Test func `buckets are forgotten before they are too many`() {
        let time = ManualTime()
        let throttle = RequestThrottle(time: time)
        for number in 0..<60_000 { _ = throttle.take(.address("\(number)")) }
        #expect(throttle.count <= 50_000)
        time.advance(by: .minutes(2))
        for number in 0..<60_000 { _ = throttle.take(.address("again \(number)")) }
        #expect(throttle.count <= 50_000)
    }
}
