import PulseAPI
import PulseConfiguration
import PulseDomain
import Testing

@testable import PulseCommands

@Suite struct PlaceTests {
    /// What is meant: a gateway's address, or `nil` for this machine.
    struct Case: Sendable {
        var wishes = SettingsWishes()
        var environment: [String: String] = [:]
        var meant: String?
    }

    private static func remote(_ wishes: SettingsWishes, _ environment: [String: String] = [:]) throws -> RemotePlace? {
        let place = try Place()
        let context = Captured().context(home: place.path, environment: environment)
        try RemoteContexts.change(path: context.contextsPath) { contexts in
            contexts.put(RemoteContext(name: "team", gateway: "https://pulse.example.com", tenant: "acme"))
            contexts.put(
                RemoteContext(
                    name: "wall", gateway: "https://wall.example.com", caFile: "/etc/ca.pem", isReadOnly: true))
            contexts.put(
                RemoteContext(
                    name: "second", gateway: "https://second.example.com", tenant: "acme", caFile: "/etc/ca.pem"))
            contexts.current = "team"
        }
        return try PlaceFinder(context).remote(wishes)
    }

    @Test(arguments: [
        Case(meant: "https://pulse.example.com"),
        Case(wishes: SettingsWishes(context: "local")),
        Case(wishes: SettingsWishes(context: "wall"), meant: "https://wall.example.com"),
        Case(wishes: SettingsWishes(gateway: "wall.example.com/"), meant: "https://wall.example.com"),
        Case(wishes: SettingsWishes(config: "a.yaml")),
        Case(wishes: SettingsWishes(config: "a.yaml", context: "local")),
        Case(wishes: SettingsWishes(store: "a.db"), environment: ["PULSE_GATEWAY": "https://e.example.com"]),
        Case(environment: ["PULSE_GATEWAY": "https://e.example.com"], meant: "https://e.example.com"),
        Case(environment: ["PULSE_CONTEXT": "wall"], meant: "https://wall.example.com"),
        Case(environment: ["PULSE_CONFIG": "/a.yaml"]),
        Case(
            wishes: SettingsWishes(context: "team"), environment: ["PULSE_GATEWAY": "https://e.example.com"],
            meant: "https://pulse.example.com"),
    ])
    func `what is typed decides, then the environment, then the current context`(_ test: Case) throws {
        #expect(try Self.remote(test.wishes, test.environment)?.address.url == test.meant)
    }

    @Test func `what is known of a gateway holds however it was named, and a token goes only where it was meant for`()
        throws
    {
        let environment = ["PULSE_TOKEN": "t", "PULSE_GATEWAY": "https://wall.example.com"]
        let meant = try Self.remote(SettingsWishes(), environment)
        #expect(meant?.caFile == "/etc/ca.pem")
        #expect(meant?.isReadOnly == true)
        #expect(meant?.token == "t")
        #expect(try Self.remote(SettingsWishes(context: "team"), environment)?.token == nil)
        // Of another tenant there, or by another name: the same certificate is shown.
        let other = try Self.remote(SettingsWishes(tenant: "other", gateway: "https://second.example.com"))
        #expect(other?.caFile == "/etc/ca.pem" && other?.name == nil)
    }

    @Test func `a token without the gateway that it is for does nothing in the name of who is logged in`() throws {
        let error = #expect(throws: CommandError.self) { try Self.remote(SettingsWishes(), ["PULSE_TOKEN": "t"]) }
        #expect(error?.status == .usage && error?.lines.joined().contains("Set PULSE_GATEWAY") == true)
        #expect(try Self.remote(SettingsWishes(context: "local"), ["PULSE_TOKEN": "t"]) == nil)
        #expect(try Self.remote(SettingsWishes(config: "a.yaml"), ["PULSE_TOKEN": "t"]) == nil)
    }

    /// Two users of one gateway, each in a context of their own.
    struct Shared: Sendable {
        var current: String?
        var wishes: SettingsWishes
        var environment: [String: String] = [:]
        /// The context that is meant; `nil`: nobody can tell.
        var meant: String?
    }

    @Test(arguments: [
        Shared(current: "ada", wishes: SettingsWishes(gateway: "https://a.example.com"), meant: "ada"),
        Shared(current: "grace", wishes: SettingsWishes(gateway: "https://a.example.com"), meant: "grace"),
        Shared(wishes: SettingsWishes(gateway: "https://a.example.com")),
        Shared(wishes: SettingsWishes(), environment: ["PULSE_GATEWAY": "https://a.example.com"]),
        Shared(wishes: SettingsWishes(tenant: "zenith", gateway: "https://a.example.com"), meant: "far"),
        Shared(
            wishes: SettingsWishes(), environment: ["PULSE_GATEWAY": "https://a.example.com", "PULSE_TOKEN": "t"],
            meant: "ada"),
        Shared(current: "ada", wishes: SettingsWishes(context: "grace"), meant: "grace"),
    ])
    func `of contexts at one gateway the current one is meant, or none is`(_ test: Shared) throws {
        let place = try Place()
        let context = Captured().context(home: place.path, environment: test.environment)
        try RemoteContexts.change(path: context.contextsPath) { contexts in
            for (name, tenant) in [("ada", "acme"), ("grace", "acme"), ("far", "zenith")] {
                contexts.put(
                    RemoteContext(name: name, gateway: "https://a.example.com", tenant: TenantID(rawValue: tenant)))
            }
            contexts.current = test.current
        }
        let finder = PlaceFinder(context)
        guard let meant = test.meant else {
            let refused = #expect(throws: CommandError.self) { try finder.remote(test.wishes) }
            #expect(refused?.lines.first?.contains("ada, far and grace") == true)
            return
        }
        #expect(try finder.remote(test.wishes)?.session.context == meant)
    }

    @Test func `two ways of naming are refused, and an unknown name is told with the nearest`() {
        for wishes in [
            SettingsWishes(store: "a.db", gateway: "https://a.example.com"),
            SettingsWishes(config: "a", context: "team"),
            SettingsWishes(gateway: "https://a.example.com", context: "team"),
        ] {
            #expect(throws: CommandError.self) { try Self.remote(wishes) }
        }
        let unknown = #expect(throws: CommandError.self) { try Self.remote(SettingsWishes(context: "taem")) }
        #expect(unknown?.lines.first?.contains("Did you mean team?") == true)
    }

    @Test func `what works on files here says so where a gateway is meant`() async {
        let remote = SettingsWishes(gateway: "https://pulse.example.com")
        let context = Captured().context(home: "/none")
        let local: [(String, () async throws -> Void)] = [
            ("pulse run", { _ = try await RunSession(.init(), context: context).run(remote) }),
            ("pulse store", { try await StoreCommand(context, remote, isJSON: false).status() }),
            ("pulse sources check", { _ = try await SourceCheck(context, isJSON: false).run(remote, only: nil) }),
            ("pulse doctor", { _ = try await Doctor(context, isJSON: false, isOffline: true).run(remote) }),
        ]
        for (words, run) in local {
            let refused = await #expect(throws: CommandError.self, "\(words)") { try await run() }
            #expect(refused?.status == .usage)
            #expect(refused?.lines.first?.contains("--context local") == true)
        }
    }
}
