import PulseDomain

extension Scene {
    static let refused = Failure(
        .unauthorised, code: "github.token_refused", "GitHub refused the token of github-main (401 Bad credentials).",
        remedy: "Renew the token, then retry the run.", endpoint: "graphql")
    static let quota = QuotaID(identity: "ada", bucket: "graphql")

    static func busy(_ now: Instant) -> Overview {
        let wait = Wait(
            reason: .quota(quota), since: now - .minutes(3), until: now + .seconds(252),
            because: "The reserve of 500 points is reached; GitHub resets the budget at 14:36.")
        let backoff = Wait(
            reason: .backoff(attempt: 3), since: now - .seconds(8), until: now + .seconds(17),
            because: "Jira answered 502 Bad Gateway.")
        let dependency = Wait(
            reason: .dependency("jira-cloud/issues"), since: now - .minutes(4), until: now + .minutes(1),
            because: "jira-cloud/issues has to succeed first.")
        let jobs = [
            job(
                "jira-cloud/issues", "Issues with changelogs, comments and worklogs",
                run(
                    812, .running, now: now, counts: counts(12_480, quarantined: 3), done: 12_480, expected: 20_100,
                    partitions: (5, 9), rate: 1_240, endsIn: .seconds(372), requests: 131), now: now, quarantined: 3,
                history: wave(40, from: 200, to: 1_300, seed: 1)),
            job(
                "github-main/pull_requests", "Pull requests with commits, reviews and comments",
                run(
                    809, .failed(refused), now: now, ended: .minutes(12), counts: counts(8_210), done: 8_210,
                    expected: 31_000, partitions: (2, 14), attempts: 3), now: now, next: .minutes(28),
                lastSuccess: .hours(9), history: wave(20, from: 0, to: 600, seed: 2)),
            job(
                "github-oss/pull_requests", "Pull requests with commits, reviews and comments",
                run(
                    811, .waiting(wait), now: now, counts: counts(44_020), done: 44_020, expected: 61_500,
                    partitions: (6, 22), requests: 980), now: now, history: wave(40, from: 0, to: 500, seed: 3)),
            job(
                "github-oss/commits", "Commits of default branches",
                run(
                    813, .running, now: now, mode: .full, counts: counts(210_340), done: 210_340, expected: 240_000,
                    partitions: (19, 22), rate: 3_820, endsIn: .minutes(48), requests: 2_410, by: Principal("ada")),
                now: now, history: wave(40, from: 1_000, to: 4_000, seed: 4)),
            job(
                "jira-dc/issues", "Issues of the data centre",
                run(
                    814, .waiting(backoff), now: now, counts: counts(1_900), done: 1_900, expected: 9_400,
                    partitions: (1, 6)), now: now, history: wave(40, from: 0, to: 300, seed: 5)),
            job(
                "jira-cloud/sprints", "Boards and sprints",
                run(815, .queued, now: now, queued: dependency), now: now),
            job(
                "jira-cloud/worklogs", "Worklogs",
                run(
                    801,
                    .paused(
                        Pause(
                            by: Principal("grace"), reason: "month-end closing", since: now - .minutes(40),
                            until: now + .minutes(80))), now: now, counts: counts(510), done: 510, expected: 2_000),
                now: now),
            job(
                "git-platform/commits", "Commits of git.acme.internal",
                run(807, .succeeded(.suspicious), now: now, ended: .minutes(21), counts: counts(0)), now: now),
            job(
                "github-main/deployments", "Deployments and builds",
                run(808, .succeeded([]), now: now, ended: .minutes(31), counts: counts(1_204)), now: now),
            job(
                "github-main/releases", "Releases",
                run(
                    806, .succeeded(.withQuarantine), now: now, ended: .minutes(33), counts: counts(88, quarantined: 2)),
                now: now, quarantined: 2),
            job(
                "aha-roadmap/features", "Features and epics", nil, now: now, next: nil, lastSuccess: nil,
                hold: Hold(by: Principal("grace"), reason: "waiting for the licence", since: now - .days(2))),
            job(
                "ado-payments/work_items", "Work items of Azure DevOps",
                run(805, .succeeded([]), now: now, ended: .hours(3), counts: counts(15_002)), now: now, next: .hours(21)
            ),
        ]
        return Overview(
            asOf: now, engine: engine(now), jobs: jobs, quotas: quotas(now), breakers: [breaker(now)],
            alerts: alerts(now),
            throughput: samples(now, count: 300, scale: 1))
    }

