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

    /// `holder` is kept for as long as the session lives: nothing is written without the lock.
    package init(_ embedded: EmbeddedEngine, server: ControlServer? = nil, holder: StoreHolder? = nil) {
        self.embedded = embedded
        self.server = server
        self.holder = holder
    }

    /// How long ending may take before what is under way is given up. Its pages are asked for again later.
    private static let patience = Duration.seconds(20)

    /// Runs the engine beside `foreground`; when that returns, work ends at its next page boundary and the store is
    /// closed.
    ///
    /// With `untilIdle` the engine ends by itself when nothing is left to do, and raises the signal that `foreground` is
    /// given. `isEnding` is called once when something is still under way at the end.
    package func run<Outcome: Sendable>(
        untilIdle: Bool = false, beside foreground: @escaping @Sendable (_ isIdle: Signal) async throws -> Outcome,
        isEnding: @escaping @Sendable () -> Void
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
            if !ended.isRaised {
                if await engine.isWorking { isEnding() }
                await engine.stop()
                // Ends with the signal, or when patience is over. A cancelled wait ends it as well.
                _ = try? await SystemClock().sleep(until: SystemClock().now + Self.patience, unless: ended)
            }
            group.cancelAll()
            return outcome
        }
        await embedded.store.close()
        return try outcome.get()
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
                guard (try? await SystemClock().sleep(for: .seconds(5))) != nil else { return }
            }
        }
    }
}

extension Engine {
    /// Whether runs are under way in this process.
    var isWorking: Bool {
        get async {
            guard let overview = try? await overview() else { return false }
            return overview.jobs.contains { job in
                job.run.map { $0.state.name.isHeld && !$0.isElsewhere } ?? false
            }
        }
    }
}
