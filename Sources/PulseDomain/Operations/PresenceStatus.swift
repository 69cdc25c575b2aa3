/// Somebody who is connected to a gateway.
package struct PresenceStatus: Sendable, Hashable {
    /// Of one console: a principal may have several.
    package var id: String
    package var principal: Principal
    package var since: Instant
    /// The confirmation that is open there, as a sentence; `nil` when none is.
    package var confirmation: String?
    /// What the confirmation is about; `nil` when it is about several jobs, or none.
    package var job: JobID?

    package init(id: String, principal: Principal, since: Instant, confirmation: String? = nil, job: JobID? = nil) {
        self.id = id
        self.principal = principal
        self.since = since
        self.confirmation = confirmation
        self.job = job
    }
}
