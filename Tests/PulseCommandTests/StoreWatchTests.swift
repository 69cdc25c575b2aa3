import PulseDomain
import PulseStore
import Testing

@testable import PulseCommands

@Suite struct StoreWatchTests {
    private let start = Instant(CivilTime(year: 2026, month: 3, day: 2, hour: 6, minute: 7, second: 8))
    private let lost = PostgresAccessError.unreachable("postgres://db/pulse", detail: "connection refused")

    @Test func `a store that is lost is told once, with since when what is shown is stale`() {
        var watch = StoreWatch(start)
        #expect(watch.answered(at: start) == nil)
        let told = watch.failed(because: lost)
        #expect(told?.hasPrefix("pulse: Stale since 06:07:08, trying again. postgres://db/pulse cannot") == true)
        #expect(watch.failed(because: lost) == nil)
        #expect(watch.answered(at: start + .minutes(2)) == "pulse: The store answers again.")
        #expect(watch.answered(at: start + .minutes(2)) == nil)
        #expect(watch.failed(because: lost)?.contains("06:09:08") == true)
    }

    @Test func `engines have time to come back after their store did`() {
        var watch = StoreWatch(start)
        #expect(!watch.goesOn(isRunning: false, at: start))
        _ = watch.failed(because: lost)
        let back = start + .minutes(1)
        _ = watch.answered(at: back)
        #expect(watch.goesOn(isRunning: false, at: back + .seconds(20)))
        #expect(watch.goesOn(isRunning: true, at: back + .hours(1)))
        #expect(!watch.goesOn(isRunning: false, at: back + .seconds(31)))
    }

    @Test func `only what may pass is waited for`() {
        #expect(StoreWatch.isOutage(lost))
        #expect(StoreWatch.isOutage(StoreError.unreachable(location: "", detail: "")))
        #expect(StoreWatch.isOutage(Failure(.store, code: "store.unreachable", "", remedy: "")))
        #expect(!StoreWatch.isOutage(PostgresAccessError.refused("", detail: "")))
        #expect(!StoreWatch.isOutage(StoreError.closed))
        #expect(!StoreWatch.isOutage(CommandError(.usage, "")))
    }
}
