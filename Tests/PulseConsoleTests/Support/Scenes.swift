import PulseDomain

/// Situations of an engine, each as of one moment.
enum Scene: String, CaseIterable, Sendable {
    case busy, calm, empty, failing, many, away

    /// Thursday 2026-03-12 14:32:05 UTC.
    static let moment = Instant(CivilTime(year: 2026, month: 3, day: 12, hour: 14, minute: 32, second: 5))

    func overview(at now: Instant = Scene.moment) -> Overview {
        switch self {
        case .busy: Self.busy(now)
        case .calm: Self.calm(now)
        case .empty: Overview(asOf: now, engine: Self.engine(now))
        case .failing: Self.failing(now)
        case .many: Self.many(now)
        case .away: Self.away(now)
        }
    }

    static func engine(_ now: Instant, rate: Double = 1) -> EngineStatus {
        EngineStatus(
            holder: "etl-1 4711", tenant: "acme", store: "postgresql://db.acme.internal/pulse",
            version: "1.0.0",
            startedAt: now - .hours(31), clockRate: rate)
    }

    static func job(
        _ id: JobID, _ title: String, _ run: RunStatus?, now: Instant, next: Duration? = .minutes(28),
        lastSuccess: Duration? = .minutes(32), quarantined: Int = 0, hold: Hold? = nil, history: [Double] = []
    ) -> JobStatus {
        JobStatus(
            definition: JobDefinition(
                id: id, title: title, schedule: ScheduleDefinition(cron: "0 * * * *"), staleAfter: .hours(6)),
            hold: hold,
            run: run, nextRunAt: next.map { now + $0 }, lastSuccessAt: lastSuccess.map { now - $0 },
            quarantined: quarantined, history: history)
    }

    static func run(
        _ id: Int64, _ state: RunState, now: Instant, mode: RunMode = .incremental, begun: Duration = .minutes(14),
        ended: Duration? = nil, counts: RecordCounts = RecordCounts(), done: Int = 0, expected: Int? = nil,
        partitions: (Int, Int) = (0, 1), rate: Double = 0, endsIn: Duration? = nil, requests: Int = 120,
        by: Principal = .schedule, attempts: Int = 1, queued: Wait? = nil
    ) -> RunStatus {
        RunStatus(
            id: RunID(id), state: state, mode: mode, startedBy: by, createdAt: now - begun,
            startedAt: state == .queued ? nil : now - begun, endedAt: ended.map { now - $0 },
            stateSince: now - (ended ?? .minutes(2)), counts: counts,
            progress: Progress(
                done: done, expected: expected, partitionsDone: partitions.0, partitionsTotal: partitions.1),
            ratePerSecond: rate, endsAt: endsIn.map { now + $0 }, requests: requests, attempts: attempts,
            correlation: "4bf92f3577b34da6a3ce929d0e0e4736", queuedBecause: queued)
    }

    static func counts(_ extracted: Int, quarantined: Int = 0) -> RecordCounts {
        let inserted = extracted / 10
        let updated = extracted / 4
        let unchanged = extracted - inserted - updated - quarantined
        return RecordCounts(
            extracted: extracted, inserted: inserted, updated: updated, unchanged: unchanged, quarantined: quarantined)
    }

    static func wave(_ count: Int, from low: Double, to high: Double, seed: Int = 0) -> [Double] {
        // A triangle with some roughness, the same every time.
        (0..<count).map { index in
            let phase = (index + seed * 7) % 40
            let share = Double(phase < 20 ? phase : 40 - phase) / 20
            let rough = Double((index * 7_919 + seed * 104_729) % 17) / 17 * 0.25
            return low + (high - low) * min(1, share * 0.75 + rough)
        }
    }

    static func samples(_ now: Instant, count: Int, scale: Double) -> [ThroughputSample] {
        wave(count, from: 300, to: 1_400).enumerated().map { index, value in
            ThroughputSample(
                at: now - .seconds(count - index), records: Int(value * scale), requests: Int(value * scale / 90),
                bytes: Int(value * scale * 2_300))
        }
    }
}
