import PulseDomain

/// Makes the pages of the stream of commits.
struct GitCommitWalk: Sendable {
    /// Hashes on a page of a census.
    static let censusPageSize = 20_000
    /// A page ends after the record that brings it to this size.
    static let pageLimitInBytes = 16 << 20

    let git: GitProgram
    let lists: HashLists
    /// Whether added and deleted lines are counted.
    let countsLines: Bool
    let walk: Walk
    let now: Instant

    private var path: String { walk.descriptor.reference }

    /// A page before it is stamped.
    struct Step: Sendable {
        var body: [UInt8]
        var next: GitCursor?
        var censusScope: CensusScope?
    }

    func page(at cursor: GitCursor) async throws -> Step {
        if cursor.step == .begin { return try await firstPage() }
        do {
            return cursor.step == .census ? try await censusPage(at: cursor) : try await commitsPage(at: cursor)
        } catch let failure as Failure where GitFailure.isMissingObject(failure) {
            // Heads that were rewritten and collected since the walk began: what is there now counts.
            let existing = try await Heads.existing(cursor.tips + cursor.excluded, in: path, with: git)
            guard Set(existing).count < Set(cursor.tips + cursor.excluded).count else { throw failure }
            return try await firstPage()
        }
    }

    // MARK: Beginning

    private func firstPage() async throws -> Step {
        let repository = try await Repository.probe(path, with: git)
        let cursor = try await beginning(in: repository)
        guard !cursor.tips.isEmpty else { return emptyPage(cursor) }
        return cursor.step == .census ? try await censusPage(at: cursor) : try await commitsPage(at: cursor)
    }

    /// Finds out what there is to load: asks for heads and compares them with the watermark.
    private func beginning(in repository: Repository) async throws -> GitCursor {
        let heads = try await Heads.read(path, now: now, with: git)
        let basis = try await Basis.fingerprint(of: repository, countsLines: countsLines, with: git)
        var cursor = GitCursor(step: walk.mode == .census ? .census : .commits)
        cursor.repository = repository.id
        cursor.isShallow = repository.isShallow
        cursor.countsLines = countsLines && !repository.isPartial
        cursor.newest = heads.newest.map { Instant(seconds: $0).microseconds }
        cursor.tips = heads.tips
        switch walk.mode {
        case .census: return cursor
        case .range(let from, let to):
            cursor.since = from.seconds
            cursor.until = to.seconds
            return cursor
        case .full, .incremental: break
        }
        var former = GitWatermark(walk.watermark)
        let isFamiliar = former?.repository == repository.id && former?.basis == basis
        if walk.mode == .full || !isFamiliar {
            cursor.isComplete = walk.mode == .full || walk.watermark != nil
            former = nil
        }
        var known = former?.tips ?? []
        if former?.refs == heads.fingerprint {
            cursor.tips = []
        } else if !known.isEmpty {
            let existing = try await Heads.existing(known, in: path, with: git)
            var isRewritten = existing.count < known.count
            if !isRewritten { isRewritten = try await !heads.reachAll(of: existing, in: path, with: git) }
            cursor.needsCensus = isRewritten
            cursor.excluded = existing
            // Former heads that are not reached any more are no heads of what comes after.
            known = isRewritten ? [] : existing
        }
        let tips = cursor.tips.isEmpty ? known : try await heads.independent(of: known, in: path, with: git)
        if !cursor.tips.isEmpty { cursor.tips = tips }
        cursor.watermark = GitWatermark(
            repository: repository.id, basis: basis, refs: heads.fingerprint, tips: tips)
        return cursor
    }

    private func emptyPage(_ cursor: GitCursor) -> Step {
        var header = PageHeader(cursor.step == .census ? .census : .commits, repository: cursor.repository)
        header.expected = 0
        header.watermark = watermark(after: cursor)
        // A repository without any commit: all that were loaded are gone.
        let isGone = cursor.isComplete || cursor.needsCensus || cursor.step == .census
        return Step(body: header.bytes, censusScope: isGone ? scope(of: cursor) : nil)
    }

    // MARK: Commits

