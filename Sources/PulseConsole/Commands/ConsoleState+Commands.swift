import PulseDomain
import PulseTerminal

extension ConsoleState {
    /// Opens the dialog of a command, bound to what is selected or marked at this moment.
    mutating func ask(for action: Action) -> [ConsoleEffect] {
        switch action {
        case .acknowledge: return askToAcknowledge()
        case .remedy: return askForRemedy()
        case .replay, .discard: return askForRecords(action)
        case .confirmFinding, .undoFinding: return askForFinding(action)
        case .rewind: return askToRewind()
        case .skip: return askToSkip()
        default: break
        }
        let jobs = targets
        guard !jobs.isEmpty else { return [] }
        let subject = jobs.count == 1 ? jobs[0].rawValue : Figures.many(jobs.count, "job")
        let (verb, variants) = variants(of: action, for: jobs)
        return open(verb: verb, subject: subject, variants: variants)
    }

    private func variants(of action: Action, for jobs: [JobID]) -> (String, [CommandDialog.Variant]) {
        func variant(_ title: String, _ command: (JobID) -> Command) -> CommandDialog.Variant {
            CommandDialog.Variant(title: title, commands: jobs.map(command))
        }
        let now = now
        switch action {
        case .start:
            return (
                "Start",
                [
                    variant("new changes since the last run") { .start($0, .incremental) },
                    variant("everything again") { .start($0, .full) },
                    CommandDialog.Variant(title: "what changed between two dates", commands: [], rangeOf: jobs),
                    variant("a census: look for what was deleted") { .start($0, .census) },
                ]
            )
        case .pause:
            return (
                "Pause",
                [
                    variant("until somebody resumes it") { .pause($0, until: nil) },
                    variant("until the quota resets") { .pauseUntilQuotaResets($0) },
                    variant("for 15 minutes") { .pause($0, until: now + .minutes(15)) },
                    variant("for 1 hour") { .pause($0, until: now + .hours(1)) },
                ]
            )
        case .resume: return ("Resume", [variant("") { .resume($0) }])
        case .stop: return ("Stop", [variant("") { .stop($0) }])
        case .retry: return ("Retry", [variant("") { .retry($0) }])
        case .retransform: return ("Transform again", [variant("") { .retransform($0) }])
        default:
            // Held jobs are released; where only some are held, all become held.
            let areAllHeld = jobs.allSatisfy { fleet.jobs[$0]?.hold != nil }
            return areAllHeld
                ? ("Release", [variant("") { .release($0) }]) : ("Hold", [variant("") { .hold($0) }])
        }
    }

    private mutating func askToAcknowledge() -> [ConsoleEffect] {
        guard let alert = targetAlert else { return [] }
        let variant = CommandDialog.Variant(title: "", commands: [.acknowledge(alert: alert.id)])
        return open(verb: "Acknowledge", subject: alert.sentence, variants: [variant])
    }

    private mutating func askForRemedy() -> [ConsoleEffect] {
        guard let alert = targetAlert else { return [] }
        if alert.opensRecovery { return openRecovery(of: alert) }
        guard !alert.remedies.isEmpty else { return [] }
        let variants = alert.remedies.map { CommandDialog.Variant(title: $0.phrase, commands: [$0]) }
        let subject = alert.job?.rawValue ?? alert.source?.rawValue ?? alert.sentence
        return open(verb: "Fix", subject: subject, variants: variants)
    }

    private mutating func askForRecords(_ action: Action) -> [ConsoleEffect] {
        let marked = recovery.ids.filter(recovery.table.marked.contains)
        let ids = marked.isEmpty ? recovery.table.selection.map { [$0] } ?? [] : marked
        guard !ids.isEmpty else { return [] }
        let command: Command = action == .replay ? .replay(ids) : .discard(ids)
        return open(
            verb: action == .replay ? "Replay" : "Discard", subject: Figures.many(ids.count, "record"),
            variants: [CommandDialog.Variant(title: "", commands: [command])])
    }

    private mutating func askForFinding(_ action: Action) -> [ConsoleEffect] {
        guard let finding = recovery.finding else { return [] }
        let command: Command =
            action == .confirmFinding ? .confirmTombstones(finding.id) : .undoTombstones(finding.id)
        return open(
            verb: action == .confirmFinding ? "Confirm" : "Undo",
            subject: "finding \(finding.id) of \(finding.partition.job)",
            variants: [CommandDialog.Variant(title: "", commands: [command])])
    }

    private mutating func askToRewind() -> [ConsoleEffect] {
        guard let detail, let chosen = detail.checkpoints.selection else { return [] }
        let command = Command.rewind(detail.job, chosen.partition, toSequence: chosen.sequence)
        let ofPartition = detail.data?.checkpoints.filter { $0.partition.key == chosen.partition } ?? []
        let then = ofPartition.first { $0.sequence == chosen.sequence }
        let standing = detail.data?.partitions.first { $0.key == chosen.partition }?.checkpoint
        let newest = (ofPartition + (standing.map { [$0] } ?? [])).max { $0.sequence < $1.sequence }
        let comparison = then.flatMap { then in newest.map { CheckpointComparison(then: then, now: $0) } }
        return open(
            verb: "Rewind \(chosen.partition) to checkpoint \(chosen.sequence) of", subject: detail.job.rawValue,
            variants: [CommandDialog.Variant(title: "", commands: [command])], comparison: comparison)
    }

    private mutating func askToSkip() -> [ConsoleEffect] {
        guard let detail, let key = detail.partitions.selection else { return [] }
        return open(
            verb: "Skip \(key) of", subject: detail.job.rawValue,
            variants: [CommandDialog.Variant(title: "", commands: [.skipPartition(detail.job, key)])])
    }

    private mutating func open(
        verb: String, subject: String, variants: [CommandDialog.Variant], comparison: CheckpointComparison? = nil
    ) -> [ConsoleEffect] {
        let dialog = CommandDialog(
            id: nextDialog, title: "\(verb) \(subject)", subject: subject, verb: verb, variants: variants, now: now,
            comparison: comparison)
        nextDialog += 1
        notice = nil
        overlay = .command(dialog)
        return [.preview(dialog: dialog.id, variant: 0, dialog.commands)]
    }
}
