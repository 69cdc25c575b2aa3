package import PulseAssembly
package import PulseControl
package import PulseDomain
import PulseEngine
import PulseStore

/// An engine at work while something else happens in the foreground: the console, or waiting until all is done.
package struct EngineSession: Sendable {
    let embedded: EmbeddedEngine
    /// Lets other processes in; `nil`: nobody comes in.
    let server: ControlServer?
    let holder: StoreHolder?
    /// What patience at the end is measured with.
    private let time: any TimeSource

    /// `holder` is kept for as long as the session lives: nothing is written without the lock.
    package init(
        _ embedded: EmbeddedEngine, server: ControlServer? = nil, holder: StoreHolder? = nil,
        time: any TimeSource = SystemClock()
    ) {
        self.time = time
        self.embedded = embedded
        self.server = server
        self.holder = holder
    }

    /// How long ending may take, and what is said and done meanwhile.
    private enum Patience {
        /// Before it is said what is waited for.
        static let silence = Duration.seconds(3)
        /// Before requests under way are given up. Their pages are asked for again later.
        static let pages = Duration.seconds(10)
        /// After that, before a store that does not answer is left.
        static let store = Duration.seconds(5)
    }

    /// Runs the engine beside `foreground`; when that returns, work ends at its next page boundary and the store is
    /// closed. That takes fifteen seconds at most, whoever does not answer.
    ///
    /// With `untilIdle` the engine ends by itself when nothing is left to do, and raises the signal that `foreground` is
    /// given. `telling` is given sentences for a person: what is waited for at the end, and what was left.
    package func run<Outcome: Sendable>(
        untilIdle: Bool = false, beside foreground: @escaping @Sendable (_ isIdle: Signal) async throws -> Outcome,
        telling: @escaping @Sendable (String) -> Void
    ) async throws -> Outcome {
        // Who follows the log is let go also when nothing has begun.
        defer { embedded.engine.endLog() }
        return try await Telemetry.exporting {
            try await runHere(untilIdle: untilIdle, beside: foreground, telling: telling)
        }
    }

    private func runHere<Outcome: Sendable>(
        untilIdle: Bool, beside foreground: @escaping @Sendable (_ isIdle: Signal) async throws -> Outcome,
        telling: @escaping @Sendable (String) -> Void
    ) async throws -> Outcome {
        let engine = embedded.engine
        let outcome: Result<Outcome, any Error> = await withTaskGroup(of: Void.self) { group in
            let ended = Signal()
            group.addTask {
                await keepRunning(untilIdle: untilIdle)
                ended.raise()
            }
            group.addTask { await engine.publishChanges() }
            if let server {
                group.addTask {
                    // Without a socket others cannot join, and everything else goes on.
                    try? await server.run()
                }
            }
            let outcome = await Self.result { try await foreground(ended) }
            if !ended.isRaised { await finish(until: ended, telling) }
            group.cancelAll()
            if await !isRaised(ended, within: Patience.store) {
                telling("The store \(embedded.store.location) does not answer: it is left without being told.")
                await embedded.store.abandon()
            }
            return outcome
        }
        for run in await engine.leftRuns { telling(run.sentence) }
        await embedded.store.close()
        return try outcome.get()
    }

    /// Lets work end at its next page boundary, and says what that waits for.
    private func finish(until ended: Signal, _ telling: @Sendable (String) -> Void) async {
        let engine = embedded.engine
        let jobs = await engine.jobsUnderWay.map(\.rawValue)
        if !jobs.isEmpty {
            telling(
                "Finishing the pages under way of \(Self.list(jobs)); that may take \(Patience.pages.inWholeSeconds) s."
            )
        }
        await engine.stop()
        if await isRaised(ended, within: Patience.silence) { return }
        telling("Still waiting for \(Self.list(await engine.awaited(at: time.now))).")
        if await isRaised(ended, within: Patience.pages - Patience.silence) { return }
        telling(
            "Not waiting any longer for \(Self.list(await engine.awaited(at: time.now))): what was not committed is "
                + "fetched again later.")
    }

    /// Whether it is raised in time. A cancelled wait waits no longer, and counts as if it were.
    private func isRaised(_ signal: Signal, within patience: Duration) async -> Bool {
        (try? await time.sleep(for: patience, unless: signal)) ?? true
    }

    /// The first few of them.
    private static func list(_ items: [String]) -> String {
        let shown = items.prefix(3).joined(separator: ", ")
        return items.count > 3 ? "\(shown) and \(items.count - 3) more" : shown
    }

    private static func result<Outcome: Sendable>(
        of body: () async throws -> Outcome
    ) async -> Result<Outcome, any Error> {
        do { return .success(try await body()) } catch { return .failure(error) }
    }

    /// A store that fails (no room, locked) may come back: the engine is started again until told to stop.
    private func keepRunning(untilIdle: Bool) async {
        let engine = embedded.engine
        while !Task.isCancelled {
            do {
                try await engine.run(untilIdle: untilIdle)
                return
            } catch is CancellationError {
                return
            } catch {
                // Told to end, it ends as it should at the next turn.
                guard (try? await time.sleep(for: .seconds(5), unless: engine.stopping)) != nil else { return }
            }
        }
    }
}

extension LeftRun {
    /// For a person, when the process is about to end.
    var sentence: String {
        let next =
            takenOverAt.map {
                "Another engine, or the next start, takes it over when its lease is over, after "
                    + "\($0.iso8601ToSecond)."
            } ?? "The next start takes it up."
        return "Run \(run) of \(job) could not be handed over. \(because) What was committed is kept. \(next)"
    }
}

extension Duration {
    fileprivate var inWholeSeconds: Int64 { components.seconds }
}