    static func quotas(_ now: Instant) -> [QuotaStatus] {
        [
            QuotaStatus(
                id: quota, sources: ["github-oss", "github-main"], limit: 5_000, remaining: 512, reserve: 500,
                windowStartedAt: now - .minutes(56), resetsAt: now + .seconds(252), blockedUntil: now + .seconds(252),
                blockedBecause: "the reserve is reached", spentPerMinute: 84, inFlight: 0, concurrency: 4, waiting: 3,
                requests: 980, history: wave(30, from: 20, to: 120, seed: 6)),
            QuotaStatus(
                id: QuotaID(identity: "ada", bucket: "core"), sources: ["github-oss", "github-main"], limit: 5_000,
                remaining: 1_893, reserve: 500, windowStartedAt: now - .minutes(34), resetsAt: now + .minutes(26),
                allowedPerMinute: 53, spentPerMinute: 96, runsOutAt: now + .seconds(870), inFlight: 2, concurrency: 4,
                requests: 3_107, history: wave(30, from: 40, to: 110, seed: 7)),
            QuotaStatus(
                id: QuotaID(identity: "pulse@acme", bucket: "jira"), sources: ["jira-cloud"], limit: 350,
                remaining: 291,
                resetsAt: now + .seconds(33), spentPerMinute: 41, inFlight: 4, concurrency: 8, requests: 59,
                history: wave(30, from: 10, to: 60, seed: 8)),
            QuotaStatus(
                id: QuotaID(identity: "jira-dc", bucket: "local"), sources: ["jira-dc"], spentPerMinute: 6, inFlight: 0,
                concurrency: 2, waiting: 1, requests: 22, history: wave(30, from: 0, to: 10, seed: 9)),
        ]
    }

    static func breaker(_ now: Instant) -> BreakerStatus {
        BreakerStatus(
            source: "jira-dc", endpoint: "search", position: .open, failures: 5, openedAt: now - .seconds(40),
            probesAt: now + .seconds(17), because: "five answers of 502 Bad Gateway in a row")
    }

    static func alerts(_ now: Instant) -> [Alert] {
        [
            Alert(
                id: "job_failed:github-main/pull_requests", kind: .jobFailed, severity: .critical,
                sentence: "github-main/pull_requests failed: GitHub refused the token.",
                because: "GitHub answered 401 Bad credentials to three attempts; the token was read anew once.",
                since: now - .minutes(12), job: "github-main/pull_requests", source: "github-main",
                remedies: [.retry("github-main/pull_requests"), .hold("github-main/pull_requests")]),
            Alert(
                id: "breaker_open:jira-dc/search", kind: .breakerOpen, severity: .warning,
                sentence: "jira-dc does not answer searches.",
                because: "Five answers of 502 Bad Gateway in a row opened the breaker.", next: "A probe is sent",
                nextAt: now + .seconds(17), since: now - .seconds(40), job: "jira-dc/issues", source: "jira-dc"),
            Alert(
                id: "suspicious_success:git-platform/commits", kind: .suspiciousSuccess, severity: .warning,
                sentence: "git-platform/commits loaded nothing, where it loads 340 commits on a usual Thursday.",
                because: "The server listed no repository; the watermark stayed where it was.",
                next: "The next run looks again", nextAt: now + .minutes(28), since: now - .minutes(21),
                job: "git-platform/commits", remedies: [.start("git-platform/commits", .full)]),
        ]
    }

    static func calm(_ now: Instant) -> Overview {
        var overview = busy(now)
        overview.alerts = []
        overview.breakers = []
        overview.jobs = overview.jobs.map { status in
            var status = status
            status.hold = nil
            status.quarantined = 0
            status.lastSuccessAt = now - .minutes(32)
            status.nextRunAt = now + .minutes(28)
            status.run = run(700, .succeeded([]), now: now, ended: .minutes(32), counts: counts(1_204))
            status.history = []
            return status
        }
        overview.quotas = overview.quotas.map { quota in
            var quota = quota
            quota.blockedUntil = nil
            quota.blockedBecause = nil
            quota.runsOutAt = nil
            quota.resetsAt = now + .minutes(26)
            quota.spentPerMinute = 0
            quota.waiting = 0
            quota.remaining = quota.limit.map { $0 - $0 / 12 }
            return quota
        }
        overview.throughput = (0..<300).map { ThroughputSample(at: now - .seconds(300 - $0)) }
        return overview
    }

