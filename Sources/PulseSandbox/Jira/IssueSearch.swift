/// Finds issues by JQL in the order it asks for, page after page, without looking at more than a page needs.
struct IssueSearch {
    let world: JiraWorld
    let query: JQL

    /// What an issue is found by.
    struct Candidate {
        let id: Int
        let key: KeyNumber
        let createdAt: Int64
        let updatedAt: Int64
    }

    /// Where a candidate stands in the order; also what a page token remembers.
    struct Place: Comparable, Hashable {
        /// As many numbers as any order of up to three fields needs; a descending one is negated.
        var numbers: [Int64]
        static func < (left: Place, right: Place) -> Bool { left.numbers.lexicographicallyPrecedes(right.numbers) }
    }

    private var order: [JQL.Order] {
        query.order.isEmpty ? [JQL.Order(field: .created, isDescending: true)] : query.order
    }

    func place(of candidate: Candidate) -> Place {
        var numbers: [Int64] = []
        numbers.reserveCapacity(4)
        for part in order {
            let sign: Int64 = part.isDescending ? -1 : 1
            switch part.field {
            case .updated: numbers.append(sign * candidate.updatedAt)
            case .created: numbers.append(sign * candidate.createdAt)
            case .key, .project:
                numbers.append(sign * Int64(candidate.key.project))
                if part.field == .key { numbers.append(sign * Int64(candidate.key.number)) }
            default: numbers.append(sign * Int64(candidate.id))
            }
        }
        numbers.append(Int64(candidate.id))
        return Place(numbers: numbers)
    }

    /// Up to `limit` ids behind `cursor`, in order, each with its place.
    func page(after cursor: Place?, limit: Int) -> [(id: Int, place: Place)] {
        var found: [(id: Int, place: Place)] = []
        let bounds = Bounds(query.condition)
        func offer(_ candidate: Candidate) -> Bool {
            let place = place(of: candidate)
            if let cursor, place <= cursor { return false }
            guard matches(candidate, query.condition) else { return false }
            found.append((candidate.id, place))
            return true
        }
        if let ids = bounds.ids {
            for id in ids { if let candidate = candidate(id) { _ = offer(candidate) } }
        } else {
            for project in world.projects.indices where bounds.projects?.contains(project) ?? true {
                var taken = 0
                var last: Int64?
                let isUnique = order[0].field == .id || order[0].field == .key
                walkBase(project, bounds: bounds, cursor: cursor) { candidate in
                    let primary = place(of: candidate).numbers[0]
                    if taken >= limit, isUnique || primary != last && order[0].field != .project { return false }
                    if world.index.entries[candidate.id] == nil, offer(candidate) { taken += 1 }
                    last = primary
                    return true
                }
            }
            walkChanged(bounds: bounds, cursor: cursor, limit: limit, offer)
        }
        found.sort { $0.place < $1.place }
        return Array(found.prefix(limit))
    }

    /// How many issues match. Looks at all of them.
    func count() -> Int { page(after: nil, limit: .max).count }

    private func candidate(_ id: Int) -> Candidate? {
        if let entry = world.index.entries[id] { return entry.isDeleted ? nil : Self.candidate(entry) }
        return world.baseKey(ofID: id).map { candidate(base: $0) }
    }

    private static func candidate(_ entry: SearchIndex.Entry) -> Candidate {
        Candidate(id: entry.id, key: entry.key, createdAt: entry.createdAt, updatedAt: entry.updatedAt)
    }

    private func candidate(base key: KeyNumber) -> Candidate {
        let timeline = world.timelines[key.project]
        return Candidate(
            id: world.baseID(key), key: key, createdAt: timeline.created(key.number - 1),
            updatedAt: timeline.updated(key.number - 1))
    }

    /// Walks a project's issues from before the start in the order of the first field, beginning about at the cursor,
    /// until `body` has enough.
    private func walkBase(_ project: Int, bounds: Bounds, cursor: Place?, _ body: (Candidate) -> Bool) {
        let timeline = world.timelines[project]
        let first = order[0]
        let from = cursor.map { first.isDescending ? -$0.numbers[0] : $0.numbers[0] }
        if first.field == .updated {
            let low = timeline.firstSlot(notBefore: max(bounds.updatedFrom, first.isDescending ? .min : from ?? .min))
            let high = min(bounds.updatedTo, first.isDescending ? from ?? .max : .max)
            var slot = first.isDescending ? timeline.firstSlot(notBefore: high == .max ? .max : high + 1) - 1 : low
            while slot >= low, slot < timeline.slots.upperBound {
                if let index = timeline.index(atSlot: slot) {
                    let candidate = candidate(base: KeyNumber(project: project, number: index + 1))
                    if candidate.updatedAt > high || !body(candidate) { return }
                }
                slot += first.isDescending ? -1 : 1
            }
            return
        }
        var start = first.isDescending ? timeline.count - 1 : 0
        if let cursor, let from {
            switch first.field {
            case .created:
                start =
                    first.isDescending
                    ? timeline.firstIndex(createdNotBefore: from + 1) - 1 : timeline.firstIndex(createdNotBefore: from)
            case .key:
                if Int(from) == project { start = Int(abs(cursor.numbers[1])) - 1 }
                if first.isDescending ? project > Int(from) : project < Int(from) { return }
            case .id: start = (Int(from) - JiraWorld.firstID) / world.projects.count + (first.isDescending ? 1 : -1)
            default: break
            }
        }
        start = min(max(start, first.isDescending ? -1 : 0), timeline.count - (first.isDescending ? 1 : 0))
        for index in first.isDescending
            ? stride(from: start, through: 0, by: -1) : stride(from: start, through: timeline.count - 1, by: 1)
        {
            if !body(candidate(base: KeyNumber(project: project, number: index + 1))) { return }
        }
    }

