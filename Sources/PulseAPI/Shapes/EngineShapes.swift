package import PulseDomain

extension EngineMember: WireObject {
    package static let about = "An engine that works, or worked lately, on the store."
    package static let example = EngineMember(
        id: "pulse-1 4711", host: "pulse-1", pid: 4_711, version: "1.0", startedAt: Example.instant,
        seenAt: Example.minutes(4), report: .example, holds: [.example], taken: [.example])

    package static func map(_ f: inout Fields<EngineMember>) throws(WireError) -> EngineMember {
        EngineMember(
            id: try f("id", { $0.id }, "What runs name as their engine."), host: try f("host", { $0.host }),
            pid: try f("pid", { $0.pid }), version: try f("version", { $0.version }),
            startedAt: try f("started_at", { $0.startedAt }),
            seenAt: try f("seen_at", { $0.seenAt }, "When it was heard of last: every few seconds while it lives."),
            endedAt: try f("ended_at", { $0.endedAt }, "Null while it works, and of one that fell silent."),
            report: try f("report", { $0.report }, "What it told last."),
            holds: try f("holds", { $0.holds }, "The runs that it holds, also while it is silent."),
            taken: try f("taken", { $0.taken }, "The runs that were taken from it since it was heard of last."))
    }
}

extension TakenRun: WireObject {
    package static let about = "A run that was taken from an engine which had fallen silent."
    package static let example = TakenRun(
        job: Example.job, run: RunID(1_204), at: Example.minutes(5), by: "pulse-2 12")

    package static func map(_ f: inout Fields<TakenRun>) throws(WireError) -> TakenRun {
        TakenRun(
            job: try f("job", { $0.job }), run: try f("run", { $0.run }), at: try f("at", { $0.at }),
            by: try f("by", { $0.by }, "The engine that goes on with it; null while none does."))
    }
}

extension HeldRun: WireObject {
    package static let about = "A run that an engine holds."
    package static let example = HeldRun(job: Example.job, run: RunID(1_204), leaseUntil: Example.minutes(5))

    package static func map(_ f: inout Fields<HeldRun>) throws(WireError) -> HeldRun {
        HeldRun(
            job: try f("job", { $0.job }), run: try f("run", { $0.run }),
            leaseUntil: try f("lease_until", { $0.leaseUntil }, "When another engine may take it over."))
    }
}

extension EngineReport: WireObject {
    package static let about = "What an engine tells the others."
    package static let example = EngineReport(
        runs: [.example], recordsPerSecond: 41.5, requestsPerSecond: 2.5, bytesPerSecond: 204_800,
        sources: [.example])

    package static func map(_ f: inout Fields<EngineReport>) throws(WireError) -> EngineReport {
        EngineReport(
            runs: try f("runs", { $0.runs }), recordsPerSecond: try f("records_per_second", { $0.recordsPerSecond }),
            requestsPerSecond: try f("requests_per_second", { $0.requestsPerSecond }),
            bytesPerSecond: try f("bytes_per_second", { $0.bytesPerSecond }),
            trouble: try f("trouble", { $0.trouble }, "What keeps it from working; null when nothing does."),
            sources: try f(
                "sources", { $0.sources },
                "What it is configured for; null of one that was told to work for some sources only."))
    }
}

extension ConfiguredSource: WireObject {
    package static let about = "What an engine is configured to do for a source."
    package static let example = ConfiguredSource(source: Example.job.source, digest: "9f-1c-7-e0")

    package static func map(_ f: inout Fields<ConfiguredSource>) throws(WireError) -> ConfiguredSource {
        ConfiguredSource(
            source: try f("source", { $0.source }),
            digest: try f("digest", { $0.digest }, "The same for the same jobs, schedules and account."))
    }
}

extension RunReport: WireObject {
    package static let about = "How a run goes, as the engine that works on it told."
    package static let example = RunReport(
        job: Example.job, run: RunID(1_204), ratePerSecond: 41.5, progress: .example, endsAt: Example.minutes(12),
        stages: [.example], extracted: 12_480)

    package static func map(_ f: inout Fields<RunReport>) throws(WireError) -> RunReport {
        RunReport(
            job: try f("job", { $0.job }), run: try f("run", { $0.run }),
            ratePerSecond: try f("records_per_second", { $0.ratePerSecond }),
            progress: try f("progress_counts", { $0.progress }), endsAt: try f("ends_at", { $0.endsAt }),
            stages: try f("stages", { $0.stages }),
            extracted: try f("extracted", { $0.extracted }, "Records that it had extracted then."))
    }
}
