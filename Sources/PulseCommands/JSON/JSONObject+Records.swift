import PulseDomain

extension JSONObject {
    /// `pulse limits --json`.
    init(limitsOf overview: Overview) {
        self = [
            "as_of": overview.asOf.iso8601,
            "quotas": overview.quotas.map(JSONObject.init),
            "breakers": overview.breakers.map(JSONObject.init),
        ]
    }

    init(_ quota: QuotaStatus) {
        self = [
            "identity": quota.id.identity,
            "bucket": quota.id.bucket,
            "sources": quota.sources.map(\.rawValue),
            "limit": quota.limit,
            "remaining": quota.remaining,
            "reserve": quota.reserve,
            "resets_at": quota.resetsAt?.iso8601,
            "blocked_until": quota.blockedUntil?.iso8601,
            "blocked_because": quota.blockedBecause,
            "allowed_per_minute": quota.allowedPerMinute,
            "spent_per_minute": quota.spentPerMinute,
        ]
    }

    init(_ breaker: BreakerStatus) {
        self = [
            "source": breaker.source.rawValue,
            "endpoint": breaker.endpoint.rawValue,
            "position": breaker.position.rawValue,
            "failures": breaker.failures,
            "opened_at": breaker.openedAt?.iso8601,
            "probes_at": breaker.probesAt?.iso8601,
            "because": breaker.because,
        ]
    }

    /// An element of `pulse checkpoints --json`.
    init(_ checkpoint: Checkpoint) {
        self = [
            "partition": checkpoint.partition.key.rawValue,
            "sequence": checkpoint.sequence,
            "run": checkpoint.run.rawValue,
            "mode": checkpoint.mode.name,
            "is_complete": checkpoint.isComplete,
            "watermark": checkpoint.watermark?.changedAt?.iso8601,
            "counts": JSONObject(checkpoint.counts),
            "pages": checkpoint.pages,
            "expected": checkpoint.expected,
            "page_size": checkpoint.pageSize,
            "saved_at": checkpoint.savedAt.iso8601,
        ]
    }

    /// An element of `pulse quarantine list --json`, and `show`, which adds the payload.
    init(_ entry: QuarantineEntry, withPayload: Bool) {
        self = [
            "id": entry.id,
            "job": entry.partition.job.rawValue,
            "partition": entry.partition.key.rawValue,
            "run": entry.run.rawValue,
            "record": entry.record.recordID,
            "code": entry.record.code,
            "reason": entry.record.reason,
            "state": entry.state.rawValue,
            "at": entry.at.iso8601,
            "replays": entry.replays,
            "payload": withPayload ? String(decoding: entry.record.payload, as: UTF8.self) : nil,
        ]
    }

    /// A line of `pulse logs --json`.
    init(_ line: LogLine) {
        self = [
            "sequence": line.sequence,
            "at": line.at.iso8601,
            "level": line.level.rawValue,
            // `null` of what commands wrote.
            "engine": line.engine,
            "job": line.job?.rawValue,
            "partition": line.partition?.rawValue,
            "message": line.message,
            "facts": Dictionary(line.facts.map { ($0.name, $0.value) }) { $1 },
            "correlation": line.correlation?.rawValue,
        ]
    }

    /// An element of `pulse audit --json`.
    init(_ entry: AuditEntry) {
        self = [
            "sequence": entry.sequence,
            "at": entry.at.iso8601,
            "by": entry.by.name,
            "action": entry.action,
            "subject": entry.subject,
            "reason": entry.reason,
            "outcome": entry.outcome,
            "is_refused": entry.isRefused,
            "correlation": entry.correlation.rawValue,
        ]
    }

    /// `--dry-run --json` of every command.
    init(_ preview: CommandPreview) {
        self = [
            "sentence": preview.sentence,
            "consequences": preview.consequences,
            "records": preview.records,
            "requests": preview.requests,
            "points": preview.points,
            "seconds": preview.duration?.inSeconds,
            "danger": preview.danger.rawValue,
            "refused_because": preview.refusal?.because,
            "instead": preview.refusal?.instead,
        ]
    }

    /// What became of a command, for `--json`.
    init(_ receipt: CommandReceipt, isRunning: Bool, correlation: CorrelationID) {
        let (outcome, sentence, instead): (String, String, String?) =
            switch receipt {
            case .accepted(let text): ("accepted", text, nil)
            case .unchanged(let text): ("unchanged", text, nil)
            case .refused(let because, let other): ("refused", because, other)
            }
        self = [
            // `accepted`, `unchanged` or `refused`.
            "outcome": outcome,
            "sentence": sentence,
            "instead": instead,
            // Whether an engine runs that carries it out now.
            "is_running": isRunning,
            "correlation": correlation.rawValue,
        ]
    }
}
