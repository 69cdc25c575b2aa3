import Foundation
import Glibc
import PulseTestTurns
import Testing

/// The built server, as a shell sees it.
@Suite(.long) struct ServerCommandTests {
    private static func server(
        _ home: Home, _ arguments: [String], more: [String: String] = [:]
    ) async throws -> Home.Result {
        await Home.result(of: try home.startServer(arguments, more: more))
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        var line: String
        var status: Int32 = 2
        var told: String
        var testDescription: String { line }
    }

    @Test(arguments: [
        Mistake(line: "gateway", told: "Give either --embedded, to run"),
        Mistake(line: "gateway --embedded", told: "  pulse-server gateway --embedded --config FILE\n"),
        Mistake(line: "engine --internal-key KEY", told: "  pulse-server engine --internal-key FILE --config FILE\n"),
        Mistake(line: "gateway --embedded --listen 203.0.113.9:1", told: "Without TLS passwords would cross"),
        Mistake(
            line: "gateway --embedded --listen 203.0.113.9:1 --trusted-proxy 127.0.0.1", status: 1,
            told: "The port 1 of 203.0.113.9 cannot be listened at: "),
        Mistake(
            line: "gateway --embedded --listen no.such.invalid:1 --trusted-proxy 127.0.0.1",
            told: "no.such.invalid is no address or name of this machine."),
        Mistake(line: "sandbox --host 203.0.113.9", status: 1, told: "of 203.0.113.9 cannot be listened at: "),
        Mistake(line: "sandbox --host no.such.invalid", status: 1, told: "of no.such.invalid cannot be listened at: "),
        Mistake(line: "sandbox --speed 0", told: "--speed is above 0"),
        Mistake(line: "sandbox --fault x", told: "--fault"),
        Mistake(
            line: "--emb", told: "pulse: Unknown option '--emb'. Did you mean `pulse-server gateway --embedded`?\n"),
        Mistake(line: "gateway --emb", told: "pulse: Unknown option '--emb'. Did you mean '--embedded'?\n"),
        Mistake(line: "gatway", told: "pulse: There is no command `pulse-server gatway`. Did you mean `pulse-server g"),
        Mistake(line: "user add Ada --role viewer", told: "pulse: A user's name has 1 to 64 of a-z"),
        Mistake(line: "user add ada --rol viewer", told: "pulse: Unknown option '--rol'. Did you mean '--role'?\n"),
        Mistake(line: "user add", told: "<name>"), Mistake(line: "user disable ada", status: 1, told: "no accounts"),
        Mistake(line: "user add ada --role viewer --config none.yaml", told: "There is no such file."),
    ])
    func `a mistake ends with its status, and nothing is made`(_ mistake: Mistake) async throws {
        let home = try Home()
        let key = try home.write(String(repeating: "k", count: 64), to: "key")
        chmod(key, 0o600)
        let words = mistake.line.split(separator: " ").map { $0 == "KEY" ? key : String($0) }
        let result = try await Self.server(home, words)
        #expect(result.end == .exited(mistake.status), "\(result.error)")
        #expect(result.error.contains(mistake.told), "\(result.error)")
        #expect(result.out.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: "\(home.path)/.local"))
    }

    @Test func `a port that is taken ends the sandbox as it ends the gateway`() async throws {
        let home = try Home()
        let first = try home.startServer(["sandbox", "--port", "0"])
        #expect(await first.error.contains("Ctrl-C ends it."))
        let port = try #require(first.error.now.firstMatch(of: /127\.0\.0\.1:(\d+)/)?.1)
        let gateway = ["gateway", "--embedded", "--config", try home.configuration(), "--listen", "127.0.0.1:\(port)"]
        for arguments in [["sandbox", "--port", String(port)], gateway] {
            let result = try await Self.server(home, arguments)
            #expect(result.end == .exited(1) && result.error.contains("cannot be listened at"), "\(result.error)")
        }
        first.send(SIGTERM)
        #expect(await first.end() == .exited(0))
    }

