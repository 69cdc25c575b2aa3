import PulseDomain
import PulsePostgres

extension PostgresSession {
    /// A page on which nothing was written is not kept: the rows are still those that an earlier page made.
    func load(_ pages: [LoadedPage], _ keeping: PageKeeping, _ context: MergeContext) throws -> LoadOutcome {
        let compressor = keeping.compressor
        var ids: [Int64?] = pages.map { _ in nil }
        if compressor != nil, !pages.isEmpty {
            let first = try nextNumber(.rawPage, of: context.tenant, count: pages.count)
            ids = pages.indices.map { first + Int64($0) }
            compressor?.begin(from: 0)
        }
        return try withLoadingPlans {
            let (merger, merged) = try merge(pages, pageIDs: ids, context)
            var counts = RecordCounts()
            let quarantine = QuarantineWriter(db: self, tenant: context.tenant)
            for (index, page) in pages.enumerated() {
                counts += merged[index].counts
                var isKept = merged[index].hasChanged
                try quarantine.add(
                    page.content.rejected, from: page.raw, pageID: ids[index], run: context.run, at: context.now,
                    onFirstChange: { isKept = true })
                guard let id = ids[index], let compressor else { continue }
                if isKept {
                    try RawPages(db: self, tenant: context.tenant).add(
                        page.raw, id: id, body: compressor.body(of: index), run: context.run)
                } else {
                    compressor.skip(index)
                }
            }
            let began = stopwatch()
            try merger.finish()
            return LoadOutcome(counts: counts, indexing: stopwatch() - began)
        }
    }

    func merge(_ content: PageContent, page: Int64?, _ context: MergeContext) throws -> RecordCounts {
        try withLoadingPlans {
            let merger = PostgresMerger(self, context: context)
            let merged = try merger.merge([content], pageIDs: [page])
            try merger.finish()
            return merged[0].counts
        }
    }

    private typealias Merged = [(counts: RecordCounts, hasChanged: Bool)]

    /// Merges the pages. Where a table is expected to have none of the rows, they are inserted without being looked for;
    /// when one was there after all, everything is taken back and done again without that expectation.
    private func merge(_ pages: [LoadedPage], pageIDs: [Int64?], _ context: MergeContext) throws
        -> (PostgresMerger, Merged)
    {
        let partition = pages.first?.raw.partition
        var expected = novelty.expected(of: partition)
        let contents = pages.map(\.content)
        while true {
            let merger = PostgresMerger(self, context: context, expectedNew: expected)
            if !expected.isEmpty { try connection.execute("SAVEPOINT loading") }
            do {
                let merged = try merger.merge(contents, pageIDs: pageIDs)
                novelty.note(new: merger.found.new, others: merger.found.others, of: partition)
                return (merger, merged)
            } catch let known as PostgresMerger.Known {
                try connection.execute("ROLLBACK TO SAVEPOINT loading")
                expected.remove(known.table)
            }
        }
    }

    /// Runs `body` with plans that do not depend on how large the tables seem to be.
    ///
    /// A table that is being filled has no statistics, or those of when it was small: the planner would read it whole for
    /// each batch, and keep that plan. And a plan made for one batch's arrays fits every other: making it anew costs more
    /// than carrying it out.
    func withLoadingPlans<Value>(_ body: () throws -> Value) throws -> Value {
        try connection.execute("SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan")
        // An error ends the transaction, and the settings with it.
        let value = try body()
        try connection.execute("SET LOCAL enable_seqscan TO DEFAULT; SET LOCAL plan_cache_mode TO DEFAULT")
        return value
    }
}
