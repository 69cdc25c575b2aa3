/// When things happen: event `k` lies in the `k`-th interval after the start, at a place drawn from the seed.
struct EventSchedule: Sendable {
    let startsAt: Int64
    /// `nil`: nothing ever happens.
    private let intervalInMilliseconds: Double?
    private let seed: Seed
    private let salt: Int
    /// Number of the event that happens next.
    private(set) var next = 0

    init(startsAt: Int64, perHour: Int, seed: Seed, salt: Int) {
        self.startsAt = startsAt
        self.seed = seed
        self.salt = salt
        intervalInMilliseconds = perHour > 0 ? 3_600_000 / Double(perHour) : nil
    }

    /// The next event that is due at `time`, with when it happened.
    mutating func take(until time: Int64) -> (event: Int, at: Int64)? {
        guard let intervalInMilliseconds else { return nil }
        let place = Double(next) + seed.fraction(.event, next, salt)
        let due = startsAt + Int64(place * intervalInMilliseconds)
        guard due <= time else { return nil }
        defer { next += 1 }
        return (next, due)
    }
}
