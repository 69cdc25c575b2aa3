import Foundation
import PulseAPI
import PulseDomain
import PulseTestGateway
import PulseTestTurns
import Testing

@testable import PulseCommands

/// Commands that go on reading behind a gateway whose link is cut at random bytes. Limits count the wait for a turn among
/// long tests.
@Suite(.long, .timeLimit(.minutes(3))) struct RemoteFollowTests {
    private static let cuts = 4

    /// A command that goes on reading through a link that is cut, and others that are not.
    private struct Setting: Sendable {
        let place: Place
        let gateway: RunningGateway
        let token: String
        let proxy: CuttingProxy
        /// What the command that goes on prints.
        let captured = Captured()

        private func environment(_ url: String) -> [String: String] {
            ["PULSE_GATEWAY": url, "PULSE_TOKEN": token]
        }

        func reading(_ url: String, _ captured: Captured) -> ReadingCommand {
            ReadingCommand(
                captured.context(home: place.path, environment: environment(url)), SettingsWishes(), isJSON: true)
        }

        /// Starts a run, past the cuts, and moves bytes through the link.
        func work() async throws {
            let acting = ActingCommand(
                Captured().context(home: place.path, environment: environment(gateway.url)), SettingsWishes(),
                ActingWishes(reason: "cut", isConfirmed: true))
            // While one is under way the next is refused.
            _ = try? await acting.perform(on: "commits") { id, _ in .start(id, .full) }
            // That it is cut meanwhile is what the test is for.
            _ = try? await reading(proxy.url, Captured()).logs(job: nil, count: 1_000, follows: false)
        }
    }

    /// Lets `command` read until it was cut often enough and `isDone`, then ends it.
    private static func through(
        _ command: @escaping @Sendable (ReadingCommand) async throws -> Void,
        until isDone: @escaping @Sendable (Setting) async throws -> Void,
        expect: @escaping @Sendable (Setting) async throws -> Void
    ) async throws {
        let place = try Place()
        _ = try place.repository("code", messages: ["first", "second"])
        try await RemoteCommandTests.serving(place) { _, gateway in
            let token = try await gateway.login().accessToken
            let proxy = try CuttingProxy(to: gateway.port, cuts: 0)
            defer { proxy.stop() }
            let setting = Setting(place: place, gateway: gateway, token: token, proxy: proxy)
            try await setting.work()
            let reading = Task { try await command(setting.reading(proxy.url, setting.captured)) }
            // It listens before it prints: cuts before that would only be those of a command that cannot begin.
            await setting.captured.wait { !$0.out.isEmpty }
            proxy.begin(cuts: cuts, within: 3_000)
            while !proxy.isDone { try await setting.work() }
            // A link that was back before anybody looked is not told of.
            while !setting.captured.error.contains("trying again.") {
                proxy.cut()
                try await setting.work()
            }
            await setting.captured.wait { $0.error.contains("The gateway answers again.") }
            try await isDone(setting)
            reading.cancel()
            _ = await reading.result
            #expect(proxy.cuts >= cuts)
            try await expect(setting)
        }
    }

    private static func lines(_ captured: Captured) -> [String] { captured.out.split(separator: "\n").map(String.init) }

    @Test func `a log that is followed through a link that is cut again and again has every line once`() async throws {
        try await Self.through {
            try await $0.logs(job: nil, count: 1_000, follows: true)
        } until: { setting in
            let truth = Captured()
            try await setting.reading(setting.gateway.url, truth).logs(job: nil, count: 1_000, follows: false)
            let written = Set(Self.lines(truth))
            #expect(written.count > 5)
            await setting.captured.wait { written.isSubset(of: Self.lines($0)) }
        } expect: { setting in
            let heard = Self.lines(setting.captured)
            #expect(Set(heard).count == heard.count, "a line came twice")
        }
    }

    @Test func `a table of jobs that is watched through a link that is cut ends up showing the truth`() async throws {
        try await Self.through {
            try await $0.watchJobs()
        } until: { setting in
            await setting.captured.wait { captured in
                let jobs = Self.lines(captured).last.map { (try? Self.states($0)) ?? [] } ?? []
                return !jobs.isEmpty && jobs.allSatisfy { job in Self.ends.contains { job.hasSuffix($0) } }
            }
            let truth = Captured()
            try await setting.reading(setting.gateway.url, truth).jobs()
            let last = try Self.states(truth.out)
            await setting.captured.wait { (try? Self.states(Self.lines($0).last ?? "")) == last }
        } expect: { setting in
            let moments = try Self.lines(setting.captured).map { line in
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                return try #require(object?["as_of"] as? String)
            }
            #expect(moments.count > 1 && moments == moments.sorted(), "it never goes back")
        }
    }

    private static let ends = ["succeeded", "failed", "stopped", "never_run"]

    /// Each job with its run and state, of a document or a line of a watch.
    private static func states(_ json: String) throws -> [String] {
        let document = try JSONSerialization.jsonObject(with: Data(json.utf8))
        let jobs = document as? [[String: Any]] ?? (document as? [String: Any])?["jobs"] as? [[String: Any]] ?? []
        return jobs.map { job in
            let run = (job["run"] as? [String: Any])?["id"] ?? "none"
            return "\(job["id"] ?? "") \(run) \(job["state"] ?? "")"
        }.sorted()
    }
}
