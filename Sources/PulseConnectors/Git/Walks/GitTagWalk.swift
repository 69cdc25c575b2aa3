import PulseDomain

/// Makes the pages of the stream of tags: all of them whenever one has changed, as there are few and they may move.
struct GitTagWalk: Sendable {
    let git: GitProgram
    let walk: Walk

    private var path: String { walk.descriptor.reference }

    func page(at cursor: GitCursor) async throws -> GitCommitWalk.Step {
        var cursor = cursor
        if cursor.step == .begin {
            cursor = try await beginning()
            if walk.mode == .incremental, let state = walk.watermark?.state, state == cursor.state {
                var header = PageHeader(.tags, repository: cursor.repository)
                header.expected = 0
                header.watermark = walk.watermark
                return GitCommitWalk.Step(body: header.bytes)
            }
        }
        let after = Array((cursor.last ?? "").utf8)
        let pageSize = max(1, walk.pageSize)
        let limit = GitCommitWalk.pageLimitInBytes
        let splitter = RecordSplitter(fieldCount: TagContent.fieldCount) { record, kept, sizeInBytes in
            // In the order of bytes, as git sorts.
            if !after.lexicographicallyPrecedes(TagContent.name(of: record)) { return .skip }
            return kept >= pageSize || (kept > 0 && sizeInBytes >= limit) ? .stop : .keep
        }
        var result = try await git.stream(
            ["for-each-ref", "--sort=refname", "--format=\(TagContent.format)", "refs/tags"], in: path, into: splitter
        ) { $0.take($1) }
        result.value.finish()
        guard result.end == .exited(0) || result.value.isStopped else {
            throw GitFailure.ended(result.end, errors: result.errors, folder: path)
        }
        return step(after: result.value, from: cursor)
    }

    private func beginning() async throws -> GitCursor {
        let repository = try await Repository.probe(path, with: git)
        let names = try await git.stream(
            ["for-each-ref", "--format=%(refname) %(objectname)", "refs/tags"], in: path, into: Fingerprint()
        ) { fingerprint, piece in
            fingerprint.add(piece)
            return true
        }
        guard names.end == .exited(0) else { throw GitFailure.ended(names.end, errors: names.errors, folder: path) }
        var cursor = GitCursor(step: .tags)
        cursor.repository = repository.id
        cursor.watermark = GitWatermark(repository: repository.id, basis: "", refs: names.value.text, tips: [])
        return cursor
    }

    private func step(after splitter: RecordSplitter, from cursor: GitCursor) -> GitCommitWalk.Step {
        var header = PageHeader(.tags, repository: cursor.repository)
        header.listsIDs = true
        var next: GitCursor?
        if splitter.isStopped {
            var position = cursor
            position.offset += splitter.count
            var last: ArraySlice<UInt8> = []
            RecordFields.forEach(in: splitter.bytes, from: 0, fieldCount: TagContent.fieldCount) { record in
                last = TagContent.name(of: record.bytes)
            }
            position.last = String(decoding: last, as: UTF8.self)
            next = position
        } else if !isRange {
            header.watermark = Watermark(state: cursor.state)
        }
        let scope = CensusScope(table: ReleaseColumns.table, column: "repository_id", value: cursor.repository)
        return GitCommitWalk.Step(
            body: header.bytes + splitter.bytes, next: next, censusScope: next == nil && !isRange ? scope : nil)
    }

    private var isRange: Bool {
        if case .range = walk.mode { true } else { false }
    }
}

extension GitCursor {
    /// The watermark as it is kept.
    fileprivate var state: String? { watermark?.state }
}
