import PulseDomain

/// That what is shown is no longer kept up to date, and why. Times are the engine's.
struct Staleness: Hashable, Sendable {
    /// Who does not answer.
    enum Cause: Hashable, Sendable {
        /// The store: the engine is there, and knows nothing new of others.
        case store
        /// The engine, or the link to it.
        case link
    }

    var cause: Cause
    /// What is shown is as of then.
    var asOf: Instant
    /// Since when nothing is answered.
    var since: Instant
    /// When it is tried again; `nil` where that is told elsewhere.
    var nextTryAt: Instant?
    /// Why, as a sentence.
    var because: String
}

extension Staleness {
    /// Of a store that does not answer; `nil` when it does again.
    init?(_ absence: StoreAbsence) {
        guard absence.isPresent else { return nil }
        self.init(
            cause: .store, asOf: absence.asOf, since: absence.since, nextTryAt: absence.nextTryAt,
            because: absence.because)
    }

    /// `The store does not answer: connection refused (db.acme.internal), since 14:31:42.`
    func sentence(_ times: TimeTexts) -> String {
        let who = cause == .store ? "The store" : "The engine"
        return "\(who) does not answer: \(CauseText(because).brief), since \(times.clockWithSeconds(since))."
    }
}
