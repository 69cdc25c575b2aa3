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
    /// Whether the store answers others.
    let reach: StoreReach
    /// Called when a wait has begun or ended.
    let told: @Sendable () -> Void
    /// Called when a store that did not answer does again, before anything is made of the answer, with when it was asked.
    let answered: @Sendable (_ askedAt: Instant) async -> Void

    /// Runs `body` until the store does what it is asked. `isRepeated`: a try before may have happened, its answer lost.
    /// `isChange`: that it is done shows that the store takes changes.
    ///
    /// Throws what `body` throws unless waiting may help, and `WalkInterrupted` when the run is to end: nothing is known
    /// then of the last try.
    ///
    /// - Parameter whom: who is waited for while the store answers.
    func call<Value>(
        for partition: PartitionKey?, isChange: Bool = false, asking whom: RunMetrics.Asked.Whom = .store,
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
            let (triedAt, returned) = (time.now, reach.returned)
            do {
                let value = try await body(attempt > 0)
                if reach.isAway, isChange || attempt > 0 { await answered(triedAt) }
                return value
            } catch let error as StoreError where error.isOutage {
                attempt += 1
                let pause = random.use { [attempt] in backoff.wait(beforeRetry: attempt, using: &$0) }
                let now = time.now
                since = since ?? now
                metrics.waitForStore(
                    number,
                    RunMetrics.StoreWait(
                        partition: partition, failure: Failure(describing: error), triedAt: triedAt,
                        wait: Wait(
                            reason: .store, since: since ?? now, until: now + pause, because: error.sentence)))
                told()
                // Not at all where it answered somebody else since.
                _ = try await time.sleep(for: pause, unless: control.interruption, returned)
                if control.isInterrupted { throw WalkInterrupted() }
            }
        }
    }
}