    static func failing(_ now: Instant) -> Overview {
        var overview = busy(now)
        let failure = Failure(
            .store, code: "store.full", "The store refused to write: no space left on device.",
            remedy: "Free space on the volume of the database.")
        overview.engine.trouble =
            "The store refuses to write: no space left on device. Nothing is loaded until that is mended."
        overview.jobs = overview.jobs.map { status in
            var status = status
            status.run = run(
                900, .failed(failure), now: now, ended: .minutes(3), counts: counts(400), done: 400, expected: 900)
            status.lastSuccessAt = now - .hours(8)
            return status
        }
        overview.alerts = overview.jobs.map { status in
            Alert(
                id: "job_failed:\(status.id)", kind: .jobFailed, severity: .critical,
                sentence: "\(status.id) failed: no space left on device.",
                because: "The store refused to write.", since: now - .minutes(3), job: status.id,
                remedies: [.retry(status.id)])
        }
        overview.throughput = []
        return overview
    }

    static func detail(of job: JobID, at now: Instant = Scene.moment) -> JobDetail {
        let overview = busy(now)
        let status = overview.jobs.first { $0.id == job } ?? overview.jobs[0]
        let keys: [PartitionKey] = ["PLAT", "PAY", "CORE", "WEB", "MOBILE", "DATA", "SEC", "OPS", "LEGAL"]
        let partitions = keys.enumerated().map { index, key in
            let state: PartitionStatus.State =
                switch index {
                case 0...4: .complete
                case 5: .running
                case 6:
                    .waiting(
                        Wait(
                            reason: .backoff(attempt: 2), since: now, until: now + .seconds(9),
                            because: "Jira answered 503."))
                case 7: .skipped(by: Principal("ada"), reason: "archived project")
                default: .pending
                }
            return PartitionStatus(
                key: key, title: key.rawValue, state: state,
                checkpoint: index < 7 ? checkpoint(job, key, Int64(40 - index), index, now) : nil,
                ratePerSecond: index == 5 ? 1_240 : 0)
        }
        return JobDetail(
            status: status, partitions: partitions,
            stages: [
                StageStatus(stage: .extract, pages: 131, records: 12_480, busy: .seconds(402)),
                StageStatus(stage: .transform, pages: 130, records: 12_400, busy: .seconds(18)),
                StageStatus(stage: .validate, pages: 130, records: 12_400, busy: .seconds(2)),
                StageStatus(stage: .load, pages: 129, records: 12_300, busy: .seconds(61)),
                StageStatus(stage: .index, pages: 129, records: 12_300, busy: .seconds(9)),
            ],
            recentRuns: [
                run(812, .running, now: now, counts: counts(12_480, quarantined: 3), done: 12_480, expected: 20_100),
                run(790, .succeeded([]), now: now, begun: .minutes(74), ended: .minutes(62), counts: counts(900)),
                run(771, .failed(refused), now: now, begun: .minutes(134), ended: .minutes(133), counts: counts(20)),
                run(
                    752, .succeeded(.withQuarantine), now: now, begun: .hours(26), ended: .hours(25),
                    counts: counts(20_412, quarantined: 4)),
            ],
            checkpoints: (0..<7).map { checkpoint(job, keys[$0], Int64(40 - $0), $0, now) },
            logs: (0..<60).map { logLine($0, job, keys[$0 % keys.count], now) })
    }

    static func logLine(_ index: Int, _ job: JobID, _ key: PartitionKey, _ now: Instant) -> LogLine {
        let isWarning = index % 20 == 7
        let milliseconds = 80 + index * 3 % 41
        return LogLine(
            sequence: Int64(index + 1), at: now - .seconds(60 - index), level: isWarning ? .warning : .info, job: job,
            partition: key, message: isWarning ? "Page was too heavy and is asked for in halves" : "Page loaded",
            facts: [.init("page", String(index + 70)), .init("records", "100"), .init("ms", String(milliseconds))])
    }

    static func checkpoint(_ job: JobID, _ key: PartitionKey, _ sequence: Int64, _ index: Int, _ now: Instant)
        -> Checkpoint
    {
        Checkpoint(
            partition: PartitionID(tenant: "acme", source: job.source, stream: job.stream, key: key),
            sequence: sequence,
            run: RunID(812), mode: .incremental,
            cursor: index < 5 ? nil : Cursor(json: "{\"token\":\"CAEaAggD\",\"page\":\(index * 7)}"),
            watermark: Watermark(changedAt: now - .hours(index + 1)), counts: counts(1_200 + index * 310),
            pages: 12 + index * 3, expected: 2_400, pageSize: 100, savedAt: now - .seconds(11 + index * 50))
    }
}
