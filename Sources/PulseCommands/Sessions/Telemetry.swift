import Foundation
import PulseAssembly
import PulseDomain
import PulseEngine
import PulseHTTP
import PulseTelemetry

/// Spans of what this process does, sent where OpenTelemetry's environment variables say.
package enum Telemetry {
    /// How long the last spans may take at the end.
    private static let patience = Duration.seconds(3)

    /// Does `body`, whose spans are sent beside it; without `OTEL_EXPORTER_OTLP_ENDPOINT` nothing is.
    ///
    /// Throws `CommandError` for a variable that cannot be understood, and what `body` throws. Spans that cannot be sent
    /// never hold anything up.
    package static func exporting<Value: Sendable>(
        as service: String = "pulse", _ environment: [String: String] = ProcessInfo.processInfo.environment,
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        // A gateway with an engine inside has one exporter, not two.
        guard Tracer.current == nil else { return try await body() }
        let settings: ExporterSettings?
        do throws(ExporterSettings.Mistake) {
            settings = try ExporterSettings(
                environment: environment, service: service, version: PulseVersion.current)
        } catch {
            throw CommandError(
                .usage, error.description, remedy: "Correct the variable, or set OTEL_SDK_DISABLED=true.")
        }
        guard let settings else { return try await body() }
        let transport = CurlTransport()
        let exporter = SpanExporter(settings, transport: transport, time: SystemClock())
        return try await withThrowingTaskGroup(of: Void.self) { group in
            let sent = Signal()
            group.addTask {
                await exporter.run()
                sent.raise()
            }
            let outcome: Result<Value, any Error>
            do {
                outcome = .success(try await Tracer.$current.withValue(exporter.tracer, operation: body))
            } catch {
                outcome = .failure(error)
            }
            exporter.end()
            // Ends with the signal, or when patience is over.
            _ = try? await SystemClock().sleep(for: patience, unless: sent)
            group.cancelAll()
            await transport.shutdown()
            return try outcome.get()
        }
    }
}
