import PulseConnectors
import PulseDomain
import PulseStore

/// Whether an answer can be believed (invariant 8).
extension PartitionWalk {
    /// Whether the walk ends with nothing, or next to nothing, where the store knows of records: what a lost permission
    /// and a changed filter look like.
    ///
    /// A walk over everything is judged by what it saw. An incremental one sees its newest known record again, or else
    /// that one may have been moved or deleted; then one more request tells whether the partition answers with anything
    /// at all. One that saw something is believed: a quiet partition is nothing unusual.
    func isSuspicious(_ walk: Walk, seen: Int, last: FetchedPage) async throws -> Bool {
        let isOverEverything = walk.mode == .full || walk.watermark == nil
        guard isOverEverything || (seen == 0 && stream.rereadsNewest) else { return false }
        guard let scope = last.partitionScope ?? last.censusScope ?? wholeScope(of: walk) else { return false }
        // Where no census can confirm that so much is gone, only nothing at all is too little.
        guard seen == 0 || stream.hasCensus else { return false }
        let known = try await patience.call(for: walk.partition.key) { _ in
            try await store.rowCount(in: scope, of: walk.partition.source)
        }
        if !isOverEverything, known > 0, try await answersWithAnything(walk) {
            metrics.proveQuiet()
            return false
        }
        guard Plausibility.isImplausible(seen: seen, known: known) else { return false }
        client.tell(
            .warning, "A partition answered with nothing, or next to nothing, where records are known.",
            [
                LogLine.Fact("seen", "\(seen)"), LogLine.Fact("known", "\(known)"),
                LogLine.Fact("table", scope.table.rawValue),
            ])
        return true
    }

    /// The rows of a partition that is everything there is.
    private func wholeScope(of walk: Walk) -> CensusScope? {
        guard walk.partition.key == .whole, let table = stream.tables.first else { return nil }
        return CensusScope(table: table)
    }

    /// Looks at the beginning of a walk over everything, a record at a time, without loading it.
    private func answersWithAnything(_ walk: Walk) async throws -> Bool {
        var look = walk
        look.mode = .full
        look.watermark = nil
        look.pageSize = 1
        var next: Cursor? = try source.connector.firstCursor(of: look)
        // Pages may be empty and go on all the same.
        for _ in 0..<20 {
            guard let cursor = next else { return false }
            let page = try await source.connector.page(at: cursor, of: look, through: client)
            if try source.connector.content(of: page.raw, walk: look).extracted > 0 { return true }
            next = page.next
        }
        return next != nil
    }
}
