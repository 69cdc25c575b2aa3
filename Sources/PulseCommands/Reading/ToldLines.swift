/// Which lines of a log were printed. Lines of several engines come in the order of their times and not of their numbers,
/// and after a link was cut some come twice.
struct ToldLines {
    /// Every line up to it was printed, or is not wanted.
    private(set) var floor: Int64
    private var beyond: Set<Int64> = []
    /// More than a log keeps: what lies further back is not sent again.
    private static let most = 20_000

    init(after floor: Int64) { self.floor = floor }

    /// Whether a line was not printed yet; from now on it was.
    mutating func isNew(_ sequence: Int64) -> Bool {
        guard sequence > floor, beyond.insert(sequence).inserted else { return false }
        // Lines that are missing for that long were let go.
        if beyond.count > Self.most { floor = max(floor, (beyond.min() ?? 0) - 1) }
        while beyond.remove(floor + 1) != nil { floor += 1 }
        return true
    }
}
