import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import PulseAPI
import PulseDomain
import PulseFuzzing
import PulseSimulation
import Synchronization
import Testing

@testable import PulseGateway

struct ServingTests {
    struct Wrong: Sendable, CustomTestStringConvertible {
        var method = HTTPRequest.Method.get
        var path: String
        var body: String?
        var type: String?
        var status: Int
        var testDescription: String { "\(method) \(path)" }
    }

    static let wrong: [Wrong] = [
        Wrong(path: "/", status: 404), Wrong(path: "/api/v1/nothing", status: 404),
        Wrong(path: "/api/v1/jobs/", status: 404), Wrong(path: "/api/v1/jobs/a/b/c", status: 404),
        Wrong(path: "/api/v1/overview/", status: 404), Wrong(path: "//api/v1/overview", status: 404),
        Wrong(path: "/api/v1/../v1/overview", status: 404), Wrong(path: "/api/v1/%6fverview%00", status: 404),
        Wrong(path: "/api/v1/jobs/%/b", status: 400), Wrong(path: "/api/v1/jobs/%ff/b", status: 400),
        Wrong(method: .post, path: "/api/v1/overview", status: 405),
        Wrong(method: .put, path: "/api/v1/overview", status: 405),
        Wrong(method: .options, path: "/api/v1/users/ada", status: 405),
        Wrong(path: "/api/v1/jobs/jira-main/issues/start", status: 405),
        Wrong(path: "/api/v1/jobs?limit=0", status: 400), Wrong(path: "/api/v1/jobs?limit=1001", status: 400),
        Wrong(path: "/api/v1/jobs?limit=x", status: 400), Wrong(path: "/api/v1/jobs?limit=1&limit=2", status: 400),
        Wrong(path: "/api/v1/jobs?cursor=x", status: 422), Wrong(path: "/api/v1/jobs?cursor=WyJ4Il0", status: 422),
        Wrong(path: "/api/v1/jobs?colour=red", status: 400), Wrong(path: "/api/v1/jobs?limit=%zz", status: 400),
        Wrong(path: "/api/v1/quarantine/discard?dry_run=true", status: 405),
        Wrong(path: "/api/v1/jobs/no/such", status: 404), Wrong(path: "/api/v1/quarantine/x", status: 400),
        Wrong(path: "/api/v1/quarantine/9999", status: 404), Wrong(path: "/api/v1/data/users", status: 404),
        Wrong(path: "/api/v1/data/work_items?password=x", status: 422),
        Wrong(method: .delete, path: "/api/v1/presence", status: 400),
        Wrong(method: .post, path: "/api/v1/jobs/a/b/start", body: "{", status: 400),
        Wrong(method: .post, path: "/api/v1/jobs/a/b/start", body: "[]", status: 400),
        Wrong(method: .post, path: "/api/v1/jobs/a/b/start", body: "{\"colour\":1}", status: 400),
        Wrong(method: .post, path: "/api/v1/jobs/a/b/start", body: "{\"mode\":\"range\"}", status: 422),
        Wrong(method: .post, path: "/api/v1/jobs/a/b/pause", body: "{\"reason\":\"a\\u001bb\"}", status: 422),
        Wrong(method: .post, path: "/api/v1/jobs/a/b/rewind", status: 400),
        Wrong(method: .post, path: "/api/v1/quarantine/replay", body: "{\"ids\":[]}", status: 400),
        Wrong(method: .post, path: "/api/v1/jobs/a/b/start", body: "mode=full", type: "text/plain", status: 415),
        Wrong(
            method: .post, path: "/api/v1/jobs/a/b/start", body: String(repeating: " ", count: 300_000), status: 413),
        Wrong(method: .post, path: "/api/v1/auth/login", body: "{\"name\":\"x\"}", status: 400),
        Wrong(method: .delete, path: "/api/v1/presence", status: 400),
    ]

    @Test(arguments: wrong)
    func `whatever is wrong is told as a problem`(wrong: Wrong) async throws {
        let harness = try await Harness()
        let response = try await harness.ask(
            wrong.method, wrong.path, token: try await harness.token("admin"),
            headers: wrong.type.map { [.contentType: $0] } ?? [:], body: wrong.body)
        #expect(response.status.code == wrong.status)
        #expect(response.headers[.contentType] == Problem.mediaType)
        let problem = try response.problem()
        #expect(problem.status == wrong.status)
        #expect(!problem.detail.isEmpty && !problem.remedy.isEmpty)
        #expect(problem.correlation != nil)
        #expect((response.headers[.allow] != nil) == (wrong.status == 405))
        #expect(harness.operations.performed.withLock { $0.isEmpty })
    }

