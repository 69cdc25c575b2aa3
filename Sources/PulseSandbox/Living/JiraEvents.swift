extension JiraWorld {
    /// Lets one event of the living world happen.
    mutating func happen(_ event: Int, at time: Int64) {
        let draw = seed.number(.eventKind, event, below: 1_000)
        switch draw {
        case ..<150: create(in: seed.number(.eventTarget, event, 9, below: projects.count), at: time, event: event)
        case ..<165: if let id = target(event, movable: true) { delete(id, at: time, event: event) }
        case ..<180: move(event, at: time)
        case ..<183: bulkEdit(event, at: time)
        default:
            guard let id = target(event, movable: false) else { return }
            edit(id, editKind(id, draw), at: time, event: event)
        }
    }

    private func editKind(_ id: Int, _ draw: Int) -> IssueEdit.Kind {
        switch draw {
        case ..<420: return .status
        case ..<500: return .assignee
        case ..<560: return .points
        case ..<590: return .title
        case ..<620: return .text
        case ..<670: return .label
        case ..<700: return .priority
        case ..<740: return .sprint
        case ..<890: return .comment
        case ..<915: return record(id).map { !facts($0).comments.isEmpty } == true ? .commentEdit : .comment
        case ..<930: return record(id).map { !facts($0).comments.isEmpty } == true ? .commentDeletion : .comment
        case ..<990: return .worklog
        default: return record(id).map { !facts($0).worklogs.isEmpty } == true ? .worklogDeletion : .worklog
        }
    }

    /// An existing issue, mostly one of the newest of its project; `nil` when the dice show a deleted one too often.
    private func target(_ event: Int, movable: Bool) -> Int? {
        for attempt in 0..<8 {
            let bits = seed.bits(.eventTarget, event, attempt)
            if !bornIDs.isEmpty, bits % 4 == 0 {
                let recent = min(bornIDs.count, 400)
                let id = bornIDs[bornIDs.count - 1 - Int(bits >> 8) % recent]
                if record(id)?.isDeleted == false { return id }
                continue
            }
            let project = Int((bits >> 4) % UInt64(projects.count))
            let count = counts[project]
            guard count > 0 else { continue }
            let back = Int((bits >> 16) % UInt64(bits % 3 == 0 ? count : min(count, 200)))
            let number = count - back
            if movable, Self.isPointedTo(number: number) || number % 25 == 7 || number % 25 == 15 { continue }
            let id = baseID(KeyNumber(project: project, number: number))
            if record(id)?.isDeleted == false { return id }
        }
        return nil
    }

    /// Only between projects that share statuses, so that a move changes no status.
    private mutating func move(_ event: Int, at time: Int64) {
        let open = projects.indices.filter { !Self.isTeamManaged($0) }
        guard open.count > 1, let id = target(event, movable: true), let record = record(id),
            !Self.isTeamManaged(record.key.project)
        else { return }
        let others = open.filter { $0 != record.key.project }
        move(id, to: others[seed.number(.moved, event, below: others.count)], at: time, event: event)
    }

    /// Up to 120 neighbours get a label in the same millisecond.
    private mutating func bulkEdit(_ event: Int, at time: Int64) {
        let project = seed.number(.bulk, event, below: projects.count)
        guard counts[project] > 0 else { return }
        let size = min(counts[project], 30 + seed.number(.bulk, event, 1, below: 91))
        let first = 1 + seed.number(.bulk, event, 2, below: counts[project] - size + 1)
        for number in first..<(first + size) {
            edit(baseID(KeyNumber(project: project, number: number)), .label, at: time, event: event)
        }
    }
}
