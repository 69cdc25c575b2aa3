package import PulseDomain
import PulseStore

extension Engine {
    /// What a command would do now. Throws `Failure`.
    package func preview(_ command: Command) async throws -> CommandPreview {
        try await translated {
            if let missing = try await missing(for: command) {
                throw Failure(.ours, code: "command.unknown", missing.because, remedy: missing.instead)
            }
            var preview = try await describe(command)
            if preview.refusal == nil, let refusal = refusal(of: command) { preview.refusal = refusal }
            return preview
        }
    }

    /// Why the transition table or the job would refuse it now.
    private func refusal(of command: Command) -> CommandPreview.Refusal? {
        guard let job = command.job, let entry = entries[job] else { return nil }
        let event: RunEvent
        switch command {
        case .pause, .pauseUntilQuotaResets: event = .pause
        case .resume: event = .resume
        case .stop: event = .stop
        case .retry: event = .retry
        case .start:
            if let hold = entry.hold {
                return .init(because: "\(job) is \(hold.phrase).", instead: "Release it first.")
            }
            guard let run = entry.run, !run.state.name.isFinal else { return nil }
            return .init(
                because: "\(job) has a run that is \(run.state.name.rawValue).",
                instead: run.state.name == .paused ? "Resume it, or stop it first." : "Wait for it, or stop it first.")
        case .rewind, .retransform:
            return entry.worker == nil ? nil : .init(because: "\(job) is running.", instead: "Pause or stop it first.")
        default: return nil
        }
        guard let run = entry.run else { return .init(because: "\(job) has never run.", instead: "Start it.") }
        switch RunTransition.decide(run.state.name, event) {
        case .move: return nil
        case .stay(let because): return .init(because: because, instead: "Nothing needs to be done.")
        case .refuse(let because, let instead): return .init(because: because, instead: instead)
        }
    }

    private func describe(_ command: Command) async throws -> CommandPreview {
        switch command {
        case .start(let job, let mode): return try await previewStart(job, mode)
        case .pause(let job, let until):
            let end = until.map { ", until \($0.iso8601ToSecond)" } ?? ", until it is resumed"
            return CommandPreview(
                sentence: "\(job) pauses at its next page boundary\(end).",
                consequences: ["What is loaded stays; the walk goes on where it paused."])
        case .pauseUntilQuotaResets(let job):
            return CommandPreview(
                sentence: "\(job) pauses until its quota resets.", consequences: ["Its budget is left to other jobs."])
        case .resume(let job), .retry(let job):
            let left = try await remainder(of: job)
            return CommandPreview(
                sentence: "\(job) goes on from its last checkpoints.", records: left.records, requests: left.requests,
                points: left.points, duration: left.duration)
        case .stop(let job):
            return CommandPreview(
                sentence: "\(job) gives up the request under way and stops.",
                consequences: [
                    "What is loaded stays. The run can be resumed from its checkpoints; the schedule starts new ones."
                ], danger: .disruptive)
        case .rewind(let job, let key, let sequence): return try await previewRewind(job, key, sequence)
        case .skipPartition(let job, let key):
            return CommandPreview(
                sentence: "\(key) is left out of this run of \(job).",
                consequences: ["Its changes are loaded by a later run; the success is marked as incomplete."],
                danger: .disruptive)
        case .hold(let job):
            return CommandPreview(
                sentence: "No run of \(job) starts until it is released.",
                consequences: ["A run under way goes on.", "Its data grows stale meanwhile."], danger: .disruptive)
        case .release(let job): return CommandPreview(sentence: "\(job) may run again.")
        case .replay(let ids): return .replay(of: ids.count)
        case .discard(let ids):
            return CommandPreview(
                sentence: "\(ids.count.counted("quarantined record is", "quarantined records are")) given up.",
                consequences: ["What is given up leaves the list without being loaded; the payload is kept."],
                records: ids.count, requests: 0, danger: .destructive)
        case .undoTombstones(let finding):
            return CommandPreview(sentence: "The deletions of finding \(finding) are taken back.", requests: 0)
        case .confirmTombstones(let finding):
            let found = heldFindings.first { $0.id == finding }
            return CommandPreview(
                sentence: "\(found.map { "\($0.records) of \($0.known)" } ?? "The") records are marked as deleted.",
                consequences: ["It can be undone."], records: found?.records, requests: 0, danger: .destructive)
        case .retransform(let job):
            return CommandPreview(
                sentence: "The kept raw pages of \(job) are transformed again, without the network.", requests: 0)
        case .acknowledge: return CommandPreview(sentence: "The alert stays, and says that you have seen it.")
        }
    }

