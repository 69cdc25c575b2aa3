import PulseDomain
import PulseStore
import Testing

let definitionBehaviours: [Behaviour] = [
    Behaviour("jobs are those saved last, in their order, with what they had before") { fixture in
        let store = try await fixture.open(Sample.tenant)
        let issues = JobDefinition(
            id: "jira/issues", title: "Issues", priority: 7,
            schedule: ScheduleDefinition(cron: "*/5 * * * *", timeZone: "Europe/Berlin", overlap: .queue),
            census: ScheduleDefinition(cron: "@daily"), dependencies: ["jira/projects"], staleAfter: .hours(2),
            concurrency: 4)
        let projects = JobDefinition(id: "jira/projects", title: "Projects")
        try await store.saveJobs([issues, projects])
        #expect(try await store.jobs().map(\.definition) == [issues, projects])
        let hold = Hold(by: Principal("ada"), reason: "migration", since: Sample.start)
        try await store.setHold(hold, of: "jira/issues")
        try await store.saveJobs([projects])
        #expect(try await store.jobs().map(\.definition) == [projects])
        #expect(try await store.job(issues.id) == nil)
        var renamed = issues
        renamed.title = "All issues"
        try await store.saveJobs([projects, renamed])
        #expect(
            try await store.jobs() == [StoredJob(definition: projects), StoredJob(definition: renamed, hold: hold)])
        try await store.setHold(nil, of: "jira/issues")
        #expect(try await store.job(renamed.id) == StoredJob(definition: renamed))
        // Who knows some of the jobs leaves the others listed, and in their order.
        try await store.saveJobs([issues], isWhole: false)
        #expect(try await store.jobs().map(\.definition) == [projects, issues])
        #expect(try await store.jobs().last?.hold == nil)
    },
    Behaviour("a job that is not there cannot be held") { fixture in
        let store = try await fixture.open(Sample.tenant)
        let hold = Hold(by: Principal("ada"), reason: "r", since: Sample.start)
        await #expect(throws: StoreError.self) { try await store.setHold(hold, of: "no/job") }
    },
    Behaviour("partitions are added and renewed and never removed") { fixture in
        let store = try await fixture.open(Sample.tenant)
        let pay = StoredPartition(key: "PAY", title: "Payments", reference: "10000")
        try await store.savePartitions([pay, StoredPartition(key: "OPS", title: "Ops", reference: "1")], of: "a/b")
        let ops = StoredPartition(key: "OPS", title: "Operations", reference: "2")
        try await store.savePartitions([ops], of: "a/b")
        #expect(try await store.partitions(of: "a/b") == [ops, pay])
        #expect(try await store.partitions(of: "a/c").isEmpty)
    },
]
