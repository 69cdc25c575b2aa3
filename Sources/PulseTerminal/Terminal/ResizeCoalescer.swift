/// Makes one change of size out of the many that come while a window's edge is dragged: it is followed when the edge
/// rests, and now and then while it moves.
struct ResizeCoalescer {
    /// How long the edge must rest.
    static let rest = Duration.milliseconds(40)
    /// How long it may move before it is followed all the same.
    static let patience = Duration.milliseconds(400)

    private var firstAt: ContinuousClock.Instant?
    private var lastAt: ContinuousClock.Instant?

    /// When to look at the size; nil when nothing changed.
    var deadline: ContinuousClock.Instant? {
        guard let firstAt, let lastAt else { return nil }
        return min(lastAt + Self.rest, firstAt + Self.patience)
    }

    mutating func note(at now: ContinuousClock.Instant) {
        firstAt = firstAt ?? now
        lastAt = now
    }

    /// Whether the size is to be read now; once for all changes so far.
    mutating func isDue(at now: ContinuousClock.Instant) -> Bool {
        guard let deadline, now >= deadline else { return false }
        firstAt = nil
        lastAt = nil
        return true
    }
}
