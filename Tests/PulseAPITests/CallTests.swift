import Foundation
import PulseAPI
import PulseDomain
import PulseHTTP
import Testing

/// What a client asks for is what a server understands.
struct CallTests {
    static let position = CheckpointFilter.Position(savedAt: Samples.at, sequence: .max, partition: "Ä/1")
    static let calls: [OperationsCall] =
        [.overview, .engine, .job("a b/ü"), .job("a/b/c"), .sources(ListPart()), .tables(ListPart(limit: 1_000))]
        + [ListPart(), ListPart(limit: 1, after: Samples.text)].flatMap {
            [.jobs($0), .quotas($0), .breakers($0), .alerts($0), .throughput($0)] as [OperationsCall]
        }
        + [
            .checkpoints(CheckpointFilter(job: Samples.job)),
            .checkpoints(CheckpointFilter(job: Samples.job, partition: "Ä/1", before: position, limit: 1_000)),
            .runs(RunFilter()), .runs(RunFilter(job: Samples.job, before: RunID(.max), limit: 3)),
            .quarantine(QuarantineFilter(limit: 100)), .quarantineEntry(.max),
            .tombstones(TombstoneFilter(limit: 100)), .tombstoneRows(5, after: nil, limit: 7),
            .tombstoneRows(5, after: .init(table: "work_items", id: Samples.text), limit: 7),
            .logs(nil, after: nil, limit: 100), .logs(Samples.job, after: .max, limit: 1),
            .audit(ListPart()), .audit(ListPart(limit: 1, after: "12")),
            .rows(RowFilter(table: "commits")),
            .rows(
                RowFilter(
                    table: "work_items",
                    conditions: [
                        .init(column: "key", value: .text("PAY-1 & ü")), .init(column: "run_id", value: .integer(-7)),
                        .init(column: "deleted_at", value: .integer(Samples.at.microseconds)),
                    ], includesDeleted: true, after: RowID(source: "jira-main", id: "ä/1"), limit: 9)),
        ]
        + (QuarantineState.allCases + [nil]).map {
            .quarantine(QuarantineFilter(job: Samples.job, state: $0, before: 7, limit: 2))
        }
        + (TombstoneState.allCases + [nil]).map {
            .tombstones(TombstoneFilter(job: Samples.job, state: $0, before: 7, limit: 2))
        }
        + Samples.commands.map { .preview($0) } + Samples.commands.map { .perform($0, reason: "") }
        + Samples.commands.map { .perform($0, reason: Samples.text) }

    /// As the request arrives: its address taken apart again.
    private func received(_ request: APIRequest) throws -> OperationsCall? {
        let url = try request.url(base: "")
        let parts = url.split(separator: "?", maxSplits: 1).map(String.init)
        guard case .route(let route, let path) = RouteMatcher().match(request.method.rawValue, parts[0][...]) else {
            Issue.record("\(url) leads nowhere")
            return nil
        }
        #expect(route.id == request.route)
        let arguments = try Arguments(path: path, encodedQuery: parts.dropFirst().first ?? "")
        try route.check(arguments)
        return try OperationsCall(route, arguments, body: request.body ?? [])
    }

    @Test(arguments: calls)
    func `a call arrives as it was meant`(call: OperationsCall) throws {
        #expect(try received(call.request) == call)
    }

    @Test func `every route of the engine has a call`() throws {
        let asked = Set(Self.calls.map(\.request.route))
        let others: Set<RouteID> = [
            .login, .refresh, .logout, .profile, .changePassword, .listTokens, .addToken, .removeToken, .listUsers,
            .addUser, .changeUser, .removeUser, .events, .presence, .enterPresence, .leavePresence, .live, .ready,
            .metrics, .openAPI, .keys,
        ]
        #expect(asked.union(others) == Set(RouteID.allCases))
        #expect(asked.isDisjoint(with: others))
    }

    @Test(arguments: ["", ".", ".."])
    func `a name that cannot stand in an address is refused before anything is sent`(name: String) {
        #expect(throws: Failure.self) { try OperationsCall.job(JobID("a/\(name)")).request.url(base: "http://h") }
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var method = "GET"
        var address: String
        var body = ""
        var status = 400
        var testDescription: String { "\(method) \(address) \(body)" }
    }

