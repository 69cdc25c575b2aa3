import PulseDomain
import PulseEngine

/// The runs of `pulse run --once`.
enum OnceRuns {
    /// Starts the wanted jobs, and those that they need and that never succeeded. Returns what was started, or was
    /// under way already.
    static func start(_ wishes: RunSession.Wishes, on engine: Engine, by principal: Principal) async throws -> [JobID] {
        let overview = try await engine.overview()
        let wanted = try wanted(wishes.jobs, among: overview.jobs)
        var started: [JobID] = []
        for job in wanted {
            var random = SystemRandomNumberGenerator()
            let request = CommandRequest(
                .start(job, wishes.isFull ? .full : .incremental), by: principal, reason: "pulse run --once",
                correlation: CorrelationID(using: &random))
            switch try await engine.perform(request) {
            case .accepted, .unchanged: started.append(job)
            case .refused:
                let status = overview.jobs.first { $0.id == job }
                // A paused or held job stays as it is; one that a former process left is taken up anyway.
                if let state = status?.run?.state.name, !state.isFinal, state != .paused { started.append(job) }
            }
        }
        return started
    }

    /// In the order of the overview.
    static func wanted(_ typed: [String], among jobs: [JobStatus]) throws -> [JobID] {
        guard !typed.isEmpty else { return jobs.map(\.id) }
        var wanted = Set(try typed.map { try JobNames.job($0, among: jobs.map(\.id)) })
        var queue = Array(wanted)
        while let next = queue.popLast() {
            let needs = jobs.first { $0.id == next }?.definition.dependencies ?? []
            for need in needs where !wanted.contains(need) {
                guard jobs.first(where: { $0.id == need })?.lastSuccessAt == nil else { continue }
                wanted.insert(need)
                queue.append(need)
            }
        }
        return jobs.map(\.id).filter(wanted.contains)
    }

    /// 5 when a job did not succeed, or left records in quarantine.
    static func status(of jobs: [JobStatus]) -> ExitStatus {
        jobs.allSatisfy { job in
            guard case .succeeded(let flags)? = job.run?.state else { return false }
            return flags.isEmpty
        } ? .ok : .problems
    }
}
