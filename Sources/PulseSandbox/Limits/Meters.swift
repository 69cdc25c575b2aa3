import PulseDomain

/// Lets so many requests through at once, and so many again each second.
struct TokenBucket: Sendable {
    let capacity: Int
    let perSecond: Int
    private var level: Double
    private var at: Int64

    init(capacity: Int, perSecond: Int, at time: Int64) {
        self.capacity = capacity
        self.perSecond = max(1, perSecond)
        level = Double(capacity)
        at = time
    }

    var remaining: Int { Int(level) }

    /// Whether a request may pass at `time` (milliseconds since 1970).
    mutating func take(at time: Int64) -> Bool {
        level = min(Double(capacity), level + Double(max(0, time - at)) / 1_000 * Double(perSecond))
        at = max(at, time)
        guard level >= 1 else { return false }
        level -= 1
        return true
    }

    /// Whole seconds until a request may pass again, at least 1.
    var secondsUntilNext: Int { max(1, Int((max(0, 1 - level) / Double(perSecond)).rounded(.up))) }
}

/// Points that may be spent within a window, which begins with the first request after the last one ended.
struct PointWindow: Sendable {
    let bucket: String
    let limit: Int
    let length: Int64
    private(set) var current: WindowUsage?
    private(set) var past: [WindowUsage] = []

    init(bucket: String, limit: Int, length: Duration) {
        self.bucket = bucket
        self.limit = limit
        self.length = length.inMicroseconds / 1_000
    }

    var remaining: Int { max(0, limit - (current?.used ?? 0)) }
    /// Milliseconds since 1970.
    var resetsAt: Int64 { current?.end.milliseconds ?? 0 }
    var isExhausted: Bool { remaining == 0 }

    /// Begins a new window when the old one is over.
    mutating func open(at time: Int64) {
        if let current, current.end.milliseconds > time { return }
        if let current {
            past.append(current)
            // Years of windows are of no use to anybody.
            if past.count > 10_000 { past.removeFirst(5_000) }
        }
        // Whole seconds, as the header that tells the end has no finer ones.
        let begin = time / 1_000 * 1_000
        current = WindowUsage(
            bucket: bucket, begin: Instant(milliseconds: begin), end: Instant(milliseconds: begin + length),
            limit: limit,
            used: 0, rejected: 0)
    }

    mutating func spend(_ points: Int) {
        let used = min(limit, (current?.used ?? 0) + points)
        current?.used = used
    }

    mutating func reject() { current?.rejected += 1 }
}

/// How many things happened within the last minute.
struct SlidingMinute: Sendable {
    private var times: [(at: Int64, count: Int)] = []
    private var sum = 0

    mutating func count(at time: Int64) -> Int {
        while let first = times.first, first.at <= time - 60_000 {
            sum -= first.count
            times.removeFirst()
        }
        return sum
    }

    mutating func add(_ number: Int, at time: Int64) {
        sum += number
        if let last = times.last, last.at / 250 == time / 250 {
            times[times.count - 1].count += number
        } else {
            times.append((time, number))
        }
    }
}
