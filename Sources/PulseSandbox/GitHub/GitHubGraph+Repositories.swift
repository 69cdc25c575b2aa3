extension GitHubGraph {
    func organization(_ name: String, _ arguments: GitHubArguments) throws(GitHubPagingError) -> GitHubValue {
        switch name {
        case "id": return .text(NodeID.make(.organization, [1]))
        case "login": return .text(world.options.organization)
        case "name": return .text("Acme")
        case "databaseId": return .int(9_919)
        case "description": return .null
        case "repositories":
            let paging = try GitHubPaging(arguments, name: name)
            let isDescending = arguments.order?.isDescending ?? false
            let all = isDescending ? Array(world.counts.indices.reversed()) : Array(world.counts.indices)
            return .node(.connection(try paging.page("RepositoryConnection", all, serial: \.self) { .repository($0) }))
        default: return .text("\(web)/\(world.options.organization)")
        }
    }

    func repository(_ repository: Int, _ name: String, _ arguments: GitHubArguments) throws(GitHubPagingError)
        -> GitHubValue
    {
        switch name {
        case "id": return .text(NodeID.make(.repository, [repository]))
        case "databaseId": return .int(41_000_000 + repository * 1_337)
        case "name": return .text(world.name(repository))
        case "nameWithOwner": return .text(world.fullName(repository))
        case "owner": return .node(.organization)
        case "url": return .text("\(web)/\(world.fullName(repository))")
        case "description": return repository % 6 == 5 ? .null : .text("All about \(world.name(repository)).")
        case "isPrivate": return .bool(repository % 3 != 0)
        case "visibility": return .text(repository % 3 != 0 ? "PRIVATE" : "PUBLIC")
        case "isArchived": return .bool(repository >= 36)
        case "isFork": return .bool(repository % 19 == 18)
        case "isEmpty": return .bool(world.isEmpty(repository))
        case "isDisabled", "isLocked": return .bool(false)
        case "stargazerCount": return .int(repository * 7 % 50)
        case "diskUsage": return .int(1_000 + repository * 313)
        case "createdAt": return .time(world.historyBegin - Int64(50 - repository) * 86_400_000)
        case "pushedAt":
            return .time(world.isEmpty(repository) ? nil : world.commitTime(repository, world.heads[repository]))
        case "updatedAt":
            return .time(
                world.isEmpty(repository) ? world.historyBegin : world.commitTime(repository, world.heads[repository]))
        case "primaryLanguage":
            return .node(world.isEmpty(repository) ? nil : .language(repository % Vocabulary.languages.count))
        case "defaultBranchRef":
            guard !world.isEmpty(repository) else { return .node(nil) }
            return .node(.ref(repository, world.defaultBranch(repository), head(repository)))
        case "object": return object(repository, arguments)
        case "pullRequest":
            let number = arguments.int("number") ?? 0
            guard let index = PullPlace.index(ofNumber: number),
                let record = world.record(PullPlace(repository: repository, index: index))
            else {
                return .failure(
                    type: "NOT_FOUND", message: "Could not resolve to a PullRequest with the number of \(number).")
            }
            return .node(.pull(world.facts(record)))
        case "pullRequests":
            return .node(.connection(try pullRequests(repository, GitHubPaging(arguments, name: name), arguments)))
        case "releases":
            let all = deliveries(releases: repository)
            let ordered = arguments.order?.isDescending ?? true ? Array(all.reversed()) : all
            return .node(
                .connection(
                    try GitHubPaging(arguments, name: name).page("ReleaseConnection", ordered, serial: \.serial) {
                        .release($0)
                    }))
        case "deployments":
            var all = deliveries(deployments: repository)
            if let environments = arguments.texts("environments") {
                all = all.filter { environments.contains(environment($0)) }
            }
            if arguments.order?.isDescending == true { all.reverse() }
            return .node(
                .connection(
                    try GitHubPaging(arguments, name: name).page("DeploymentConnection", all, serial: \.serial) {
                        .deployment($0)
                    }))
        default: return .null
        }
    }

    func head(_ repository: Int) -> CommitIdentity { .branch(repository: repository, serial: world.heads[repository]) }

    private func object(_ repository: Int, _ arguments: GitHubArguments) -> GitHubValue {
        guard !world.isEmpty(repository) else { return .node(nil) }
        let wanted = arguments.text("oid") ?? arguments.text("expression") ?? ""
        if ["HEAD", world.defaultBranch(repository), "refs/heads/\(world.defaultBranch(repository))"].contains(wanted) {
            return .node(.commit(head(repository)))
        }
        guard let identity = CommitIdentity(oid: wanted), world.exists(identity) else { return .node(nil) }
        return .node(.commit(identity))
    }

    /// Pages by value: what follows a cursor is what is ordered behind it now, wherever it was when the cursor was given.
    private func pullRequests(_ repository: Int, _ paging: GitHubPaging, _ arguments: GitHubArguments)
        throws(GitHubPagingError) -> GitHubConnectionPage
    {
        let order = arguments.order ?? ("CREATED_AT", false)
        let isDescending = order.isDescending != paging.isBackward
        let states = arguments.texts("states").map { Set($0) }
        var cursor: SearchIndex.Place?
        if let text = paging.isBackward ? paging.before : paging.after {
            guard let numbers = GitHubCursor.read(text), numbers.count == 2 else { throw .cursor(text) }
            cursor = SearchIndex.Place(time: numbers[0], id: Int(numbers[1]))
        }
        var places = PullListing(
            world: world, repository: repository, isByUpdate: order.field == "UPDATED_AT", isDescending: isDescending
        )
        .places(after: cursor, limit: paging.limit + 1, states: states)
        let hasMore = places.count > paging.limit
        places = Array(places.prefix(paging.limit))
        if paging.isBackward { places.reverse() }
        let world = world
        let total = states.map { states in
            (0..<world.pullCount(repository)).count { index in
                world.record(PullPlace(repository: repository, index: index)).map {
                    states.contains(world.facts($0).state.rawValue)
                } ?? false
            }
        }
        return GitHubConnectionPage(
            typeName: "PullRequestConnection",
            elements: places.map { place in
                GitHubElement(
                    make: {
                        let pull = PullPlace(repository: repository, index: place.id)
                        return .pull(world.facts(world.record(pull) ?? world.baseRecord(pull)))
                    }, cursor: GitHubCursor.make([place.time, Int64(place.id)]))
            }, total: total ?? world.pullCount(repository), hasNext: paging.isBackward ? paging.before != nil : hasMore,
            hasPrevious: paging.isBackward ? hasMore : cursor != nil)
    }
}

