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

    /// 5 when a job did not succeed, succeeded with something to look at, or has records in quarantine from before.
    static func status(of jobs: [JobStatus]) -> ExitStatus {
        let areWell = jobs.allSatisfy { job in
            guard case .succeeded(let flags)? = job.run?.state else { return false }
            return flags.isEmpty && job.quarantined == 0
        }
        return areWell ? .ok : .problems
    }
}