    @Test func `who lists users is told how somebody comes to be there, and makes nothing`() async throws {
        let home = try Home()
        let nobody = try await Self.server(home, ["user", "list"])
        #expect(nobody.end == .exited(0) && nobody.out.isEmpty)
        #expect(
            nobody.error.hasPrefix("Nobody may come in yet. `pulse-server user add NAME --role ROLE` adds somebody"))
        let keys = try await Self.server(home, ["key", "list"])
        #expect(keys.end == .exited(0) && keys.out.isEmpty && keys.error.contains("There are no keys"))
        #expect(!FileManager.default.fileExists(atPath: "\(home.path)/.local"))
    }

    @Test func `users are added to the configuration's tenant, and to no other than is served`() async throws {
        let home = try Home()
        let config = ["PULSE_CONFIG": try home.configuration("tenant: acme")]
        let ada = try await Self.server(home, ["user", "add", "ada", "--role", "admin"], more: config)
        #expect(ada.end == .exited(0) && ada.error.isEmpty)
        #expect(ada.out.hasPrefix("One-time password of ada, admin of acme: "))
        let add = ["user", "add", "alan", "--role", "viewer"]
        let alan = try await Self.server(home, add + ["--tenant", "local"], more: config)
        #expect(alan.end == .exited(2) && alan.out.isEmpty)
        #expect(
            alan.error.hasPrefix(
                "pulse: The gateway does not serve the tenant local: it serves acme. Nobody was added."))
        // Without a configuration nothing is known; with one, who was added so is told of.
        let stray = try await Self.server(home, add)
        #expect(stray.end == .exited(0) && stray.error.isEmpty)
        // Options may stand before the command.
        let list = try await Self.server(home, ["--config", config["PULSE_CONFIG"] ?? "", "user", "list"])
        let lines = list.out.split(separator: "\n").map(String.init)
        #expect(lines.count == 3)
        #expect(lines[0].split(separator: " ") == ["USER", "ROLES", "STATE", "LAST", "LOGIN"])
        #expect(lines[1].hasPrefix("ada   acme=admin    one-time password  never"))
        #expect(
            list.error.hasPrefix(
                "pulse: The gateway does not serve local, so alan will find nothing there: it serves acme."))
        let grace = try await Self.server(home, ["user", "add", "grace", "--role", "viewer"])
        #expect(grace.out.hasPrefix("One-time password of grace, viewer of local: ") && grace.error.isEmpty)
    }

    @Test func `a token that is missing is told at the start, and the server runs on`() async throws {
        let home = try Home()
        let config = try home.configuration(
            """
              - name: jira
                kind: jira
                url: https://acme.example.com
                token: { env: NO_SUCH_TOKEN }
            tenant: acme
            """)
        let gateway = try home.startServer(
            ["gateway", "--embedded", "--config", config, "--listen", "127.0.0.1:0"])
        #expect(await gateway.error.contains("Ctrl-C ends it."))
        #expect(
            gateway.error.now.contains(
                "pulse: jira: The environment has no variable NO_SUCH_TOKEN. Set it: export NO_SUCH_TOKEN=… `token` of the "
                    + "source jira is taken from there; everything else runs on.\n"), "\(gateway.error.now)")
        // It notes what it serves: who adds users afterwards needs no configuration.
        let added = try await Self.server(home, ["user", "add", "ada", "--role", "viewer"])
        #expect(added.out.hasPrefix("One-time password of ada, viewer of acme: "), "\(added.error)")
        gateway.send(SIGTERM)
        #expect(await gateway.end() == .exited(0))
    }

    @Test func `a gateway says at its start that an engine works for another tenant`() async throws {
        let home = try Home()
        let key = try home.write(String(repeating: "k", count: 64), to: "key")
        chmod(key, 0o600)
        let config = try home.configuration("tenant: acme")
        let engine = try home.startServer(
            ["engine", "--config", config, "--listen", "127.0.0.1:0", "--internal-key", key])
        #expect(await engine.error.contains("Ctrl-C ends it."))
        let address = try #require(engine.error.now.firstMatch(of: /http:\/\/127\.0\.0\.1:\d+/)?.0)
        let gateway = try home.startServer(
            ["gateway", "--engine", String(address), "--listen", "127.0.0.1:0", "--internal-key", key])
        #expect(
            await gateway.error.contains(
                "pulse: An engine of local does not work. The engine at \(address) works for another"))
        #expect(await gateway.error.contains("\"message\":\"an engine does not work\""))
        #expect(gateway.error.now.contains("It works for acme, and was asked for local."))
        for child in [gateway, engine] {
            child.send(SIGTERM)
            #expect(await child.end() == .exited(0))
        }
    }
}