    @Test(arguments: [
        Bad(address: "/api/v1/runs?limit=0"), Bad(address: "/api/v1/runs?limit=1001"),
        Bad(address: "/api/v1/runs?limit=01"), Bad(address: "/api/v1/runs?limit=1&limit=2"),
        Bad(address: "/api/v1/runs?limt=1"), Bad(address: "/api/v1/runs?cursor=x", status: 422),
        Bad(address: "/api/v1/runs?cursor=" + PageCursor(["x"]).text, status: 422),
        Bad(address: "/api/v1/runs?cursor="),
        Bad(address: "/api/v1/runs?cursor=" + PageCursor(["1", "2"]).text, status: 422),
        Bad(address: "/api/v1/quarantine?state=gone"), Bad(address: "/api/v1/quarantine/0"),
        Bad(address: "/api/v1/quarantine/x"), Bad(address: "/api/v1/logs?after=-1"),
        Bad(address: "/api/v1/logs?job=a%00b"), Bad(address: "/api/v1/data/nothing", status: 404),
        Bad(address: "/api/v1/data/work_items?nothing=1", status: 422),
        Bad(address: "/api/v1/data/work_items?run_id=x", status: 422),
        Bad(address: "/api/v1/data/work_items?deleted_at=yesterday", status: 422),
        Bad(address: "/api/v1/data/work_items?key=a&key=b"), Bad(address: "/api/v1/runs?limit=%zz"),
        Bad(method: "DELETE", address: "/api/v1/presence"), Bad(address: "/api/v1/overview?x=1"),
        Bad(method: "POST", address: "/api/v1/jobs/a/b/pause?dry_run=yes"),
        Bad(method: "POST", address: "/api/v1/jobs/a/b/pause", body: "{\"untl\":null}"),
        Bad(method: "POST", address: "/api/v1/jobs/a/b/pause", body: "{\"until\":\"soon\"}"),
        Bad(method: "POST", address: "/api/v1/jobs/a/b/pause", body: "[]"),
        Bad(
            method: "POST", address: "/api/v1/jobs/a/b/pause",
            body: "{\"until\":\"2026-01-01T00:00:00Z\",\"until_quota_resets\":true}", status: 422),
        Bad(method: "POST", address: "/api/v1/jobs/a/b/start", body: "{\"mode\":\"range\"}", status: 422),
        Bad(
            method: "POST", address: "/api/v1/jobs/a/b/start",
            body: "{\"mode\":\"range\",\"range\":{\"from\":\"2026-01-02T00:00:00Z\",\"to\":\"2026-01-01T00:00:00Z\"}}",
            status: 422),
        Bad(
            method: "POST", address: "/api/v1/jobs/a/b/start",
            body: "{\"range\":{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-02T00:00:00Z\"}}", status: 422),
        Bad(method: "POST", address: "/api/v1/jobs/a/b/rewind"),
        Bad(method: "POST", address: "/api/v1/quarantine/replay"),
        Bad(method: "POST", address: "/api/v1/quarantine/replay", body: "{\"ids\":[]}"),
        Bad(method: "POST", address: "/api/v1/quarantine/replay", body: "{\"ids\":[1.5]}"),
    ])
    func `a request that is not as it should be is refused with the reason`(bad: Bad) throws {
        let parts = bad.address.split(separator: "?", maxSplits: 1).map(String.init)
        guard case .route(let route, let path) = RouteMatcher().match(bad.method, parts[0][...]) else {
            Issue.record("leads nowhere")
            return
        }
        do throws(Problem) {
            let arguments = try Arguments(path: path, encodedQuery: parts.dropFirst().first ?? "")
            try route.check(arguments)
            let call = try OperationsCall(route, arguments, body: Array(bad.body.utf8))
            Issue.record("it was taken for \(String(describing: call))")
        } catch {
            #expect(error.status == bad.status)
            #expect(!error.detail.isEmpty && !error.remedy.isEmpty)
        }
    }
}
