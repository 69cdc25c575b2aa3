import PulseDomain
import PulseStore

/// How the store calls of a run outlast a store that does not answer: they wait and try again, for as long as it takes,
/// unless the run is told to end.
package struct StorePatience: Sendable {
    let time: any TimeSource
    let control: RunControl
    let metrics: RunMetrics
    let backoff: Backoff
    let random: SharedRandom
    /// Called when a wait has begun or ended.
    let told: @Sendable () -> Void

    /// Runs `body` until the store does what it is asked. `isRepeated`: a try before may have happened, its answer lost.
    ///
    /// Throws what `body` throws unless waiting may help, and `WalkInterrupted` when the run is to end: nothing is known
    /// then of the last try.
    ///
    /// - Parameter whom: who is waited for while the store answers.
    func call<Value>(
        for partition: PartitionKey?, asking whom: RunMetrics.Asked.Whom = .store,
        _ body: (_ isRepeated: Bool) async throws -> Value
    ) async throws -> Value {
        var attempt = 0
        var since: Instant?
        let number = metrics.ask(whom, for: partition, at: time.now)
        defer {
            metrics.answered(number)
            if attempt > 0 {
                metrics.endStoreWait(number)
                told()
            }
        }
        while true {
            do {
                return try await body(attempt > 0)
            } catch let error as StoreError where error.isOutage {
                attempt += 1
                let pause = random.use { [attempt] in backoff.wait(beforeRetry: attempt, using: &$0) }
                let now = time.now
                since = since ?? now
                metrics.waitForStore(
                    number,
                    RunMetrics.StoreWait(
                        partition: partition, failure: Failure(describing: error),
                        wait: Wait(
                            reason: .store, since: since ?? now, until: now + pause, because: error.sentence)))
                told()
                if try await time.sleep(for: pause, unless: control.interruption) { throw WalkInterrupted() }
            }
        }
    }
}
