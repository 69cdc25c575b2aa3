import PulseCommands
import PulseDomain
import Testing

struct TelemetryTests {
    @Test func `without an endpoint nobody takes spans`() async throws {
        #expect(try await Telemetry.exporting([:]) { Tracer.current == nil })
        #expect(try await Telemetry.exporting(["OTEL_SDK_DISABLED": "true"]) { Tracer.current == nil })
    }

    @Test func `a variable that cannot be understood is told before anything begins`() async throws {
        let environment = ["OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318"]
        let error = await #expect(throws: CommandError.self) {
            try await Telemetry.exporting(environment) { Issue.record("It began.") }
        }
        #expect(error?.status == .usage)
        #expect(error?.lines.first?.contains("collector:4318") == true)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a collector that is not there holds nothing up, and what is done returns what it returns`() async throws {
        // Nobody listens at port 1 of this machine.
        let environment = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"]
        let value = try await Telemetry.exporting(environment) {
            try await Tracer.step("a") { notes in notes == nil ? 0 : 7 }
        }
        #expect(value == 7)
        await #expect(throws: CancellationError.self) {
            try await Telemetry.exporting(environment) { throw CancellationError() }
        }
    }
}
