/// A run and the job that it is an execution of.
package struct JobRun: Sendable, Hashable, Codable {
    package var job: JobID
    package var run: RunStatus

    package init(job: JobID, run: RunStatus) {
        self.job = job
        self.run = run
    }
}

/// Which runs to list, newest first.
package struct RunFilter: Sendable, Hashable, Codable {
    /// `nil`: of all jobs.
    package var job: JobID?
    /// Only runs older than this one: the last id of the page before. `nil` for the newest.
    package var before: RunID?
    package var limit: Int

    package init(job: JobID? = nil, before: RunID? = nil, limit: Int = 100) {
        self.job = job
        self.before = before
        self.limit = limit
    }
}
