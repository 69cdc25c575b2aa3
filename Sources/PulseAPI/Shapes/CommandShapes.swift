package import PulseDomain

extension Variant where Root == Command {
    /// A command that takes nothing but its job.
    fileprivate static func ofJob(
        _ name: String, _ about: String, _ make: @escaping @Sendable (JobID) -> Command
    ) -> Variant {
        Variant(
            name, about, example: Example.job,
            content: { command in command.job.flatMap { make($0) == command ? $0 : nil } }, make: make,
            map: { f throws(WireError) in try f("job", { $0 }) })
    }
}

/// What `start` takes.
private struct Start: Sendable {
    var job: JobID
    var mode: RunMode
}

/// What `pause` takes.
private struct PauseUntil: Sendable {
    var job: JobID
    var until: Instant?
}

/// What `rewind` and `skip` take.
private struct Position: Sendable {
    var job: JobID
    var partition: PartitionKey
    var sequence: Int64 = 0
}

extension Command: WireUnion {
    package static let about = "What a principal can ask of the engine."
    package static let discriminator = "command"
    package static let variants: [Variant<Command>] =
        jobVariants + [
            Variant(
                "replay", "Transforms quarantined records again and loads those that pass.", example: [17],
                content: { command -> [Int64]? in if case .replay(let ids) = command { ids } else { nil } },
                make: { .replay($0) }, map: { f throws(WireError) in try f("ids", { $0 }) }),
            Variant(
                "discard", "Marks quarantined records as not wanted.", example: [17],
                content: { command -> [Int64]? in if case .discard(let ids) = command { ids } else { nil } },
                make: { .discard($0) }, map: { f throws(WireError) in try f("ids", { $0 }) }),
            Variant(
                "undo", "Takes a census' tombstones back.", example: 5,
                content: { command -> Int64? in if case .undoTombstones(let id) = command { id } else { nil } },
                make: { .undoTombstones($0) }, map: { f throws(WireError) in try f("finding", { $0 }) }),
            Variant(
                "confirm", "Sets the tombstones that a census held back.", example: 5,
                content: { command -> Int64? in if case .confirmTombstones(let id) = command { id } else { nil } },
                make: { .confirmTombstones($0) }, map: { f throws(WireError) in try f("finding", { $0 }) }),
            Variant(
                "acknowledge", "Says that an alert was seen.", example: "job_failed:jira-main/issues",
                content: { command -> String? in if case .acknowledge(let alert) = command { alert } else { nil } },
                make: { .acknowledge(alert: $0) }, map: { f throws(WireError) in try f("alert", { $0 }) }),
        ]

    private static let jobVariants: [Variant<Command>] = [
        Variant(
            "start", "", example: Start(job: Example.job, mode: .incremental),
            content: { command -> Start? in
                if case .start(let job, let mode) = command { Start(job: job, mode: mode) } else { nil }
            }, make: { .start($0.job, $0.mode) },
            map: { f throws(WireError) in
                Start(job: try f("job", { $0.job }), mode: try RunMode.map(&f) { $0.mode })
            }),
        Variant(
            "pause", "", example: PauseUntil(job: Example.job, until: Example.minutes(60)),
            content: { command -> PauseUntil? in
                if case .pause(let job, let until) = command { PauseUntil(job: job, until: until) } else { nil }
            }, make: { .pause($0.job, until: $0.until) },
            map: { f throws(WireError) in
                PauseUntil(
                    job: try f("job", { $0.job }), until: try f("until", { $0.until }, "Null: until it is resumed."))
            }),
        .ofJob("pause_until_quota_resets", "Pauses until the job's tightest quota resets.") {
            .pauseUntilQuotaResets($0)
        },
        .ofJob("resume", "") { .resume($0) },
        .ofJob("stop", "") { .stop($0) },
        .ofJob("retry", "") { .retry($0) },
        Variant(
            "rewind", "Makes a checkpoint the newest of its partition again.",
            example: Position(job: Example.job, partition: "PAY", sequence: 41),
            content: { command -> Position? in
                guard case .rewind(let job, let key, let sequence) = command else { return nil }
                return Position(job: job, partition: key, sequence: sequence)
            }, make: { .rewind($0.job, $0.partition, toSequence: $0.sequence) },
            map: { f throws(WireError) in
                Position(
                    job: try f("job", { $0.job }), partition: try f("partition", { $0.partition }),
                    sequence: try f("sequence", { $0.sequence }))
            }),
        Variant(
            "skip", "Leaves a partition of the present run for later.",
            example: Position(job: Example.job, partition: "PAY"),
            content: { command -> Position? in
                if case .skipPartition(let job, let key) = command { Position(job: job, partition: key) } else { nil }
            }, make: { .skipPartition($0.job, $0.partition) },
            map: { f throws(WireError) in
                Position(job: try f("job", { $0.job }), partition: try f("partition", { $0.partition }))
            }),
        .ofJob("hold", "Keeps the job from starting.") { .hold($0) },
        .ofJob("release", "Lets a held job start again.") { .release($0) },
        .ofJob("retransform", "Transforms the kept raw pages again, without the network.") { .retransform($0) },
    ]
}

