import PulseDomain

/// What became of the records of one page: a record is what its rows make of it.
struct RecordOutcomes {
    private enum Outcome: UInt8 { case none, inserted, updated, unchanged }
    private var outcomes: [Outcome]

    init(count: Int) { outcomes = Array(repeating: .none, count: max(0, count)) }

    /// Notes a row's outcome. The first row noted is the record's main row: the record is new when that one is.
    mutating func note(_ outcome: RowOutcome, ofRecord record: Int32, isMain: Bool = true) throws {
        guard record >= 0 else { return }
        guard record < outcomes.count else {
            throw StoreError.inconsistent("a page of \(outcomes.count) records has rows of record \(record)")
        }
        let index = Int(record)
        switch (outcomes[index], outcome) {
        case (.none, .inserted) where isMain: outcomes[index] = .inserted
        case (.none, .inserted), (.none, .updated): outcomes[index] = .updated
        case (.none, .unchanged), (.none, .refused): outcomes[index] = .unchanged
        case (.unchanged, .inserted), (.unchanged, .updated): outcomes[index] = .updated
        case (.inserted, _), (.updated, _), (.unchanged, .unchanged), (.unchanged, .refused): break
        }
    }

    /// Counts them; throws when the page does not account for every record (invariant 2).
    ///
    /// What a census lists has no rows: such items count as unchanged where the page counts them as extracted.
    func counts(of content: PageContent) throws -> RecordCounts {
        var counts = RecordCounts(
            extracted: content.extracted, quarantined: content.rejected.count, filtered: content.filtered)
        for outcome in outcomes {
            switch outcome {
            case .inserted: counts.inserted += 1
            case .updated: counts.updated += 1
            case .unchanged: counts.unchanged += 1
            case .none: break
            }
        }
        if !counts.isBalanced && !content.censusIDs.isEmpty { counts.unchanged += content.censusIDs.count }
        guard counts.isBalanced else {
            throw StoreError.inconsistent(
                """
                a page of \(content.extracted) records has rows of \(counts.loaded), rejects \
                \(content.rejected.count) and leaves out \(content.filtered)
                """)
        }
        return counts
    }
}
