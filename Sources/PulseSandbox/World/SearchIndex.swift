/// What the search knows of changed issues: behind the truth by a lag of its own for each change.
struct SearchIndex: Sendable {
    /// What it sorts and filters by.
    struct Entry: Sendable, Hashable {
        let id: Int
        let key: KeyNumber
        let createdAt: Int64
        let updatedAt: Int64
        let isDeleted: Bool
        fileprivate let event: Int
    }

    struct Place: Sendable, Hashable, Comparable {
        let time: Int64
        let id: Int
        static func < (left: Place, right: Place) -> Bool {
            left.time != right.time ? left.time < right.time : left.id < right.id
        }
    }

    private(set) var entries: [Int: Entry] = [:]
    /// Entries that exist, by the time of their newest change.
    private(set) var byUpdate: [Place] = []
    private var pending: [(visibleAt: Int64, entry: Entry)] = []
    private let lagInMilliseconds: Int64

    init(lagInMilliseconds: Int64) { self.lagInMilliseconds = lagInMilliseconds }

    mutating func note(_ record: IssueRecord, at time: Int64, event: Int, seed: Seed) {
        let entry = Entry(
            id: record.id, key: record.key, createdAt: record.createdAt, updatedAt: record.updatedAt,
            isDeleted: record.isDeleted, event: event)
        guard lagInMilliseconds > 0 else {
            apply(entry)
            return
        }
        let lag = Int64(seed.fraction(.lag, event, record.id) * Double(lagInMilliseconds))
        pending.append((time + lag, entry))
    }

    /// Makes visible what is due.
    mutating func catchUp(to time: Int64) {
        guard pending.contains(where: { $0.visibleAt <= time }) else { return }
        let due = pending.filter { $0.visibleAt <= time }.sorted {
            ($0.visibleAt, $0.entry.event) < ($1.visibleAt, $1.entry.event)
        }
        pending.removeAll { $0.visibleAt <= time }
        for (_, entry) in due { apply(entry) }
    }

    private mutating func apply(_ entry: Entry) {
        if let old = entries[entry.id] {
            // A later change may have become visible before.
            guard old.event <= entry.event else { return }
            if !old.isDeleted { remove(Place(time: old.updatedAt, id: old.id)) }
        }
        entries[entry.id] = entry
        if !entry.isDeleted {
            let place = Place(time: entry.updatedAt, id: entry.id)
            byUpdate.insert(place, at: firstPlace(notBefore: place))
        }
    }

    private mutating func remove(_ place: Place) {
        let position = firstPlace(notBefore: place)
        if position < byUpdate.count, byUpdate[position] == place { byUpdate.remove(at: position) }
    }

    func firstPlace(notBefore place: Place) -> Int {
        var (low, high) = (0, byUpdate.count)
        while low < high {
            let middle = (low + high) / 2
            if byUpdate[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
