import PulseDomain
import PulseHTTP
import PulseJSON
import PulseSimulation
import Synchronization
import Testing

@testable import PulseTelemetry

/// A collector that answers as it is told and keeps what it got.
private final class Collector: HTTPTransport {
    private let answers: Mutex<[HTTPResponse]>
    private let received = Mutex<[HTTPRequest]>([])
    private let times = Mutex<[Instant]>([])
    private let time: any TimeSource

    init(_ answers: [(Int, HTTPHeaders)] = [], time: any TimeSource) {
        self.answers = Mutex(answers.map { HTTPResponse(status: $0.0, headers: $0.1, body: [], url: "") })
        self.time = time
    }

    var requests: [HTTPRequest] { received.withLock { $0 } }
    var askedAt: [Instant] { times.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        received.withLock { $0.append(request) }
        times.withLock { $0.append(time.now) }
        return answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            ?? HTTPResponse(status: 200, headers: [:], body: [], url: request.url)
    }
}

struct SpanExporterTests {
    private static let settings = ExporterSettings(
        endpoint: "http://collector:4318/v1/traces", headers: ["X-Key": "k"], resource: ["service.name": "pulse"])

    private static func span(_ number: Int) -> Span {
        Span(
            context: TraceContext(
                trace: "4bf92f3577b34da6a3ce929d0e0e4736", span: SpanID("00000000000000\(number + 10)"), isSampled: true
            ),
            parent: "00f067aa0ba902b7", name: "page", kind: .client, startedAt: Instant(seconds: 1),
            endedAt: Instant(milliseconds: 1_500), attributes: ["n": 1, "r": .real(0.5), "t": "x", "b": true],
            outcome: .failed("It broke."))
    }

