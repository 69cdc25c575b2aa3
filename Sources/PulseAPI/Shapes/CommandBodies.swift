package import PulseDomain

/// The body of a command that takes nothing but a reason.
package struct ReasonBody: WireObject, Hashable {
    package var reason: String?
    package init(reason: String? = nil) { self.reason = reason }

    package static let isRequest = true
    package static let about = "Why it is asked for."
    package static let example = ReasonBody(reason: "The token was renewed.")

    package static func map(_ f: inout Fields<ReasonBody>) throws(WireError) -> ReasonBody {
        ReasonBody(reason: try f("reason", { $0.reason }))
    }
}

/// The body of `start`.
package struct StartBody: WireObject, Hashable {
    package var mode: RunModeName?
    package var range: InstantRange?
    package var reason: String?

    package init(mode: RunModeName? = nil, range: InstantRange? = nil, reason: String? = nil) {
        self.mode = mode
        self.range = range
        self.reason = reason
    }

    package static let isRequest = true
    package static let about = "What is to be run; incremental when no mode is given."
    package static let example = StartBody(mode: .range, range: .example, reason: "March was incomplete.")

    package static func map(_ f: inout Fields<StartBody>) throws(WireError) -> StartBody {
        StartBody(
            mode: try f("mode", { $0.mode }), range: try f("range", { $0.range }, "Of the mode range only."),
            reason: try f("reason", { $0.reason }))
    }
}

/// The body of `pause`.
package struct PauseBody: WireObject, Hashable {
    package var until: Instant?
    package var untilQuotaResets: Bool?
    package var reason: String?

    package init(until: Instant? = nil, untilQuotaResets: Bool? = nil, reason: String? = nil) {
        self.until = until
        self.untilQuotaResets = untilQuotaResets
        self.reason = reason
    }

    package static let isRequest = true
    package static let about = "Until when; until it is resumed when nothing is given."
    package static let example = PauseBody(until: Example.minutes(60), reason: "Jira is being upgraded.")

    package static func map(_ f: inout Fields<PauseBody>) throws(WireError) -> PauseBody {
        PauseBody(
            until: try f("until", { $0.until }), untilQuotaResets: try f("until_quota_resets", { $0.untilQuotaResets }),
            reason: try f("reason", { $0.reason }))
    }
}

/// The body of `rewind`.
package struct RewindBody: WireObject, Hashable {
    package var partition: PartitionKey
    package var sequence: Int64
    package var reason: String?

    package init(partition: PartitionKey, sequence: Int64, reason: String? = nil) {
        self.partition = partition
        self.sequence = sequence
        self.reason = reason
    }

    package static let isRequest = true
    package static let about = "The checkpoint that becomes the newest of its partition again."
    package static let example = RewindBody(partition: "PAY", sequence: 41, reason: "The filter was wrong.")

    package static func map(_ f: inout Fields<RewindBody>) throws(WireError) -> RewindBody {
        RewindBody(
            partition: try f("partition", { $0.partition }), sequence: try f("sequence", { $0.sequence }),
            reason: try f("reason", { $0.reason }))
    }
}

/// The body of `skip`.
package struct SkipBody: WireObject, Hashable {
    package var partition: PartitionKey
    package var reason: String?

    package init(partition: PartitionKey, reason: String? = nil) {
        self.partition = partition
        self.reason = reason
    }

    package static let isRequest = true
    package static let about = "The partition that is left for later."
    package static let example = SkipBody(partition: "PAY", reason: "It times out; the others go on.")

    package static func map(_ f: inout Fields<SkipBody>) throws(WireError) -> SkipBody {
        SkipBody(partition: try f("partition", { $0.partition }), reason: try f("reason", { $0.reason }))
    }
}

/// The body of `replay` and `discard`.
package struct RecordsBody: WireObject, Hashable {
    /// 1 to 1,000.
    package var ids: [Int64]
    package var reason: String?

    package init(ids: [Int64], reason: String? = nil) {
        self.ids = ids
        self.reason = reason
    }

    /// At most so many in one command.
    package static let most = 1_000
    package static let isRequest = true
    package static let about = "Quarantined records, 1 to 1,000."
    package static let example = RecordsBody(ids: [17, 18], reason: "The mapping was mended.")

    package static func map(_ f: inout Fields<RecordsBody>) throws(WireError) -> RecordsBody {
        let counts = 1...most
        let ids = try f("ids", { $0.ids }, schema: .array(of: Int64.schema, count: counts))
        guard counts.contains(ids.count) else { throw WireError("does not have 1 to \(most) ids").within("ids") }
        return RecordsBody(ids: ids, reason: try f("reason", { $0.reason }))
    }
}
