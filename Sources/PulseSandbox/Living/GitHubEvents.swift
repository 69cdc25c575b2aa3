extension GitHubWorld {
    /// Lets one event of the living world happen.
    mutating func happen(_ event: Int, at time: Int64) {
        let draw = seed.number(.eventKind, event, below: 1_000)
        let busy = counts.indices.filter { !isEmpty($0) }
        guard !busy.isEmpty else { return }
        // Squared, so that the first repositories are the busiest.
        let share = seed.fraction(.eventTarget, event, 1)
        let repository = busy[min(busy.count - 1, Int(share * share * Double(busy.count)))]
        switch draw {
        case ..<110: open(in: repository, at: time)
        case ..<170: push(to: repository, at: time, event: event)
        case ..<174: rewrite(repository, at: time, event: event)
        case ..<190: release(repository, at: time, event: event)
        case ..<260: deploy(repository, at: time, event: event)
        default: if let place = target(repository, event) { change(place, draw, event, at: time) }
        }
    }

    private mutating func change(_ place: PullPlace, _ draw: Int, _ event: Int, at time: Int64) {
        guard let record = record(place) else { return }
        let facts = facts(record)
        let isOpen = facts.state == .open
        switch draw {
        case ..<470: edit(place, isOpen ? .commit : .comment, at: time, event: event)
        case ..<500: edit(place, isOpen ? .forcePush : .comment, at: time, event: event)
        case ..<640: edit(place, .review, at: time, event: event)
        case ..<740: edit(place, .comment, at: time, event: event)
        case ..<800: edit(place, .thread, at: time, event: event)
        case ..<850:
            edit(place, facts.threads.last.map { .reply(thread: $0.serial) } ?? .thread, at: time, event: event)
        case ..<880:
            edit(place, facts.threads.last.map { .resolve(thread: $0.serial) } ?? .comment, at: time, event: event)
        case ..<905: edit(place, .title, at: time, event: event)
        case ..<980 where isOpen:
            let commit = push(to: place.repository, at: time, event: event, merging: place)
            edit(place, .merge(commit: commit), at: time, event: event)
        case 980... where isOpen: edit(place, .close, at: time, event: event)
        case 990... where facts.state == .closed: edit(place, .reopen, at: time, event: event)
        default: edit(place, .comment, at: time, event: event)
        }
    }

    /// Mostly one of the forty newest.
    private func target(_ repository: Int, _ event: Int) -> PullPlace? {
        let count = pullCount(repository)
        guard count > 0 else { return nil }
        let reach = seed.isOne(in: 5, .eventTarget, event, 2) ? count : min(count, 40)
        return PullPlace(repository: repository, index: count - 1 - seed.number(.eventTarget, event, 3, below: reach))
    }
}
