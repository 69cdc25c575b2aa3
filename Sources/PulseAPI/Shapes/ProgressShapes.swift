package import PulseDomain

extension RecordCounts: WireObject {
    package static let about = "What became of records: extracted is the sum of the others but tombstoned."
    package static let example = RecordCounts(
        extracted: 1_200, inserted: 1_000, updated: 150, unchanged: 47, quarantined: 2, filtered: 1, tombstoned: 3)

    package static func map(_ f: inout Fields<RecordCounts>) throws(WireError) -> RecordCounts {
        RecordCounts(
            extracted: try f("extracted", { $0.extracted }), inserted: try f("inserted", { $0.inserted }),
            updated: try f("updated", { $0.updated }), unchanged: try f("unchanged", { $0.unchanged }),
            quarantined: try f("quarantined", { $0.quarantined }),
            filtered: try f("filtered", { $0.filtered }, "Left out by a declared rule."),
            tombstoned: try f("tombstoned", { $0.tombstoned }, "Records found gone at the source."))
    }
}

extension Watermark: WireObject {
    package static let about = "Up to where everything of a partition is loaded, between runs."
    package static let example = Watermark(changedAt: Example.instant)

    package static func map(_ f: inout Fields<Watermark>) throws(WireError) -> Watermark {
        Watermark(
            changedAt: try f("changed_at", { $0.changedAt }, "The provider's time of the newest change loaded."),
            state: try f("state", { $0.state }, "What else the connector needs to go on, as JSON."))
    }
}

extension WalkOrigin: WireObject {
    package static let about = "The walk that a checkpoint belongs to."
    package static let example = WalkOrigin(number: 12, startedAt: Example.instant)

    package static func map(_ f: inout Fields<WalkOrigin>) throws(WireError) -> WalkOrigin {
        WalkOrigin(number: try f("number", { $0.number }), startedAt: try f("started_at", { $0.startedAt }))
    }
}

/// From `from` to just before `to`.
package struct InstantRange: WireObject, Hashable {
    package var from: Instant
    package var to: Instant

    package init(from: Instant, to: Instant) {
        self.from = from
        self.to = to
    }

    package static let about = "What changed at the source from one instant to just before another."
    package static let example = InstantRange(from: Example.instant, to: Example.minutes(1_440))

    package static func map(_ f: inout Fields<InstantRange>) throws(WireError) -> InstantRange {
        InstantRange(from: try f("from", { $0.from }), to: try f("to", { $0.to }))
    }
}

/// The names of ``RunMode``.
package enum RunModeName: String, WireWord { case incremental, full, range, census }

extension RunMode {
    private var range: InstantRange? {
        if case .range(let from, let to) = self { InstantRange(from: from, to: to) } else { nil }
    }

    /// As the members `mode` and `range` of the object that has it.
    static func map<Root>(_ f: inout Fields<Root>, _ mode: (Root) -> RunMode) throws(WireError) -> RunMode {
        let name = try f("mode", { RunModeName(rawValue: mode($0).name) ?? .incremental })
        let range = try f("range", { mode($0).range }, "Of the mode range, null for others.")
        return try RunMode(name, range)
    }

    package init(_ name: RunModeName, _ range: InstantRange?) throws(WireError) {
        switch (name, range) {
        case (.incremental, nil): self = .incremental
        case (.full, nil): self = .full
        case (.census, nil): self = .census
        case (.range, let range?) where range.from < range.to: self = .range(from: range.from, to: range.to)
        case (.range, .some): throw WireError("ends before it begins").within("range")
        case (.range, nil): throw WireError("is missing: the mode range needs from and to").within("range")
        case (_, .some): throw WireError("belongs to the mode range only").within("range")
        }
    }
}

extension Checkpoint: WireObject {
    package static let about = "Where a partition stands. Kept, not overwritten: each commit adds one."
    package static let example = Checkpoint(
        partition: Example.partition, sequence: 41, run: RunID(1_204), mode: .incremental,
        cursor: Cursor(json: "{\"token\":\"CAEaAggC\"}"), watermark: .example,
        highWater: Watermark(changedAt: Example.minutes(30)), counts: .example, pages: 12, expected: 2_400,
        pageSize: 100, walk: .example, savedAt: Example.minutes(31))

    package static func map(_ f: inout Fields<Checkpoint>) throws(WireError) -> Checkpoint {
        f.derived("is_complete", { $0.isComplete }, "Whether the walk reached its end.")
        f.derived("watermark", { $0.watermark?.changedAt }, "Up to which change everything is loaded.")
        return Checkpoint(
            partition: try PartitionID.map(&f) { $0.partition },
            sequence: try f("sequence", { $0.sequence }, "Grows by one with each checkpoint of the partition."),
            run: try f("run", { $0.run }), mode: try RunMode.map(&f) { $0.mode },
            cursor: try f("cursor", { $0.cursor }, "Where the walk goes on; null when it is complete."),
            watermark: try f("watermark_details", { $0.watermark }),
            highWater: try f("high_water", { $0.highWater }, "Becomes the watermark when the walk is complete."),
            counts: try f("counts", { $0.counts }, "Of this walk so far."), pages: try f("pages", { $0.pages }),
            expected: try f("expected", { $0.expected }, "Records that the walk is expected to see."),
            pageSize: try f("page_size", { $0.pageSize }, "The page size that worked."),
            walk: try f("walk", { $0.walk }), isSuspicious: try f("is_suspicious", { $0.isSuspicious }),
            savedAt: try f("saved_at", { $0.savedAt }))
    }
}

extension PartitionID {
    /// As the members `tenant`, `job` and `partition` of the object that has it.
    static func map<Root>(_ f: inout Fields<Root>, _ id: (Root) -> PartitionID) throws(WireError) -> PartitionID {
        let tenant = try f("tenant", { id($0).tenant })
        let job = try f("job", { id($0).job }, "Source and stream, divided by a slash.")
        let key = try f("partition", { id($0).key })
        return PartitionID(tenant: tenant, source: job.source, stream: job.stream, key: key)
    }
}
