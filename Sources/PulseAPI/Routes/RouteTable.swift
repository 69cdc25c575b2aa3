import PulseDomain
import PulseHTTP

/// Every route that a gateway and an engine have.
package enum RouteTable {
    package static let base = "/api/v1"
    package static let all: [Route] = accounts + reads + records + commands + live + outside

    /// The route of that name.
    package static func route(_ id: RouteID) -> Route {
        guard let route = byID[id] else { preconditionFailure("the route \(id) is not in the table") }
        return route
    }

    private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })

    private static func list(
        _ id: RouteID, _ path: String, _ role: Role, _ summary: String, _ item: any Wire.Type,
        parameters: [Parameter] = []
    ) -> Route {
        Route(
            id, .get, path, role, summary, parameters: parameters + [.limit, .cursor],
            answers: [.json(item, "A part of the list.")])
    }

    private static let accounts: [Route] = [
        Route(
            .login, .post, "/api/v1/auth/login", nil, "Gives tokens for a name and a password.",
            request: .json(LoginRequest.self), answers: [.json(TokenAnswer.self, "The tokens.")]),
        Route(
            .refresh, .post, "/api/v1/auth/refresh", nil, "Gives new tokens for a refresh token, which is spent by it.",
            request: .json(RefreshRequest.self), answers: [.json(TokenAnswer.self, "The tokens.")]),
        Route(
            .logout, .post, "/api/v1/auth/logout", .viewer, "Ends the session: its refresh tokens are worth nothing.",
            answers: [.nothing("The session has ended.")]),
        Route(
            .profile, .get, "/api/v1/auth/profile", .viewer, "Tells who one is.",
            answers: [.json(Profile.self, "Name, tenant and roles.")]),
        Route(
            .changePassword, .post, "/api/v1/auth/password", .viewer,
            "Changes one's own password. Every session ends, this one included.",
            request: .json(PasswordChange.self), answers: [.nothing("It is changed: log in again.")]),
        list(
            .listTokens, "/api/v1/auth/tokens", .viewer, "Lists one's own personal tokens.",
            ItemPage<PersonalToken>.self),
        Route(
            .addToken, .post, "/api/v1/auth/tokens", .viewer, "Makes a personal token, which is told once.",
            request: .json(NewToken.self), answers: [.json(PersonalToken.self, "The token.", status: 201)]),
        Route(
            .removeToken, .delete, "/api/v1/auth/tokens/{id}", .viewer, "Takes back one of one's own personal tokens.",
            parameters: [.path("id", .text(longest: 100), "The token's id.", example: "k3v9")],
            answers: [.nothing("The token is worth nothing any more.")]),
        list(.listUsers, "/api/v1/users", .admin, "Lists the tenant's users.", ItemPage<UserStatus>.self),
        Route(
            .addUser, .post, "/api/v1/users", .admin, "Makes a user of the tenant.", request: .json(NewUser.self),
            answers: [.json(UserStatus.self, "The user.", status: 201)]),
        Route(
            .changeUser, .patch, "/api/v1/users/{name}", .admin, "Changes a user's role, password or state.",
            parameters: [userName], request: .json(UserChange.self), answers: [.json(UserStatus.self, "The user.")]),
        Route(
            .removeUser, .delete, "/api/v1/users/{name}", .admin, "Takes a user out of the tenant.",
            parameters: [userName], answers: [.nothing("The user is gone.")]),
    ]

    private static let userName = Parameter.path("name", .text(longest: 100), "The user's name.", example: "ada")

    private static let reads: [Route] = [
        Route(
            .overview, .get, "/api/v1/overview", .viewer, "Everything that a console's first screen shows.",
            answers: [.json(Overview.self, "As of one moment.")]),
        Route(
            .engine, .get, "/api/v1/engine", .viewer, "The engine as a whole.",
            answers: [.json(EngineStatus.self, "The engine.")]),
        list(
            .jobs, "/api/v1/jobs", .viewer, "Lists jobs, in the order of the configuration.", ItemPage<JobStatus>.self),
        Route(
            .job, .get, "/api/v1/jobs/{source}/{stream}", .viewer, "Everything about one job.",
            parameters: [.source, .stream], answers: [.json(JobDetail.self, "The job.")]),
        list(
            .checkpoints, "/api/v1/jobs/{source}/{stream}/checkpoints", .viewer,
            "Lists a job's checkpoints, newest first.", ItemPage<Checkpoint>.self,
            parameters: [
                .source, .stream,
                .query("partition", .text(longest: 400), "Only of this partition.", example: "PAY"),
            ]),
        list(.runs, "/api/v1/runs", .viewer, "Lists runs, newest first.", ItemPage<JobRun>.self, parameters: [.job]),
        list(.quotas, "/api/v1/quotas", .viewer, "Lists providers' limits as they stand.", ItemPage<QuotaStatus>.self),
        list(.breakers, "/api/v1/breakers", .viewer, "Lists circuit breakers.", ItemPage<BreakerStatus>.self),
        list(.alerts, "/api/v1/alerts", .viewer, "Lists present alerts, the most urgent first.", ItemPage<Alert>.self),
        list(.sources, "/api/v1/sources", .viewer, "Lists configured sources.", ItemPage<SourceStatus>.self),
        list(
            .throughput, "/api/v1/metrics/throughput", .viewer, "What was done in each second of the last minutes.",
            ItemPage<ThroughputSample>.self),
    ]

    private static let findingID = Parameter.id("The finding's id.")

    private static let records: [Route] = [
        list(
            .quarantine, "/api/v1/quarantine", .viewer, "Lists quarantined records, newest first.",
            ItemPage<QuarantineEntry>.self,
            parameters: [
                .job,
                .query(
                    "state", .word(QuarantineState.allCases.map(\.rawValue) + ["all"]),
                    "What became of them; waiting by default.", example: "waiting"),
            ]),
        Route(
            .quarantineEntry, .get, "/api/v1/quarantine/{id}", .viewer, "One quarantined record.",
            parameters: [.id("The record's id.")], answers: [.json(QuarantineEntry.self, "The record.")]),
        list(
            .tombstones, "/api/v1/tombstones", .viewer, "Lists what censuses found gone, newest first.",
            ItemPage<TombstoneFinding>.self,
            parameters: [
                .job,
                .query(
                    "state", .word(TombstoneState.allCases.map(\.rawValue) + ["all"]),
                    "What became of them; all by default.", example: "held"),
            ]),
        list(
            .tombstoneRows, "/api/v1/tombstones/{id}/rows", .viewer, "Lists the rows of a finding.",
            ItemPage<TombstoneRow>.self, parameters: [findingID]),
        list(
            .logs, "/api/v1/logs", .viewer, "Lists log lines, oldest first; without `after` the newest ones.",
            ItemPage<LogLine>.self,
            parameters: [
                .job,
                .query(
                    "after", .integer(0...Int64.max), "Only lines behind the one of this sequence.", example: "90210"),
            ]),
        list(.audit, "/api/v1/audit", .admin, "Lists who did what, newest first.", ItemPage<AuditEntry>.self),
        list(
            .tables, "/api/v1/data", .viewer, "Lists the tables of the unified schema.", ItemPage<TableStatus>.self),
        list(
            .rows, "/api/v1/data/{table}", .viewer,
            "Lists rows by source and id. Any column may be given as a query: only rows with that value are listed.",
            RowPage.self,
            parameters: [
                .path(
                    "table", .word(UnifiedSchema.tables.map(\.name.rawValue)), "The table's name.",
                    example: "work_items"),
                .query(
                    "include_deleted", .flag, "Also rows that were found gone at the source.", example: "false"),
            ]),
    ]

    private static func command(
        _ id: RouteID, _ path: String, _ summary: String, parameters: [Parameter], request: Route.Content
    ) -> Route {
        Route(
            id, .post, path, .operator, summary, parameters: parameters + [.dryRun], request: request,
            answers: [
                .json(CommandOutcome.self, "True already; nothing changed. Or, with `dry_run`, the preview."),
                .json(CommandAnswer.self, "Taken.", status: 202),
                .json(CommandAnswer.self, "Refused: why, and what is possible instead.", status: 409),
            ])
    }

    private static func ofJob(
        _ id: RouteID, _ summary: String, request: Route.Content = .optionalJSON(ReasonBody.self)
    ) -> Route {
        command(
            id, "/api/v1/jobs/{source}/{stream}/\(id.rawValue)", summary, parameters: [.source, .stream],
            request: request)
    }

    private static let commands: [Route] = [
        ofJob(.start, "Starts a run.", request: .optionalJSON(StartBody.self)),
        ofJob(.pause, "Pauses the run at the next page boundary.", request: .optionalJSON(PauseBody.self)),
        ofJob(.resume, "Resumes a paused, stopped or failed run."),
        ofJob(.stop, "Stops the run now: the request under way is given up; what is loaded stays."),
        ofJob(.retry, "Takes a failed or stopped run up again."),
        ofJob(
            .rewind, "Makes a checkpoint the newest of its partition again.", request: .json(RewindBody.self)),
        ofJob(.skip, "Leaves a partition of the present run for later.", request: .json(SkipBody.self)),
        ofJob(.hold, "Keeps the job from starting."),
        ofJob(.release, "Lets a held job start again."),
        ofJob(.retransform, "Transforms the kept raw pages again, without the network."),
        command(
            .replay, "/api/v1/quarantine/replay", "Transforms quarantined records again and loads those that pass.",
            parameters: [], request: .json(RecordsBody.self)),
        command(
            .discard, "/api/v1/quarantine/discard", "Marks quarantined records as not wanted.", parameters: [],
            request: .json(RecordsBody.self)),
        command(
            .undoTombstones, "/api/v1/tombstones/{id}/undo", "Takes a census' tombstones back.",
            parameters: [findingID], request: .optionalJSON(ReasonBody.self)),
        command(
            .confirmTombstones, "/api/v1/tombstones/{id}/confirm", "Sets the tombstones that a census held back.",
            parameters: [findingID], request: .optionalJSON(ReasonBody.self)),
        command(
            .acknowledge, "/api/v1/alerts/{id}/acknowledge", "Says that an alert was seen.",
            parameters: [
                .path("id", .text(longest: 400), "The alert's id.", example: "job_failed:jira-main/issues")
            ], request: .optionalJSON(ReasonBody.self)),
    ]

    private static let live: [Route] = [
        Route(
            .events, .get, "/api/v1/events", .viewer,
            "What changes from now on, as Server-Sent Events. `Last-Event-ID` goes on where a stream broke off.",
            parameters: [
                Parameter(
                    name: "Last-Event-ID", place: .header, kind: .text(longest: 100),
                    about: "The id of the last event that was heard.", example: "17-4711")
            ],
            answers: [Route.Answer(status: 200, about: "The stream; a comment is its heartbeat.", content: .events)]),
        list(.presence, "/api/v1/presence", .viewer, "Lists who is connected.", ItemPage<PresenceStatus>.self),
        Route(
            .enterPresence, .post, "/api/v1/presence", .viewer, "Tells that a console is connected.",
            request: .json(PresenceReport.self), answers: [.nothing("Noted for a minute.")]),
        Route(
            .leavePresence, .delete, "/api/v1/presence", .viewer, "Tells that a console goes.",
            parameters: [.query("id", .text(longest: 100), "The console's id.", example: "c-1f", isRequired: true)],
            answers: [.nothing("It is no longer listed.")]),
    ]

    private static let outside: [Route] = [
        Route(
            .live, .get, "/health/live", nil, "Whether the process works at all.",
            answers: [.json(HealthReport.self, "It does.")]),
        Route(
            .ready, .get, "/health/ready", nil, "Whether requests can be answered.",
            answers: [
                .json(HealthReport.self, "They can."), .json(HealthReport.self, "They cannot, and why.", status: 503),
            ]),
        Route(
            .metrics, .get, "/metrics", nil, "Figures for Prometheus.",
            answers: [
                Route.Answer(
                    status: 200, about: "Prometheus text.",
                    content: .other(mediaType: "text/plain; version=0.0.4; charset=utf-8"))
            ]),
        Route(
            .openAPI, .get, "/openapi.json", nil, "This document.",
            answers: [
                Route.Answer(
                    status: 200, about: "OpenAPI 3.1.", content: .other(mediaType: "application/vnd.oai.openapi+json"))
            ]),
        Route(
            .keys, .get, "/.well-known/jwks.json", nil, "The public keys of access tokens (RFC 7517).",
            answers: [
                Route.Answer(status: 200, about: "The keys.", content: .other(mediaType: "application/jwk-set+json"))
            ]),
    ]
}
