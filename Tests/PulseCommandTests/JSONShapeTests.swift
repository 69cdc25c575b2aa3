import PulseDomain
import Testing

@testable import PulseCommands

/// The shapes are a contract: a change here breaks other people's scripts.
struct JSONShapeTests {
    @Test func `a job that never ran has every key`() throws {
        let job = JobStatus(definition: JobDefinition(id: "git/commits", title: "Commits"))
        #expect(
            try JSONText.document(JobJSON(job)) == """
                {
                  "hold" : null,
                  "id" : "git/commits",
                  "last_success_at" : null,
                  "next_run_at" : null,
                  "quarantined" : 0,
                  "retries_at" : null,
                  "run" : null,
                  "source" : "git",
                  "state" : "never_run",
                  "stream" : "commits",
                  "title" : "Commits"
                }

                """)
    }

    @Test func `a waiting run says why and until when`() throws {
        let wait = Wait(
            reason: .backoff(attempt: 2), since: .epoch, until: Instant(seconds: 60), because: "It timed out.")
        let run = RunStatus(
            id: RunID(7), state: .waiting(wait), mode: .full, startedBy: Principal("ada"), createdAt: .epoch,
            stateSince: .epoch, correlation: "c")
        #expect(
            try JSONText.line(RunJSON(run)) == """
                {"attempts":0,"because":"It timed out.","correlation":"c","counts":{"extracted":0,"filtered":0,\
                "inserted":0,"quarantined":0,"tombstoned":0,"unchanged":0,"updated":0},\
                "created_at":"1970-01-01T00:00:00Z","ended_at":null,"ends_at":null,"id":7,"mode":"full",\
                "progress":null,"records_per_second":0,"requests":0,"started_at":null,"started_by":"ada",\
                "state":"waiting","until":"1970-01-01T00:01:00Z"}

                """)
    }

    @Test func `a log line is one object, and names of facts stay as they are`() throws {
        let line = LogLine(
            sequence: 3, at: .epoch, level: .info, job: "git/commits", message: "A run has started.",
            facts: [.init("failureCode", "x/y")])
        #expect(
            try JSONText.line(LogJSON(line)) == """
                {"at":"1970-01-01T00:00:00Z","correlation":null,"facts":{"failureCode":"x/y"},"job":"git/commits",\
                "level":"info","message":"A run has started.","partition":null,"sequence":3}

                """)
    }

    @Test(arguments: [
        (CommandReceipt.accepted("Done."), "accepted", "null"),
        (.unchanged("It was so."), "unchanged", "null"),
        (.refused(because: "No.", instead: "Wait."), "refused", "\"Wait.\""),
    ])
    func `a receipt has an outcome`(_ receipt: CommandReceipt, _ outcome: String, _ instead: String) throws {
        let text = try JSONText.line(ReceiptJSON(receipt, isRunning: false, correlation: "c"))
        #expect(text.contains("\"outcome\":\"\(outcome)\""))
        #expect(text.contains("\"instead\":\(instead)"))
    }
}
