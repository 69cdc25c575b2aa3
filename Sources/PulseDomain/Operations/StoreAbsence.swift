/// Time in which the store does not answer: what is shown is as of its beginning, and no engine can tell that it lives.
package struct StoreAbsence: Sendable, Hashable, Codable {
    /// When the store answered last: what is shown is as of then.
    package var asOf: Instant
    /// When it was noticed.
    package var since: Instant
    /// When the store is tried again; a time that is over: at this moment.
    package var nextTryAt: Instant
    /// Why it does not answer, as a sentence.
    package var because: String
    /// When it answered again; `nil` while it does not. Told for as long as it excuses engines that were not heard of.
    package var endedAt: Instant?

    package init(
        asOf: Instant, since: Instant, nextTryAt: Instant, because: String, endedAt: Instant? = nil
    ) {
        self.asOf = asOf
        self.since = since
        self.nextTryAt = nextTryAt
        self.because = because
        self.endedAt = endedAt
    }

    /// Whether the store does not answer now.
    package var isPresent: Bool { endedAt == nil }

    /// How long somebody who was heard of at `seenAt` said nothing, though the store would have told it.
    package func silence(after seenAt: Instant, at now: Instant) -> Duration {
        let before = max(.zero, min(asOf, now) - seenAt)
        guard let endedAt else { return before }
        return before + max(.zero, now - max(seenAt, endedAt))
    }
}
