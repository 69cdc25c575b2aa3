import PulseDomain
import PulseEngine
import PulseSimulation
import Testing

@testable import PulseAssembly

@Suite struct SecretCacheTests {
    private struct Missing: Error {}

    private static let start = Instant(CivilTime(year: 2026, month: 3, day: 2))

    /// A vault that takes five seconds, and answers with how often it was asked.
    private struct Vault: Sendable {
        let clock: SimulationExecutor
        let fetches = Locked(0)
        /// Whether it has nothing the first time.
        var failsFirst = false

        func fetch() async throws -> String {
            fetches.change { $0 += 1 }
            let number = fetches.value
            try await clock.sleep(for: .seconds(5))
            if failsFirst, number == 1 { throw Missing() }
            return "s\(number)"
        }
    }

    @Test func `a secret is fetched once for all who wait, and anew when it was refused`() async throws {
        let clock = SimulationExecutor(startingAt: Self.start)
        try await clock.run {
            let cache = SecretCache()
            let vault = Vault(clock: clock)
            for (refreshing, expected) in [(false, "s1"), (false, "s1"), (true, "s2"), (false, "s2")] {
                try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<6 {
                        group.addTask { try await cache.secret(refreshing: refreshing, fetch: vault.fetch) }
                    }
                    for try await secret in group { #expect(secret == expected) }
                }
            }
            #expect(vault.fetches.value == 2)
        }
    }

    @Test func `a failure is told to all who wait, and tried again by the next`() async throws {
        let clock = SimulationExecutor(startingAt: Self.start)
        try await clock.run { () async throws in
            let cache = SecretCache()
            let vault = Vault(clock: clock, failsFirst: true)
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<6 {
                    group.addTask { (try? await cache.secret(refreshing: false, fetch: vault.fetch)) == nil }
                }
                for await failed in group { #expect(failed) }
            }
            #expect(vault.fetches.value == 1)
            let secret = try await cache.secret(refreshing: false, fetch: vault.fetch)
            #expect(secret == "s2")
        }
    }

    @Test func `one who gives up does not take the secret from the others`() async throws {
        let clock = SimulationExecutor(startingAt: Self.start)
        try await clock.run {
            let cache = SecretCache()
            let vault = Vault(clock: clock)
            let first = Task(executorPreference: clock) {
                try await cache.secret(refreshing: false, fetch: vault.fetch)
            }
            try await clock.sleep(for: .seconds(1))
            async let second = cache.secret(refreshing: false, fetch: vault.fetch)
            try await clock.sleep(for: .seconds(1))
            first.cancel()
            // Asked again: nobody knows how far the first one came.
            #expect(try await second == "s2")
        }
    }
}