/// The pull requests of a repository in the order of one of their times.
struct PullListing {
    let world: GitHubWorld
    let repository: Int
    let isByUpdate: Bool
    let isDescending: Bool

    func places(after cursor: SearchIndex.Place?, limit: Int, states: Set<String>?) -> [SearchIndex.Place] {
        var found: [SearchIndex.Place] = []
        func isWanted(_ place: SearchIndex.Place) -> Bool {
            if let cursor, isDescending ? place >= cursor : place <= cursor { return false }
            guard let states else { return true }
            return world.record(PullPlace(repository: repository, index: place.id)).map {
                states.contains(world.facts($0).state.rawValue)
            } ?? false
        }
        if isByUpdate {
            walkByUpdate(cursor, limit, isWanted, &found)
        } else {
            walkByCreation(cursor, limit, isWanted, &found)
        }
        found.sort { isDescending ? $1 < $0 : $0 < $1 }
        return Array(found.prefix(limit))
    }

    private func walkByUpdate(
        _ cursor: SearchIndex.Place?, _ limit: Int, _ isWanted: (SearchIndex.Place) -> Bool,
        _ found: inout [SearchIndex.Place]
    ) {
        let timeline = world.timelines[repository]
        var slot =
            isDescending
            ? (cursor.map { timeline.firstSlot(notBefore: $0.time + 1) } ?? timeline.slots.upperBound) - 1
            : timeline.firstSlot(notBefore: cursor?.time ?? .min)
        var taken = 0
        var last: Int64?
        while timeline.slots.contains(slot) {
            let time = timeline.changeTime(ofSlot: slot)
            // Whole groups of equal times are taken, because within them the slots' order need not be the index's.
            if taken >= limit, time != last { break }
            last = time
            if let index = timeline.index(atSlot: slot),
                world.records[PullPlace(repository: repository, index: index)] == nil
            {
                let place = SearchIndex.Place(time: time, id: index)
                if isWanted(place) {
                    found.append(place)
                    taken += 1
                }
            }
            slot += isDescending ? -1 : 1
        }
        let changed = world.byUpdate[repository]
        var position =
            isDescending
            ? (cursor.map { changed.lowerBound(of: $0) } ?? changed.count) - 1
            : cursor.map { changed.lowerBound(of: $0) } ?? 0
        taken = 0
        while changed.indices.contains(position), taken < limit {
            if isWanted(changed[position]) {
                found.append(changed[position])
                taken += 1
            }
            position += isDescending ? -1 : 1
        }
    }

    private func walkByCreation(
        _ cursor: SearchIndex.Place?, _ limit: Int, _ isWanted: (SearchIndex.Place) -> Bool,
        _ found: inout [SearchIndex.Place]
    ) {
        let count = world.pullCount(repository)
        var index = cursor?.id ?? (isDescending ? count : -1)
        while found.count < limit {
            index += isDescending ? -1 : 1
            guard (0..<count).contains(index),
                let record = world.record(PullPlace(repository: repository, index: index))
            else { return }
            let place = SearchIndex.Place(time: record.createdAt, id: index)
            if isWanted(place) { found.append(place) }
        }
    }
}