extension CommandPreview: WireObject {
    package static let about = "What a command would do, told before it is given."
    package static let example = CommandPreview(
        sentence: "The run pauses at the next page boundary.", consequences: ["The data gets older meanwhile."],
        records: 1_200, requests: 12, points: 12, duration: .seconds(29.5), danger: .disruptive)

    package static func map(_ f: inout Fields<CommandPreview>) throws(WireError) -> CommandPreview {
        let sentence = try f("sentence", { $0.sentence })
        let consequences = try f("consequences", { $0.consequences }, "What it undoes or loses.")
        let records = try f("records", { $0.records }, "Read again or anew; null when that cannot be told.")
        let requests = try f("requests", { $0.requests })
        let points = try f("points", { $0.points }, "Of quotas.")
        let duration = try f("seconds", { $0.duration }, "Time that it takes at the rate seen lately.")
        let danger = try f("danger", { $0.danger })
        let because = try f("refused_because", { $0.refusal?.because }, "Null when it would be accepted.")
        let instead = try f("instead", { $0.refusal?.instead }, "What is possible when it would be refused.")
        return CommandPreview(
            sentence: sentence, consequences: consequences, records: records, requests: requests, points: points,
            duration: duration, refusal: because.map { Refusal(because: $0, instead: instead ?? "") }, danger: danger)
    }
}

/// What became of a command, and the id by which everything that follows from it can be found.
package struct CommandAnswer: WireObject, Hashable {
    package var receipt: CommandReceipt
    package var correlation: CorrelationID

    package init(_ receipt: CommandReceipt, correlation: CorrelationID) {
        self.receipt = receipt
        self.correlation = correlation
    }

    /// The status that tells the outcome.
    package var status: Int {
        switch receipt {
        case .accepted: 202
        case .unchanged: 200
        case .refused: 409
        }
    }

    package static let about = "What became of a command."
    package static let example = CommandAnswer(
        .accepted("The run pauses at the next page boundary."), correlation: Example.correlation)

    private enum Outcome: String, WireWord { case accepted, unchanged, refused }

    package static func map(_ f: inout Fields<CommandAnswer>) throws(WireError) -> CommandAnswer {
        let outcome = try f("outcome", { $0.parts.0 })
        let sentence = try f("sentence", { $0.parts.1 }, "What happens now, or why nothing does.")
        let instead = try f("instead", { $0.parts.2 }, "What is possible when it was refused.")
        let receipt: CommandReceipt =
            switch outcome {
            case .accepted: .accepted(sentence)
            case .unchanged: .unchanged(sentence)
            case .refused: .refused(because: sentence, instead: instead ?? "")
            }
        return CommandAnswer(receipt, correlation: try f("correlation", { $0.correlation }))
    }

    private var parts: (Outcome, String, String?) {
        switch receipt {
        case .accepted(let sentence): (.accepted, sentence, nil)
        case .unchanged(let sentence): (.unchanged, sentence, nil)
        case .refused(let because, let instead): (.refused, because, instead)
        }
    }
}
