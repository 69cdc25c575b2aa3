import PulseDomain
import PulseEngine
import PulseStore

/// The runs of `pulse run --once` and of `pulse explore`.
enum OnceRuns {
    /// Jobs that have succeeded at least once.
    static func succeeded(in store: any Store) async throws -> Set<JobID> {
        Set(try await store.jobs().filter { $0.lastSuccessAt != nil }.map(\.definition.id))
    }

    /// Starts every job of the engine that does not start by itself. A paused or held one stays as it is.
    static func start(full: Bool, on engine: Engine, by principal: Principal) async throws {
        for job in try await engine.overview().jobs where full || job.nextRunAt == nil {
            var random = SystemRandomNumberGenerator()
            _ = try await engine.perform(
                CommandRequest(
                    .start(job.id, full ? .full : .incremental), by: principal, reason: "run once",
                    correlation: CorrelationID(using: &random)))
        }
    }

    /// Returns when nothing is under way and what is queued waits for jobs that did not succeed: without a person that
    /// never ends. Looks twice, as the engine takes a moment to begin what has become possible.
    static func waitUntilStuck(_ engine: Engine, time: any TimeSource = SystemClock()) async throws {
        var looks = 0
        while looks < 2 {
            try await time.sleep(for: .milliseconds(500))
            looks = isStuck(try await engine.overview().jobs) ? looks + 1 : 0
        }
    }

    static func isStuck(_ jobs: [JobStatus]) -> Bool {
        let open = jobs.filter { job in job.run.map { !$0.state.name.isFinal } ?? false }
        guard !open.isEmpty, jobs.allSatisfy({ $0.retriesAt == nil }) else { return false }
        return open.allSatisfy { job in
            switch (job.run?.state, job.run?.queuedBecause?.reason) {
            case (.queued, .dependency): true
            case (.queued, _): job.hold != nil
            case (.paused(let pause), _): pause.until == nil
            default: false
            }
        }
    }

    /// 5 when a job did not succeed, or succeeded with something to look at.
    static func status(of jobs: [JobStatus]) -> ExitStatus {
        let areWell = jobs.allSatisfy { job in
            guard case .succeeded(let flags)? = job.run?.state else { return false }
            return flags.isEmpty
        }
        return areWell ? .ok : .problems
    }
}