    /// Runs an exporter beside `body`, and stops it.
    private static func exporting(
        _ answers: [(Int, HTTPHeaders)] = [], limits: SpanExporter.Limits = .init(),
        _ body: @escaping @Sendable (SpanExporter, Collector, SimulationExecutor) async throws -> Void
    ) async throws -> (SpanExporter.Counts, Collector) {
        let clock = SimulationExecutor(startingAt: .epoch)
        return try await clock.run {
            let collector = Collector(answers, time: clock)
            let exporter = SpanExporter(settings, transport: collector, time: clock, limits: limits)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await exporter.run() }
                try await body(exporter, collector, clock)
                exporter.end()
                try await group.waitForAll()
            }
            return (exporter.counts, collector)
        }
    }

    @Test func `a batch is the document that collectors take`() throws {
        let text = String(decoding: OTLPDocument.of([Self.span(0)], resource: ["service.name": "pulse"]), as: UTF8.self)
        #expect(
            text == """
                {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"pulse"}}]},\
                "scopeSpans":[{"scope":{"name":"pulse"},"spans":[{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736",\
                "spanId":"0000000000000010","parentSpanId":"00f067aa0ba902b7","flags":1,"name":"page","kind":3,\
                "startTimeUnixNano":"1000000000","endTimeUnixNano":"1500000000",\
                "attributes":[{"key":"b","value":{"boolValue":true}},{"key":"n","value":{"intValue":"1"}},\
                {"key":"r","value":{"doubleValue":0.5}},{"key":"t","value":{"stringValue":"x"}}],\
                "status":{"code":2,"message":"It broke."}}]}]}]}
                """)
    }

    @Test func `spans are sent together after a while, and at once when there are many`() async throws {
        let (counts, collector) = try await Self.exporting(limits: .init(batch: 3)) { exporter, collector, clock in
            exporter.record(Self.span(0))
            try await clock.sleep(for: .seconds(4))
            #expect(collector.requests.isEmpty)
            try await clock.sleep(for: .seconds(2))
            #expect(collector.requests.count == 1)
            for number in 1...4 { exporter.record(Self.span(number)) }
            try await clock.sleep(for: .milliseconds(1))
            #expect(collector.requests.count == 3)
        }
        #expect(counts == .init(sent: 5))
        let first = try #require(collector.requests.first)
        #expect(first.url == "http://collector:4318/v1/traces" && first.method == .post)
        #expect(first.headers["X-Key"] == "k" && first.headers["Content-Type"] == "application/json")
    }

    @Test func `what is there at the end is sent`() async throws {
        let (counts, _) = try await Self.exporting { exporter, _, _ in exporter.record(Self.span(0)) }
        #expect(counts == .init(sent: 1))
    }

    @Test func `a collector that asks to wait is waited for`() async throws {
        let (counts, collector) = try await Self.exporting([(503, ["Retry-After": "30"])]) { exporter, _, clock in
            exporter.record(Self.span(0))
            try await clock.sleep(for: .minutes(1))
            #expect(exporter.counts.trouble == nil)
        }
        #expect(counts == .init(sent: 1))
        #expect(collector.askedAt == [Instant(seconds: 5), Instant(seconds: 35)])
    }

    @Test(arguments: [(400, 1), (503, 5)])
    func `what a collector does not take is dropped and told`(status: Int, tries: Int) async throws {
        let answers = Array(repeating: (status, HTTPHeaders()), count: 5)
        let (counts, collector) = try await Self.exporting(answers) { exporter, _, clock in
            exporter.record(Self.span(0))
            try await clock.sleep(for: .minutes(10))
        }
        #expect(counts.sent == 0 && counts.dropped == 1 && collector.requests.count == tries)
        #expect(counts.trouble?.contains("\(status)") == true)
    }

    @Test func `a full queue drops and counts, and nothing waits for it`() async throws {
        let (counts, _) = try await Self.exporting(limits: .init(queue: 10, batch: 20)) { exporter, _, clock in
            for number in 0..<25 { exporter.record(Self.span(number)) }
            try await clock.sleep(for: .minutes(1))
        }
        #expect(counts == .init(sent: 10, dropped: 15))
    }

    // MARK: Environment

    @Test func `the environment says where spans go`() throws {
        let settings = try #require(
            try ExporterSettings(
                environment: [
                    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_EXPORTER_OTLP_TIMEOUT": "250",
                    "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20x, k=v=w",
                    "OTEL_TRACES_SAMPLER": "traceidratio",
                    "OTEL_TRACES_SAMPLER_ARG": "0.1", "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment=prod",
                ], service: "pulse-gateway", version: "1"))
        #expect(settings.endpoint == "http://collector:4318/v1/traces" && settings.timeout == .milliseconds(250))
        #expect(settings.headers == ["authorization": "Bearer x", "k": "v=w"] && settings.sampling == .share(0.1))
        #expect(
            settings.resource == [
                "service.name": "pulse-gateway", "service.version": "1", "deployment.environment": "prod",
            ])
    }

    @Test(arguments: [
        [:], ["OTEL_EXPORTER_OTLP_ENDPOINT": ""],
        ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_SDK_DISABLED": "true"],
        ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_TRACES_EXPORTER": "none"],
    ])
    func `without an endpoint, or switched off, nothing is sent`(environment: [String: String]) throws {
        #expect(try ExporterSettings(environment: environment, service: "s", version: "1") == nil)
    }

    @Test(arguments: [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"), ("OTEL_TRACES_SAMPLER", "sometimes"),
        ("OTEL_TRACES_EXPORTER", "zipkin"), ("OTEL_EXPORTER_OTLP_HEADERS", "secret"),
    ])
    func `a variable that cannot be meant is told, without secrets`(name: String, value: String) throws {
        var environment = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"]
        environment[name] = value
        let mistake = #expect(throws: ExporterSettings.Mistake.self) {
            try ExporterSettings(environment: environment, service: "s", version: "1")
        }
        #expect(mistake?.description.hasSuffix(".") == true && mistake?.description.contains("secret") == false)
    }
}