    private func commitsPage(at cursor: GitCursor) async throws -> Step {
        var cursor = cursor
        let list = try await lists.list(for: cursor, of: walk.partition, in: path, with: git)
        // Another order than before the restart would leave commits out: then from the beginning, which changes nothing.
        if cursor.offset > 0, try list.hash(at: cursor.offset - 1) != cursor.last { cursor.offset = 0 }
        cursor.total = list.count
        let lines = try list.lines(at: cursor.offset, count: max(1, walk.pageSize))
        let splitter = try await records(lines, countsLines: cursor.countsLines)
        let asked = lines.split(separator: UInt8(ascii: "\n")).count
        guard splitter.count == asked || splitter.isStopped else {
            throw GitFailure.brokenPage("git told of \(splitter.count) commits when asked for \(asked)")
        }
        var next: GitCursor? = cursor
        next?.offset += splitter.count
        if cursor.offset + splitter.count >= list.count { next = cursor.needsCensus ? census(after: cursor) : nil }
        if let position = next, position.step == .commits {
            next?.last = try list.hash(at: position.offset - 1)
        } else {
            lists.drop(cursor, of: walk.partition)
        }
        var header = PageHeader(.commits, repository: cursor.repository)
        header.expected = list.count
        header.isShallow = cursor.isShallow
        header.listsIDs = cursor.isComplete
        if next == nil { header.watermark = watermark(after: cursor) }
        return Step(
            body: header.bytes + splitter.bytes, next: next,
            censusScope: next == nil && cursor.isComplete ? scope(of: cursor) : nil)
    }

    /// Lets git tell everything about some commits.
    private func records(_ hashes: [UInt8], countsLines: Bool) async throws -> RecordSplitter {
        let result = try await log(hashes, countsLines: countsLines)
        if result.end == .exited(0) || result.value.isStopped { return result.value }
        let failure = GitFailure.ended(result.end, errors: result.errors, folder: path)
        guard countsLines, GitFailure.isMissingObject(failure) else { throw failure }
        // A damaged tree or blob: the commits themselves may be whole.
        let plain = try await log(hashes, countsLines: false)
        guard plain.end == .exited(0) || plain.value.isStopped else { throw failure }
        return plain.value
    }

    private func log(_ hashes: [UInt8], countsLines: Bool) async throws -> GitProgram.Streamed<RecordSplitter> {
        guard !hashes.isEmpty else {
            let splitter = RecordSplitter(fieldCount: CommitContent.fieldCount) { _, _, _ in .keep }
            return GitProgram.Streamed(value: splitter, end: .exited(0), errors: "")
        }
        let counting = [
            "--shortstat", "--find-renames", "-l400", "--diff-merges=off", "--diff-algorithm=myers",
            "--ignore-submodules=none", "--submodule=short", "--no-relative",
        ]
        let arguments =
            [
                "log", "--no-walk=unsorted", "--stdin", "--format=tformat:\(CommitContent.format)", "--no-color",
                "--no-decorate", "--no-notes", "--no-show-signature", "--no-ext-diff", "--no-textconv",
            ] + (countsLines ? counting : ["--no-patch"])
        let limit = Self.pageLimitInBytes
        let splitter = RecordSplitter(fieldCount: CommitContent.fieldCount) { _, kept, sizeInBytes in
            kept > 0 && sizeInBytes >= limit ? .stop : .keep
        }
        let input = try TemporaryFile(holding: hashes)
        var result = try await git.stream(arguments, in: path, input: input, into: splitter) { splitter, piece in
            splitter.take(piece)
        }
        result.value.finish()
        return result
    }

    // MARK: Census

    private func census(after cursor: GitCursor) -> GitCursor {
        var census = cursor
        census.step = .census
        census.offset = 0
        census.last = nil
        census.excluded = []
        census.needsCensus = false
        return census
    }

    private func censusPage(at cursor: GitCursor) async throws -> Step {
        var cursor = cursor
        let list = try await lists.list(for: cursor, of: walk.partition, in: path, with: git)
        if cursor.offset > 0, try list.hash(at: cursor.offset - 1) != cursor.last { cursor.offset = 0 }
        cursor.total = list.count
        let lines = try list.lines(at: cursor.offset, count: Self.censusPageSize)
        var next: GitCursor? = cursor
        let end = min(cursor.offset + Self.censusPageSize, list.count)
        next?.offset = end
        next?.last = try list.hash(at: end - 1)
        if end >= list.count {
            next = nil
            lists.drop(cursor, of: walk.partition)
        }
        var header = PageHeader(.census, repository: cursor.repository)
        header.listsIDs = true
        if next == nil { header.watermark = watermark(after: cursor) }
        return Step(body: header.bytes + lines, next: next, censusScope: next == nil ? scope(of: cursor) : nil)
    }

    private func scope(of cursor: GitCursor) -> CensusScope {
        CensusScope(table: CommitColumns.table, column: "repository_id", value: cursor.repository)
    }

    /// What is loaded when the walk is complete; `nil` for walks that only look at a part, or only at ids.
    private func watermark(after cursor: GitCursor) -> Watermark? {
        cursor.watermark.map {
            Watermark(changedAt: cursor.newest.map { Instant(microseconds: $0) }, state: $0.state)
        }
    }
}
