import PulseAssembly
import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseHTTP
import PulseSimulation
import PulseStore
import Synchronization
import Testing

@testable import PulseCommands

/// How a session ends, on a virtual clock.
struct EngineSessionTests {
    /// A server that takes requests and says nothing.
    private struct SilentServer: HTTPTransport {
        func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
            // Returns when it is cancelled.
            try? await Signal().wait()
            throw .cancelled(HTTPError.Origin(host: "silent.example", curlCode: nil))
        }
    }

    private static let start = Instant(CivilTime(year: 2026, month: 3, day: 2, hour: 6))

    @Test func `an end that waits for a provider says so, and is over within fifteen seconds`() async throws {
        let clock = SimulationExecutor(startingAt: Self.start)
        let told = Mutex<[String]>([])
        let took = try await clock.run {
            let source = SourceConfiguration(
                name: "jira", kind: .jira, url: "https://silent.example", user: "ada", token: .environment("NONE"))
            let store = try await SQLiteStore.open(.memory, tenant: "acme", options: .init(execution: .inline))
            let embedded = try await EmbeddedEngine.open(
                Configuration(tenant: "acme", sources: [source]), store: store, transport: SilentServer(),
                setting: .init(time: clock, holder: "test"), token: { _, _ in "secret" })
            let engine = embedded.engine
            let asked = try await EngineSession(embedded, time: clock).run { _ in
                while await engine.jobsUnderWay.isEmpty { try await clock.sleep(for: .seconds(1)) }
                try await clock.sleep(for: .seconds(5))
                return clock.elapsed
            } telling: { sentence in
                told.withLock { $0.append(sentence) }
            }
            return clock.elapsed - asked
        }
        let sentences = told.withLock { $0 }
        #expect(took >= .seconds(10) && took <= .seconds(15))
        #expect(sentences.count == 3, "\(sentences)")
        #expect(sentences.first?.hasPrefix("Finishing the pages under way of jira/") == true, "\(sentences)")
        #expect(sentences.first?.hasSuffix("that may take 10 s.") == true, "\(sentences)")
        let waiting = sentences.dropFirst().first ?? ""
        #expect(waiting.hasPrefix("Still waiting for the answer of jira to "), "\(sentences)")
        #expect(waiting.contains(/\(jira\/\w+.*, [89] s\)/), "\(sentences)")
        #expect(sentences.last?.hasPrefix("Not waiting any longer for the answer of jira to ") == true, "\(sentences)")
    }

    @Test func `an end with nothing under way says nothing`() async throws {
        let clock = SimulationExecutor(startingAt: Self.start)
        let told = Mutex<[String]>([])
        try await clock.run {
            let store = try await SQLiteStore.open(.memory, tenant: "acme", options: .init(execution: .inline))
            let embedded = try await EmbeddedEngine.open(
                Configuration(tenant: "acme", sources: []), store: store, transport: SilentServer(),
                setting: .init(time: clock, holder: "test"))
            try await EngineSession(embedded, time: clock).run { _ in
                try await clock.sleep(for: .minutes(1))
            } telling: { sentence in
                told.withLock { $0.append(sentence) }
            }
        }
        #expect(told.withLock { $0 } == [])
    }
}
