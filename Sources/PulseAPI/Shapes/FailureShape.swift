package import PulseDomain

extension Failure: WireObject {
    package static let about = "A failure as a person meets it and as a program decides on it."
    package static let example = Failure(
        .transient, code: "http.timed_out", "jira.example.com took the request and did not answer in time.",
        remedy: "Try again; if it stays so, ask for smaller pages or allow a longer time-out.", endpoint: "search",
        retryAt: Example.minutes(2))

    package static func map(_ f: inout Fields<Failure>) throws(WireError) -> Failure {
        Failure(
            try f("kind", { $0.kind }), code: try f("code", { $0.code }, "Stable, for logs and scripts."),
            try f("sentence", { $0.sentence }, "What happened, to what."),
            remedy: try f("remedy", { $0.remedy }, "What to do next."),
            endpoint: try f("endpoint", { $0.endpoint }, "Which endpoint of the source was asked, where one was."),
            retryAt: try f("retry_at", { $0.retryAt }, "When the provider said that it may be tried again."))
    }
}