    @Test func `no body whatever makes the server fail`() async throws {
        let harness = try await Harness()
        var generator = SeededGenerator(seed: 9_457)
        let routes = RouteTable.all.filter { $0.exampleBody != nil && $0.id != .login && $0.id != .changePassword }
        for _ in 0..<400 {
            let route = try #require(routes.randomElement(using: &generator))
            var bytes = Array((route.exampleBody ?? "").utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: bytes.indices, using: &generator)
                let byte = UInt8.random(in: 0x20...0x7E, using: &generator)
                if Bool.random(using: &generator) { bytes.remove(at: place) } else { bytes[place] = byte }
            }
            let call = Call(
                route: route, target: "/", arguments: Arguments(path: ["source": "a", "stream": "b", "id": "1"]),
                identity: Identity(principal: Principal("admin"), tenant: "acme", role: .admin, proof: .gateway),
                origin: harness.origin, body: bytes, lastEventID: nil)
            do { _ = try await harness.endpoints.reply(to: call) } catch let problem as Problem {
                #expect((400..<500).contains(problem.status))
            }
        }
    }

    @Test func `what is polled has a tag, and the same is not sent twice`() async throws {
        let harness = try await Harness()
        let token = try await harness.token("viewer")
        for path in ["/api/v1/overview", "/api/v1/jobs", "/api/v1/quotas", "/api/v1/alerts"] {
            let first = try await harness.ask(.get, path, token: token)
            let tag = try #require(first.headers[.eTag])
            harness.operations.present.withLock { $0.asOf += .seconds(1) }
            let again = try await harness.ask(.get, path, token: token, headers: [.ifNoneMatch: "\"other\", \(tag)"])
            #expect(again.status == .notModified)
            #expect(again.body.readableBytes == 0)
            #expect(again.headers[.eTag] == tag)
            harness.operations.present.withLock { overview in
                overview.jobs[0].quarantined += 1
                overview.alerts.append(
                    Alert(
                        id: path, kind: .dataStale, severity: .notice, sentence: "Old.", because: "So.", since: .epoch))
            }
            // What no event tells is looked at ten times a second.
            harness.time.advance(by: .milliseconds(100))
            let changed = try await harness.ask(.get, path, token: token, headers: [.ifNoneMatch: tag])
            #expect((changed.status == .ok) == (path != "/api/v1/quotas"))
        }
    }

    @Test func `long answers are compressed for those who take it`() async throws {
        let harness = try await Harness()
        let token = try await harness.token("viewer")
        let path = "/api/v1/quarantine?limit=100"
        let plain = try await harness.ask(.get, path, token: token)
        #expect(plain.headers[.contentEncoding] == nil)
        let packed = try await harness.ask(.get, path, token: token, headers: [.acceptEncoding: "br, gzip;q=0.5"])
        #expect(packed.headers[.contentEncoding] == "gzip")
        #expect(packed.headers[.vary] == "Accept-Encoding")
        #expect(packed.body.readableBytes * 4 < plain.body.readableBytes)
        let refused = try await harness.ask(.get, path, token: token, headers: [.acceptEncoding: "gzip;q=0"])
        #expect(refused.headers[.contentEncoding] == nil)
    }

    @Test func `a list is read to its end by its cursors, each item once`() async throws {
        let harness = try await Harness()
        let token = try await harness.token("viewer")
        var (ids, cursor): ([Int64], String?) = ([], nil)
        repeat {
            let path = "/api/v1/quarantine?limit=60" + (cursor.map { "&cursor=\($0)" } ?? "")
            let page = try await harness.ask(.get, path, token: token).decoded(ItemPage<QuarantineEntry>.self)
            ids += page.items.map(\.id)
            cursor = page.next
        } while cursor != nil
        #expect(ids == Array((1...250).reversed()))
        let first = try await harness.ask(.get, "/api/v1/jobs?limit=1", token: token)
            .decoded(ItemPage<JobStatus>.self)
        let next = try #require(first.next)
        let second = try await harness.ask(.get, "/api/v1/jobs?limit=1&cursor=\(next)", token: token)
            .decoded(ItemPage<JobStatus>.self)
        #expect((first.items + second.items).map(\.id) == ["jira-main/issues", "b/c"])
        #expect(second.next == nil)
    }

    @Test(arguments: [
        OperationsCall.checkpoints(
            CheckpointFilter(job: "a/b", before: .init(savedAt: .epoch, sequence: 3, partition: "Ä/1"))),
        .runs(RunFilter(job: "a/b", before: RunID(9))), .quarantine(QuarantineFilter(before: 9)),
        .tombstones(TombstoneFilter(before: 9)), .logs("a/b", after: 9, limit: 5),
        .audit(ListPart(limit: 5, after: "3")),
        .tombstoneRows(5, after: .init(table: "work_items", id: "1"), limit: 5), .jobs(ListPart(after: "1")),
        .rows(RowFilter(table: "work_items", after: RowID(source: "a", id: "ä"))),
    ])
    func `where a client goes on is understood`(call: OperationsCall) async throws {
        let harness = try await Harness()
        let url = try call.request.url(base: "")
        #expect(try await harness.ask(.get, url, token: try await harness.token("admin")).status == .ok)
    }

    @Test func `one record is found by its id`() async throws {
        let harness = try await Harness()
        let response = try await harness.ask(.get, "/api/v1/quarantine/17", token: try await harness.token("viewer"))
        #expect(try response.decoded(QuarantineEntry.self).id == 17)
    }

    @Test func `every answer tells browsers to leave it alone, and bears its trace`() async throws {
        let harness = try await Harness()
        for path in ["/health/live", "/nothing", "/api/v1/overview"] {
            let headers = try await harness.ask(.get, path).headers
            #expect(headers[.xContentTypeOptions] == "nosniff")
            #expect(headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none'") == true)
            // Nothing of TLS where there is none.
            #expect(headers[.strictTransportSecurity] == nil)
            #expect(headers[.cacheControl] == "no-store")
            #expect(headers[.traceParent].flatMap { TraceContext(traceparent: $0) } != nil)
        }
        #expect(try await harness.ask(.get, "/api/v1/overview").headers[.wwwAuthenticate] != nil)
    }

    @Test func `where spans are taken a request is one of its caller's trace, named by its route`() async throws {
        let harness = try await Harness()
        let kept = KeptSpans()
        let token = try await harness.token("viewer")
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let response = try await Tracer.$current.withValue(Tracer(sink: kept, time: harness.time)) {
            try await harness.ask(
                .get, "/api/v1/jobs/jira-main/issues", token: token, headers: [.traceParent: trace])
        }
        let span = try #require(kept.spans.first)
        #expect(kept.spans.count == 1)
        #expect(span.name == "GET /api/v1/jobs/{source}/{stream}" && span.kind == .server)
        #expect(span.context.trace == "4bf92f3577b34da6a3ce929d0e0e4736" && span.parent == "00f067aa0ba902b7")
        #expect(span.attributes["http.response.status_code"] == .integer(200))
        #expect(response.headers[.traceParent] == span.context.traceparent)
    }

    @Test func `HEAD is answered as GET is, without the body`() async throws {
        let harness = try await Harness()
        let token = try await harness.token("viewer")
        let get = try await harness.ask(.get, "/api/v1/jobs", token: token)
        let head = try await harness.ask(.head, "/api/v1/jobs", token: token)
        #expect(head.status == .ok)
        #expect(head.body.readableBytes == 0)
        #expect(head.headers[.contentLength] == get.headers[.contentLength])
    }

    @Test func `two authorization fields are none`() async throws {
        let harness = try await Harness()
        let token = try await harness.token("viewer")
        var headers: HTTPFields = [.authorization: "Bearer \(token)"]
        headers.append(HTTPField(name: .authorization, value: "Bearer \(token)"))
        #expect(try await harness.ask(.get, "/api/v1/overview", headers: headers).status == .unauthorized)
        for field in ["Basic \(token)", "Bearer", "Bearer  \(token)", "Bearer \(token) x", token] {
            let response = try await harness.ask(.get, "/api/v1/overview", headers: [.authorization: field])
            #expect(response.status == .unauthorized)
        }
    }

    @Test func `a server that is ending says that it is not ready`() async throws {
        let harness = try await Harness()
        #expect(try await harness.ask(.get, "/health/ready").status == .ok)
        harness.endpoints.health.end()
        let response = try await harness.ask(.get, "/health/ready")
        #expect(response.status == .serviceUnavailable)
        #expect(try response.decoded(HealthReport.self).checks.contains { !$0.isGood && $0.name == "process" })
        #expect(try await harness.ask(.get, "/health/live").status == .ok)
    }

    @Test func `an engine in trouble is not ready, and says why`() async throws {
        let harness = try await Harness()
        harness.operations.present.withLock { $0.engine.trouble = "The disk is full." }
        let response = try await harness.ask(.get, "/health/ready")
        #expect(response.status == .serviceUnavailable)
        #expect(response.text.contains("The disk is full."))
    }

    @Test func `figures count requests by route and show the engine`() async throws {
        let harness = try await Harness()
        let token = try await harness.token("viewer")
        for _ in 0..<3 { _ = try await harness.ask(.get, "/api/v1/jobs/jira-main/issues", token: token) }
        _ = try await harness.ask(.get, "/etc/passwd")
        let text = try await harness.ask(.get, "/metrics").text
        #expect(text.contains("pulse_http_requests_total{route=\"job\",method=\"GET\",status=\"200\"} 3\n"))
        #expect(text.contains("pulse_http_requests_total{route=\"none\",method=\"GET\",status=\"404\"} 1\n"))
        #expect(text.contains("pulse_http_request_duration_seconds_count{route=\"job\"} 3\n"))
        #expect(text.contains("pulse_job_quarantined{tenant=\"acme\",job=\"jira-main/issues\"} 0\n"))
        #expect(text.contains("pulse_engine_up{tenant=\"acme\"} 1\n"))
        #expect(!text.contains("passwd"))
    }

    @Test func `a tenant whose engines are all away is told as down`() async throws {
        let overview = try await StubOperations(tenant: "beta").overview()
        var text = PrometheusText()
        EngineMetrics.write([("beta", overview)], of: ["beta", "gamma"], to: &text)
        #expect(text.text.contains("pulse_engine_up{tenant=\"beta\"} 1\n"))
        #expect(text.text.contains("pulse_engine_up{tenant=\"gamma\"} 0\n"))
    }

    @Test func `the log has a line for each request, with its correlation and without its query`() async throws {
        let harness = try await Harness()
        let lines = Lines()
        let responder = GatewayResponder(
            endpoints: harness.endpoints, authenticator: BearerAuthenticator(desk: harness.desk), throttle: nil,
            accounts: harness.desk, time: harness.time,
            log: RequestLog { line in lines.all.withLock { $0.append(String(decoding: line, as: UTF8.self)) } })
        let token = try await harness.token("viewer")
        _ = try await harness.ask(.get, "/api/v1/jobs?cursor=secret", token: token, over: responder)
        let line = try #require(lines.all.withLock { $0.first })
        let entry = try #require(FlatJSON(Array(line.utf8)))
        #expect(entry.text("route") == "jobs")
        #expect(entry.number("status") == 422)
        #expect(entry.text("code") == "unprocessable")
        #expect(entry.text("principal") == "viewer")
        #expect(entry.text("correlation")?.utf8.count == 32)
        #expect(!line.contains("secret") && !line.contains(token))
    }

    @Test func `only trusted proxies are believed who asks`() {
        let proxies = TrustedProxies(["127.0.0.1", "10.0.0.2"])
        let cases: [(String, [String], String)] = [
            ("192.0.2.1", ["198.51.100.1"], "192.0.2.1"), ("127.0.0.1", [], "127.0.0.1"),
            ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", ["6.6.6.6, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
            ("127.0.0.1", ["6.6.6.6", "2001:db8::1"], "2001:db8::1"), ("127.0.0.1", ["<script>"], "127.0.0.1"),
        ]
        for (peer, forwarded, client) in cases {
            #expect(proxies.client(of: peer, forwarded: forwarded) == client)
        }
    }

    @Test func `the public keys are there for everybody`() async throws {
        let harness = try await Harness()
        let keys = try await harness.ask(.get, "/.well-known/jwks.json")
        #expect(keys.headers[.contentType] == "application/jwk-set+json")
        #expect(keys.text.contains("\"kid\":\"k1\"") && !keys.text.contains("\"d\""))
    }

    @Test func `an engine takes only who has the internal key, and acts for whom it says`() async throws {
        let harness = try await Harness()
        let responder = GatewayResponder(
            endpoints: Endpoints(
                engines: Array(harness.endpoints.engines.values), accounts: nil, time: harness.time),
            authenticator: InternalAuthenticator(key: "k".padding(toLength: 40, withPad: "k", startingAt: 0)),
            throttle: nil, accounts: nil, time: harness.time)
        let good: HTTPFields = [
            .authorization: "Bearer " + String(repeating: "k", count: 40), .pulsePrincipal: "ada",
            .pulseRole: "operator", .pulseTenant: "acme",
        ]
        let path = "/api/v1/jobs/jira-main/issues/start"
        #expect(try await harness.ask(.post, path, headers: good, over: responder).status == .accepted)
        #expect(harness.operations.performed.withLock { $0.first }?.by.name == "ada")
        let changes: [(HTTPField.Name, String?, Int)] = [
            (.authorization, "Bearer " + String(repeating: "k", count: 39), 401), (.authorization, nil, 401),
            (.pulseRole, "root", 401), (.pulseRole, "viewer", 403), (.pulseTenant, nil, 401),
            (.pulseTenant, "zenith", 403), (.pulsePrincipal, "", 401),
        ]
        for (name, value, status) in changes {
            var headers = good
            headers[name] = value
            #expect(try await harness.ask(.post, path, headers: headers, over: responder).status.code == status)
        }
        #expect(
            try await harness.ask(.post, "/api/v1/auth/login", body: "{}", over: responder).status == .notFound)
    }
}

/// What was logged.
private final class Lines: Sendable {
    let all = Mutex<[String]>([])
}
