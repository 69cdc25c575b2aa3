import PulseDomain
import PulseEngine
import PulseSimulation
import Testing

@testable import PulseAssembly

@Suite struct SecretCacheTests {
    private struct Missing: Error {}

    private static let start = Instant(CivilTime(year: 2026, month: 3, day: 2))

    @Test func `a secret is fetched once for all who wait, and anew when it was refused`() throws {
        let clock = SimulationExecutor(startingAt: Self.start)
        try clock.run {
            let cache = SecretCache()
            let fetches = Locked(0)
            let fetch: @Sendable () async throws -> String = {
                fetches.change { $0 += 1 }
                let number = fetches.value
                try await clock.sleep(for: .seconds(5))
                return "s\(number)"
            }
            for (refreshing, expected) in [(false, "s1"), (false, "s1"), (true, "s2"), (false, "s2")] {
                try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<6 {
                        group.addTask { try await cache.secret(refreshing: refreshing, fetch: fetch) }
                    }
                    for try await secret in group { #expect(secret == expected) }
                }
            }
            #expect(fetches.value == 2)
        }
    }

    @Test func `a failure is told to all who wait, and tried again by the next`() throws {
        let clock = SimulationExecutor(startingAt: Self.start)
        try clock.run { () async throws in
            let cache = SecretCache()
            let fetches = Locked(0)
            let fetch: @Sendable () async throws -> String = {
                fetches.change { $0 += 1 }
                let number = fetches.value
                try await clock.sleep(for: .seconds(5))
                if number == 1 { throw Missing() }
                return "s"
            }
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<6 {
                    group.addTask { (try? await cache.secret(refreshing: false, fetch: fetch)) == nil }
                }
                for await failed in group { #expect(failed) }
            }
            #expect(fetches.value == 1)
            let secret = try await cache.secret(refreshing: false, fetch: fetch)
            #expect(secret == "s")
        }
    }

    @Test func `one who gives up does not take the secret from the others`() throws {
        let clock = SimulationExecutor(startingAt: Self.start)
        try clock.run {
            let cache = SecretCache()
            let fetch: @Sendable () async throws -> String = {
                try await clock.sleep(for: .seconds(5))
                return "s"
            }
            let first = Task(executorPreference: clock) { try await cache.secret(refreshing: false, fetch: fetch) }
            try await clock.sleep(for: .seconds(1))
            async let second = cache.secret(refreshing: false, fetch: fetch)
            try await clock.sleep(for: .seconds(1))
            first.cancel()
            #expect(try await second == "s")
        }
    }
}
