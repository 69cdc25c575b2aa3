import PulseDomain

/// Points spent in each of the last thirty minutes.
package struct SpendingHistory: Sendable, Hashable, Codable {
    private var buckets = [Double](repeating: 0, count: 30)
    private var minute: Int64 = 0

    private mutating func advance(to now: Instant) {
        let current = now.seconds / 60
        guard current > minute else { return }
        let steps = min(Int64(buckets.count), current - minute)
        buckets.removeFirst(Int(steps))
        buckets.append(contentsOf: repeatElement(0, count: Int(steps)))
        minute = current
    }

    mutating func add(_ points: Double, at now: Instant) {
        advance(to: now)
        buckets[buckets.count - 1] += points
    }

    /// The rate over this minute and the one before it.
    func perMinute(at now: Instant) -> Double {
        let buckets = history(at: now)
        let part = Double(now.seconds % 60 + 1) / 60
        return (buckets[buckets.count - 1] + buckets[buckets.count - 2]) / (1 + part)
    }

    func history(at now: Instant) -> [Double] {
        var copy = self
        copy.advance(to: now)
        return copy.buckets
    }
}
