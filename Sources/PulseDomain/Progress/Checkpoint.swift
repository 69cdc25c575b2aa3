/// Where inside a partition the next page begins: a small JSON document that belongs to the connector.
///
/// Nested positions (comments of one pull request) are part of it, and so is the query that a page token is tied to.
package struct Cursor: Hashable, Sendable, Codable, CustomStringConvertible {
    package let json: String
    package init(json: String) { self.json = json }
    package var description: String { json }

    /// Eight hexadecimal digits by which people tell cursors apart (FNV-1a, 32 bits): the same for the same cursor, in
    /// every process.
    package var digest: String {
        let hash = json.utf8.reduce(into: UInt32(2_166_136_261)) { hash, byte in
            hash = (hash ^ UInt32(byte)) &* 16_777_619
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

/// Up to where everything of a partition is loaded, between runs.
package struct Watermark: Hashable, Sendable, Codable {
    /// The provider's time of the newest change that is loaded; `nil` where the source has no such time.
    package var changedAt: Instant?
    /// What else the connector needs to go on: a JSON document, such as the tips of a git repository.
    package var state: String?

    package init(changedAt: Instant? = nil, state: String? = nil) {
        self.changedAt = changedAt
        self.state = state
    }
}

/// What became of the records of a page, a batch or a run (invariant 2).
package struct RecordCounts: Hashable, Sendable, Codable {
    package var extracted = 0
    package var inserted = 0
    package var updated = 0
    package var unchanged = 0
    package var quarantined = 0
    /// Left out by a declared rule.
    package var filtered = 0
    /// Records found gone at the source. Not part of the balance: they were not extracted.
    package var tombstoned = 0

    package init(
        extracted: Int = 0, inserted: Int = 0, updated: Int = 0, unchanged: Int = 0, quarantined: Int = 0,
        filtered: Int = 0, tombstoned: Int = 0
    ) {
        self.extracted = extracted
        self.inserted = inserted
        self.updated = updated
        self.unchanged = unchanged
        self.quarantined = quarantined
        self.filtered = filtered
        self.tombstoned = tombstoned
    }

    /// Whether every extracted record is accounted for.
    package var isBalanced: Bool { extracted == inserted + updated + unchanged + quarantined + filtered }
    /// Records whose rows are in the store.
    package var loaded: Int { inserted + updated + unchanged }

    package static func += (left: inout RecordCounts, right: RecordCounts) {
        left.extracted += right.extracted
        left.inserted += right.inserted
        left.updated += right.updated
        left.unchanged += right.unchanged
        left.quarantined += right.quarantined
        left.filtered += right.filtered
        left.tombstoned += right.tombstoned
    }

    package static func -= (left: inout RecordCounts, right: RecordCounts) {
        left.extracted -= right.extracted
        left.inserted -= right.inserted
        left.updated -= right.updated
        left.unchanged -= right.unchanged
        left.quarantined -= right.quarantined
        left.filtered -= right.filtered
        left.tombstoned -= right.tombstoned
    }
}

/// What a walk over a partition is for.
package enum RunMode: Hashable, Sendable, Codable {
    /// What changed since the watermark.
    case incremental
    /// Everything again.
    case full
    /// What changed at the source within `from ..< to`. The watermark stays.
    case range(from: Instant, to: Instant)
    /// The ids of everything, to find what is gone (FACTS §2.6). Rows stay as they are, tombstones are set.
    case census

    /// `incremental`, `full`, `range` or `census`.
    package var name: String {
        switch self {
        case .incremental: "incremental"
        case .full: "full"
        case .range: "range"
        case .census: "census"
        }
    }
}

/// The walk that a checkpoint belongs to: the same when another run goes on with it, another once it begins anew.
package struct WalkOrigin: Hashable, Sendable, Codable {
    /// Grows with the walks of a partition; never used twice.
    package var number: Int64
    /// When it began. A census does not judge rows that were written later.
    package var startedAt: Instant

    package init(number: Int64, startedAt: Instant) {
        self.number = number
        self.startedAt = startedAt
    }
}

/// Where a partition stands. Kept, not overwritten: each commit adds one.
package struct Checkpoint: Hashable, Sendable, Codable {
    package var partition: PartitionID
    /// Grows by one with each checkpoint of the partition. Assigned by the store.
    package var sequence: Int64
    package var run: RunID
    package var mode: RunMode
    /// Where the walk goes on; `nil` when it is complete.
    package var cursor: Cursor?
    package var watermark: Watermark?
    /// The newest change seen in this walk: becomes the watermark when the walk is complete.
    package var highWater: Watermark?
    /// Of this walk so far.
    package var counts: RecordCounts
    /// Pages loaded in this walk.
    package var pages: Int
    /// Records that the walk is expected to see, where the source tells.
    package var expected: Int?
    /// The page size that worked, remembered between runs; `nil` until learned.
    package var pageSize: Int?
    /// `nil` when its beginning is not known: what the walk lists is not all there is then, and no census ends with it.
    package var walk: WalkOrigin?
    /// The walk ended with nothing, or next to nothing, where records are known; its watermark stayed (invariant 8).
    package var isSuspicious: Bool
    package var savedAt: Instant

    package init(
        partition: PartitionID, sequence: Int64 = 0, run: RunID, mode: RunMode, cursor: Cursor?,
        watermark: Watermark? = nil, highWater: Watermark? = nil, counts: RecordCounts = RecordCounts(),
        pages: Int = 0, expected: Int? = nil, pageSize: Int? = nil, walk: WalkOrigin? = nil, isSuspicious: Bool = false,
        savedAt: Instant
    ) {
        self.partition = partition
        self.sequence = sequence
        self.run = run
        self.mode = mode
        self.cursor = cursor
        self.watermark = watermark
        self.highWater = highWater
        self.counts = counts
        self.pages = pages
        self.expected = expected
        self.pageSize = pageSize
        self.walk = walk
        self.isSuspicious = isSuspicious
        self.savedAt = savedAt
    }

    /// Whether the walk reached its end.
    package var isComplete: Bool { cursor == nil }
}