    private func previewStart(_ job: JobID, _ mode: RunMode) async throws -> CommandPreview {
        let last = try await store.runs(of: job, limit: 20).first {
            $0.mode.name == mode.name && $0.state.name == .succeeded
        }
        var preview = CommandPreview(sentence: "")
        switch mode {
        case .incremental: preview.sentence = "\(job) loads what changed since its watermark."
        case .full:
            preview.sentence = "\(job) reads everything again."
            preview.consequences = ["Rows that did not change are not written."]
            preview.danger = .disruptive
        case .range(let from, let to):
            preview.sentence = "\(job) loads what changed from \(from.iso8601ToSecond) to \(to.iso8601ToSecond)."
        case .census:
            preview.sentence = "\(job) compares its ids with the source and marks what is gone."
            preview.consequences = ["Marks can be undone; too many at once wait for someone to confirm them."]
        }
        guard let last else { return preview }
        preview.records = last.counts.extracted
        preview.requests = last.requests
        if let began = last.startedAt, let ended = last.endedAt { preview.duration = ended - began }
        return preview
    }

    private func previewRewind(_ job: JobID, _ key: PartitionKey, _ sequence: Int64) async throws -> CommandPreview {
        let checkpoints = try await store.checkpoints(of: job, partition: key, limit: 10_000)
        guard let target = checkpoints.first(where: { $0.sequence == sequence }), let newest = checkpoints.first else {
            return CommandPreview(
                sentence: "\(key) of \(job) has no checkpoint \(sequence).",
                refusal: .init(
                    because: "There is no such checkpoint.",
                    instead: "`pulse checkpoints \(job)` lists those there are."))
        }
        let (records, pages) = Self.work(in: checkpoints.filter { $0.sequence > sequence }, after: target)
        return CommandPreview(
            sentence: "\(key) of \(job) goes back from checkpoint \(newest.sequence) to \(sequence) "
                + "(\(target.savedAt.iso8601ToSecond)).",
            consequences: [
                "The next run reads again what came after it; rows that did not change are not written.",
                "The present checkpoint is kept and can be returned to.",
            ], records: records, requests: pages, danger: .destructive)
    }

    /// Records and pages that were read for `checkpoints` (newest first) after `target`: counts grow within a walk and
    /// begin anew with the next.
    static func work(in checkpoints: [Checkpoint], after target: Checkpoint) -> (records: Int, pages: Int) {
        var (records, pages, last) = (0, 0, target)
        for checkpoint in checkpoints.reversed() {
            let goesOn = !last.isComplete && checkpoint.pages >= last.pages
            records += checkpoint.counts.extracted - (goesOn ? last.counts.extracted : 0)
            pages += checkpoint.pages - (goesOn ? last.pages : 0)
            last = checkpoint
        }
        return (max(0, records), max(0, pages))
    }

    /// What an unfinished run has still to do, from its checkpoints.
    private func remainder(of job: JobID) async throws -> (
        records: Int?, requests: Int?, points: Int?, duration: Duration?
    ) {
        guard let entry = entries[job], let run = entry.run else { return (nil, nil, nil, nil) }
        let newest = try await store.newestCheckpoints(of: job)
        let open = newest.values.filter { $0.run == run.id && !$0.isComplete }
        guard !open.isEmpty, open.allSatisfy({ $0.expected != nil }) else { return (nil, nil, nil, nil) }
        let records = open.reduce(0) { $0 + max(0, ($1.expected ?? 0) - $1.counts.extracted) }
        let pages = open.reduce(0) { $0 + $1.pages }
        let seen = open.reduce(0) { $0 + $1.counts.extracted }
        let requests = seen > 0 ? Int((Double(records) * Double(pages) / Double(seen)).rounded(.up)) : nil
        return (records, requests, requests, nil)
    }
}
