import Foundation
import PulseTestServer
import PulseTestTurns
import Testing

/// What leaves a real process over a real socket: alerts and spans.
@Suite(.long) struct NotifyTests {
    private static func server() throws -> TestServer {
        try TestServer { connection in
            while connection.request() != nil { connection.respond("204 No Content") }
        }
    }

    private static func notify(_ server: TestServer, _ home: Home) -> String {
        """
        notify:
          webhooks:
            - { name: ops, url: "\(server.url("/pulse"))", secret: { env: HOOK_SECRET }, severities: [critical, warning] }
          mail:
            - { name: oncall, command: "cat >> '\(home.path)/mail'", from: pulse@acme.example, to: [ada@acme.example] }
        """
    }

    @Test func `spans of a run go to the collector that the environment names`() async throws {
        let home = try Home()
        let server = try TestServer { connection in
            while connection.request() != nil { connection.respond("200 OK", "{}") }
        }
        defer { server.stop() }
        try await home.repository("shop", messages: ["PAY-1 begin"])
        let config = try home.configuration()
        let more = ["OTEL_EXPORTER_OTLP_ENDPOINT": server.url("")]
        let run = try await home.pulse(["run", "--once", "--json", "--config", config], more: more)
        #expect(run.end == .exited(0), "\(run.error)")
        let sent = server.requests.map { String(decoding: $0.body, as: UTF8.self) }.joined()
        #expect(server.requests.allSatisfy { $0.target == "/v1/traces" && $0.method == "POST" })
        #expect(sent.contains("\"name\":\"commit\""), "\(sent)")
        let correlation = try #require(run.out.firstMatch(of: /"correlation" : "([0-9a-f]{32})"/)?.output.1)
        #expect(sent.contains("\"traceId\":\"\(correlation)\""))
        let wrong = try await home.pulse(
            ["run", "--once", "--config", config], more: ["OTEL_EXPORTER_OTLP_ENDPOINT": "collector"])
        #expect(wrong.end == .exited(2) && wrong.error.contains("OTLP endpoint"), "\(wrong.error)")
    }

    @Test func `receivers are tried by command, and told of what fails`() async throws {
        let home = try Home()
        let server = try Self.server()
        defer { server.stop() }
        try await home.repository("shop", messages: ["PAY-1 begin"])
        let config = try home.configuration(Self.notify(server, home))
        let secret = ["HOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]

        let tried = try await home.pulse(["notify", "test", "--config", config], more: secret)
        #expect(tried.end == .exited(0) && tried.out.contains("HTTP 204"), "\(tried.out) \(tried.error)")
        let one = try await home.pulse(["notify", "test", "oncal", "--config", config], more: secret)
        #expect(one.end == .exited(2) && one.error.contains("Did you mean oncall?"), "\(one.error)")
        let bare = try await home.pulse(["notify", "test", "ops", "--config", config])
        #expect(bare.end == .exited(5) && bare.out.contains("HOOK_SECRET"), "\(bare.out) \(bare.error)")
        let first = try #require(server.requests.first)
        #expect(first.method == "POST" && first.target == "/pulse")
        #expect(first.header("webhook-signature")?.hasPrefix("v1,") == true)
        #expect(String(decoding: first.body, as: UTF8.self).contains("\"type\":\"alert.test\""))
        #expect(server.requests.count == 1)

        #expect(try await home.pulse(["run", "--once", "--config", config], more: secret).end == .exited(0))
        #expect(server.requests.count == 1)
        try FileManager.default.removeItem(atPath: "\(home.path)/src")
        for _ in 0..<2 {
            #expect(try await home.pulse(["run", "--once", "--config", config], more: secret).end == .exited(5))
        }
        let told = server.requests.dropFirst()
        #expect(!told.isEmpty && Set(told.compactMap { $0.header("webhook-id") }).count == told.count)
        #expect(told.allSatisfy { String(decoding: $0.body, as: UTF8.self).contains("\"type\":\"alert.raised\"") })
        let mail = try String(contentsOfFile: "\(home.path)/mail", encoding: .utf8)
        #expect(mail.contains("To: ada@acme.example\n"))
        #expect(mail.components(separatedBy: "\nMessage-ID: ").count == 1 + told.count + 1, "\(mail)")
        let status = try await home.pulse(["status", "--config", config], more: secret)
        #expect(status.out.contains("alerts go to ops (webhook, the last "), "\(status.out)")
        let doctor = try await home.pulse(["doctor", "--offline", "--config", config], more: secret)
        #expect(
            doctor.out.contains("notify oncall") && doctor.out.contains("mail to ada@acme.example"), "\(doctor.out)")
    }
}
