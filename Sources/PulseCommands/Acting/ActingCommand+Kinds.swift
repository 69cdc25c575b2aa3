import PulseDomain

/// What a start is to load, as typed.
package enum RunKind: Sendable, Hashable {
    case incremental, full, census
    /// Times as typed.
    case range(from: String, to: String)
}

/// When a pause is to end, as typed.
package enum PauseEnd: Sendable, Hashable {
    case onCommand, quotaReset
    case at(String)
    case after(String)
}

extension ActingCommand {
    package func start(_ job: String, _ kind: RunKind) async throws -> ExitStatus {
        try await perform(on: job) { id, now in
            switch kind {
            case .incremental: .start(id, .incremental)
            case .full: .start(id, .full)
            case .census: .start(id, .census)
            case .range(let from, let to):
                .start(id, .range(from: try Self.time(from, "--from", now), to: try Self.time(to, "--to", now)))
            }
        }
    }

    package func pause(_ job: String, _ end: PauseEnd) async throws -> ExitStatus {
        try await perform(on: job) { id, now in
            switch end {
            case .onCommand: return .pause(id, until: nil)
            case .quotaReset: return .pauseUntilQuotaResets(id)
            case .at(let text): return .pause(id, until: try Self.time(text, "--until", now))
            case .after(let text):
                guard let duration = TimeArguments.duration(text) else {
                    throw CommandError(
                        .usage, "--for is not a time that Pulse understands.",
                        remedy: "Expected is 30s, 15m, 12h or 7d.")
                }
                return .pause(id, until: now + duration)
            }
        }
    }

    private static func time(_ text: String, _ option: String, _ now: Instant) throws -> Instant {
        guard let instant = TimeArguments.instant(text, after: now) else {
            throw CommandError(
                .usage, "\(option) is not a time that Pulse understands.",
                remedy: "Expected is 14:30, 2026-03-01 or 2026-03-01T14:30:00Z; times are UTC.")
        }
        return instant
    }
}