    private func walkChanged(bounds: Bounds, cursor: Place?, limit: Int, _ offer: (Candidate) -> Bool) {
        let places = world.index.byUpdate
        guard order[0].field == .updated else {
            for place in places {
                if let entry = world.index.entries[place.id] { _ = offer(Self.candidate(entry)) }
            }
            return
        }
        let isDescending = order[0].isDescending
        let from = cursor.map { isDescending ? -$0.numbers[0] : $0.numbers[0] }
        var position: Int
        if isDescending {
            let high = min(bounds.updatedTo, from ?? .max)
            position = world.index.firstPlace(notBefore: SearchIndex.Place(time: high, id: .max)) - 1
        } else {
            position = world.index.firstPlace(
                notBefore: SearchIndex.Place(time: max(bounds.updatedFrom, from ?? .min), id: .min))
        }
        var taken = 0
        var last: Int64?
        while places.indices.contains(position) {
            let place = places[position]
            if taken >= limit, place.time != last { return }
            if isDescending ? place.time < bounds.updatedFrom : place.time > bounds.updatedTo { return }
            if let entry = world.index.entries[place.id], offer(Self.candidate(entry)) { taken += 1 }
            last = place.time
            position += isDescending ? -1 : 1
        }
    }

    // MARK: Conditions

    private func matches(_ candidate: Candidate, _ condition: JQL.Condition?) -> Bool {
        switch condition {
        case nil, .everything?: true
        case .all(let parts)?: parts.allSatisfy { matches(candidate, $0) }
        case .any(let parts)?: parts.contains { matches(candidate, $0) }
        case .not(let part)?: !matches(candidate, part)
        case .projects(let projects)?: projects.contains(candidate.key.project)
        case .ids(let ids)?: ids.contains(candidate.id)
        case .id(let comparison, let id)?: Self.holds(candidate.id, comparison, id)
        case .key(let comparison, let key)?:
            candidate.key.project == key.project && Self.holds(candidate.key.number, comparison, key.number)
        case .time(let field, let comparison, let time)?:
            Self.holds(field == .updated ? candidate.updatedAt : candidate.createdAt, comparison, time)
        case .named(let field, let names)?: world.record(candidate.id).map { isNamed($0, field, names) } ?? false
        }
    }

    private func isNamed(_ record: IssueRecord, _ field: JQL.Field, _ names: Set<String>) -> Bool {
        let facts = world.facts(record)
        return switch field {
        case .status: names.contains(facts.status.name.lowercased())
        case .statusCategory:
            names.contains(facts.status.category.name.lowercased()) || names.contains(facts.status.category.key)
        default: names.contains(facts.kind.name.lowercased())
        }
    }

    private static func holds<T: Comparable>(_ value: T, _ comparison: JQL.Comparison, _ other: T) -> Bool {
        switch comparison {
        case .equal: value == other
        case .unequal: value != other
        case .less: value < other
        case .lessOrEqual: value <= other
        case .greater: value > other
        case .greaterOrEqual: value >= other
        }
    }

    /// What every match must satisfy, as far as it narrows the walk.
    private struct Bounds {
        var projects: Set<Int>?
        var ids: Set<Int>?
        var updatedFrom = Int64.min
        var updatedTo = Int64.max

        init(_ condition: JQL.Condition?) {
            switch condition {
            case .all(let parts)?: for part in parts { narrow(part) }
            case let condition?: narrow(condition)
            case nil: break
            }
        }

        private mutating func narrow(_ part: JQL.Condition) {
            switch part {
            case .all(let parts): for part in parts { narrow(part) }
            case .projects(let set): projects = projects.map { $0.intersection(set) } ?? set
            case .ids(let set): ids = ids.map { $0.intersection(set) } ?? set
            case .time(.updated, .greaterOrEqual, let time), .time(.updated, .greater, let time):
                updatedFrom = max(updatedFrom, time)
            case .time(.updated, .lessOrEqual, let time), .time(.updated, .less, let time):
                updatedTo = min(updatedTo, time)
            default: break
            }
        }
    }
}
