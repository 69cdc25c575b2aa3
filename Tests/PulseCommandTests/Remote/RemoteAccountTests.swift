import Foundation
import PulseAPI
import PulseAssembly
import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseHTTP
import PulseTestGateway
import PulseTestTurns
import Testing

@testable import PulseCommands

/// Logins of several users, who one is, and personal tokens, at a gateway.
@Suite(.long, .timeLimit(.minutes(1))) struct RemoteAccountTests {
    private static let password = "ten little indians went out"

    /// A gateway with `admin` and the viewer `grace`, before whom no job is ever asked for.
    private static func serving(
        _ body: @escaping @Sendable (Place, RunningGateway) async throws -> Void
    ) async throws {
        let place = try Place()
        let config = try place.write(
            "tenant: acme\nstore: sqlite:pulse.db\nsources:\n  - name: local\n    kind: git\n    paths: [.]\n",
            to: "pulse.yaml")
        let finder = EngineFinder(Captured().context(home: place.path))
        let settings = try SettingsFinder(Captured().context(home: place.path)).settings(
            SettingsWishes(config: config))
        guard case .free(let claim) = try await finder.find(settings.store) else {
            Issue.record("the store is not free")
            return
        }
        let session = try await finder.session(settings, claim)
        try await session.run { _ in
            try await RunningGateway.with(session.embedded.engine, folder: "\(place.path)/gateway") { gateway in
                let admin = try await gateway.login().accessToken
                let client = APIClient(
                    base: gateway.url, transport: CurlTransport(configuration: .init(proxy: .none)),
                    tokens: TokenKeeper(constant: admin), time: SystemClock())
                try await client.send(
                    APIRequest(.addUser, body: NewUser(name: "grace", password: password, role: .viewer).json))
                try await body(place, gateway)
            }
        } telling: { _ in
        }
    }

    private static func login(
        _ place: Place, _ gateway: RunningGateway, _ user: String, context: String?, _ captured: Captured = Captured()
    ) async throws {
        let answers: [String] =
            user == "admin"
            ? [RunningGateway.password] : [password, "six other words were chosen", "six other words were chosen"]
        let wishes = LoginCommand.Wishes(gateway: gateway.url, context: context, user: user)
        try await LoginCommand(
            captured.context(home: place.path, showsProgress: true), wishes, questions: Answers(answers).questions
        ).run()
    }

    private static func whoami(_ place: Place, _ wishes: SettingsWishes, isJSON: Bool = false) async throws -> String {
        let captured = Captured()
        try await WhoamiCommand(captured.context(home: place.path), isJSON: isJSON).run(wishes)
        return captured.out
    }

    @Test func `two users of one gateway are logged in side by side, each in a context`() async throws {
        try await Self.serving { place, gateway in
            let first = Captured()
            try await Self.login(place, gateway, "admin", context: "boss", first)
            #expect(first.error.contains("\rLogging in at \(gateway.url)…\u{1B}[K\r\u{1B}[K"))
            try await Self.login(place, gateway, "grace", context: "wall")
            for (context, name, role) in [("boss", "admin", "admin"), ("wall", "grace", "viewer")] {
                let said = try await Self.whoami(place, SettingsWishes(context: context))
                for line in [
                    "user     \(name)\n", "role     \(role)\n", "tenant   acme\n", "gateway  \(gateway.url)\n",
                    "context  \(context)\n",
                ] { #expect(said.contains(line), "\(said)") }
                #expect(said.contains(#/\nuntil    \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n/#), "\(said)")
            }
            let shown = Captured()
            _ = try await ContextCommand(shown.context(home: place.path)).show("boss", SettingsWishes())
            #expect(
                shown.out.hasPrefix("context    boss\ngateway    \(gateway.url)\ntenant     acme\nuser       admin\n"))
            #expect(shown.out.contains(#/\nrole       admin\nuntil      \S+Z\nanswers in \d+ ms\n$/#), "\(shown.out)")
            let list = Captured()
            try ContextCommand(list.context(home: place.path)).list()
            let lines = list.out.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            #expect(lines.contains(["boss", gateway.url, "acme", "admin"]))
            #expect(lines.contains(["*", "wall", gateway.url, "acme", "grace"]))
            // An address alone means the current context; of one that is left, the other stays.
            #expect(try await Self.whoami(place, SettingsWishes(gateway: gateway.url)).contains("grace"))
            let removed = Captured()
            try await ContextCommand(removed.context(home: place.path)).remove("wall")
            #expect(removed.out == "Removed wall. grace is logged out there.\n")
            #expect(try await Self.whoami(place, SettingsWishes(context: "boss")).contains("admin"))
            let kept = try Captured().context(home: place.path).credentials(SystemClock()).sessions()
            #expect(kept.map(\.context) == ["boss"])
        }
    }

    @Test func `who logs in where somebody else was is told`() async throws {
        try await Self.serving { place, gateway in
            try await Self.login(place, gateway, "admin", context: nil)
            let second = Captured()
            try await Self.login(place, gateway, "grace", context: nil, second)
            #expect(second.error.contains("It takes the place of admin in the context 127.0.0.1."))
            #expect(try await Self.whoami(place, SettingsWishes()).contains("grace"))
        }
    }

    @Test func `a login of before contexts had their own goes on, until there is another`() async throws {
        try await Self.serving { place, gateway in
            try await Self.login(place, gateway, "admin", context: "team")
            let context = Captured().context(home: place.path)
            try ContextCommand(context).add(
                "second", gateway: gateway.url, tenant: nil, caFile: nil, isReadOnly: true)
            // As the file was.
            try await context.credentials(SystemClock()).update { $0[0].context = nil }
            for name in ["team", "second"] {
                #expect(try await Self.whoami(place, SettingsWishes(context: name)).contains("admin"))
            }
            try await Self.login(place, gateway, "grace", context: "second")
            #expect(try await Self.whoami(place, SettingsWishes(context: "second")).contains("grace"))
            #expect(try await Self.whoami(place, SettingsWishes(context: "team")).contains("admin"))
            // Nobody else needs the former one any more.
            try await Self.login(place, gateway, "admin", context: "team")
            #expect(try context.credentials(SystemClock()).sessions().map(\.context) == ["team", "second"])
        }
    }

    @Test func `a token is printed once and alone, works for scripts, and is taken back`() async throws {
        try await Self.serving { place, gateway in
            try await Self.login(place, gateway, "admin", context: "team")
            let made = Captured()
            func command(_ captured: Captured, isJSON: Bool = false) -> TokenCommand {
                TokenCommand(captured.context(home: place.path), SettingsWishes(), isJSON: isJSON)
            }
            try await command(made).create("ci", scope: .operate, expires: "30d")
            let secret = made.out.trimmingCharacters(in: .newlines)
            #expect(made.out == secret + "\n" && secret.hasPrefix("pulse_pat_"))
            #expect(made.error.contains(" of scope operate, good until ") && !made.error.contains(secret))
            let json = Captured()
            try await command(json, isJSON: true).create("report", scope: .read, expires: nil)
            let told = try JSONDecoder().decode(Told.self, from: Data(json.out.utf8))
            #expect(told.name == "report" && told.scope == "read" && told.token?.hasPrefix("pulse_pat_") == true)
            // What was printed is good for a script, and for no more than its scope.
            let script = try Place()
            let environment = ["PULSE_GATEWAY": gateway.url, "PULSE_TOKEN": secret]
            let who = Captured()
            try await WhoamiCommand(who.context(home: script.path, environment: environment)).run(SettingsWishes())
            #expect(who.out.contains("admin, by a personal token") && who.out.contains("role     operator"))
            let left = await #expect(throws: CommandError.self) {
                try await LogoutCommand(Captured().context(home: place.path, environment: environment)).run(
                    SettingsWishes())
            }
            #expect(left?.status == .usage && left?.lines.joined().contains("PULSE_TOKEN is set") == true)
            let another = TokenCommand(
                Captured().context(home: script.path, environment: environment), SettingsWishes())
            let refused = await #expect(throws: Failure.self) {
                try await another.create("more", scope: .read, expires: nil)
            }
            #expect(refused.map { CommandError(describing: $0).status } == .refused)
            let list = Captured()
            try await command(list, isJSON: true).list()
            let all = try JSONDecoder().decode([Told].self, from: Data(list.out.utf8))
            #expect(Set(all.map(\.name)) == ["ci", "report"] && all.allSatisfy { $0.token == nil })
            let table = Captured()
            try await command(table).list()
            #expect(table.out.hasPrefix("ID") && table.out.contains("  operate  ") && !table.out.contains(secret))
            for token in all { try await command(Captured()).revoke(token.id) }
            let none = Captured()
            try await command(none).list()
            #expect(none.out == "You have no personal tokens. `pulse token create NAME` makes one.\n")
            await #expect(throws: Failure.self) {
                try await WhoamiCommand(
                    Captured().context(home: script.path, environment: environment)
                ).run(SettingsWishes())
            }
            let unknown = await #expect(throws: Failure.self) { try await command(Captured()).revoke("k3v9") }
            #expect(unknown.map { CommandError(describing: $0).status } == .usage)
        }
    }

    /// As the clock will stand when a token of 30 days has expired.
    private struct NextMonth: TimeSource {
        private let clock = SystemClock()
        var now: Instant { clock.now + .days(31) }
        var elapsed: Duration { clock.elapsed }
        func sleep(for duration: Duration) async throws { try await clock.sleep(for: duration) }
    }

    @Test func `a token that has expired is marked in the list`() async throws {
        try await Self.serving { place, gateway in
            try await Self.login(place, gateway, "admin", context: "team")
            try await TokenCommand(Captured().context(home: place.path), SettingsWishes()).create(
                "ci", scope: .read, expires: "30d")
            let clocks: [(any TimeSource, Bool)] = [(SystemClock(), false), (NextMonth(), true)]
            for (time, isOver) in clocks {
                let (table, json) = (Captured(), Captured())
                try await TokenCommand(table.context(home: place.path), SettingsWishes(), time: time).list()
                #expect(table.out.contains("  expired 2") == isOver, "\(table.out)")
                try await TokenCommand(
                    json.context(home: place.path), SettingsWishes(), isJSON: true, time: time
                ).list()
                #expect(json.out.contains("\"is_expired\" : \(isOver)"))
            }
        }
    }

    @Test func `logging out says how the login, or the token, stood`() async throws {
        try await Self.serving { place, gateway in
            func logout(_ context: String) async throws -> Captured {
                let captured = Captured()
                try await LogoutCommand(captured.context(home: place.path)).run(SettingsWishes(context: context))
                return captured
            }
            try await Self.login(place, gateway, "admin", context: "team")
            let made = Captured()
            let tokens = TokenCommand(
                made.context(home: place.path), SettingsWishes(context: "team"), isJSON: true)
            try await tokens.create("ci", scope: .read, expires: nil)
            let token = try JSONDecoder().decode(Told.self, from: Data(made.out.utf8))
            let file = try place.writeSecret(try #require(token.token), to: "token")
            let script = LoginCommand.Wishes(gateway: gateway.url, context: "script", tokenFile: file)
            func logIn() async throws {
                try await LoginCommand(Captured().context(home: place.path), script, questions: nil).run()
            }
            try await logIn()
            let good = try await logout("script")
            #expect(good.out == "Logged out of \(gateway.url), acme (admin).\n")
            #expect(good.error.hasPrefix("pulse: The token itself stays good at the gateway until 2"))
            try await logIn()
            try await tokens.revoke(token.id)
            let gone = try await logout("script")
            // Wrapped to the width that there is.
            #expect(
                gone.out.replacing("\n", with: " ")
                    == "The gateway does not know this personal token: it was taken back, or is one of another gateway. "
                    + "It is forgotten here. " && gone.error.isEmpty, "\(gone.out)")
            // The login ends there, behind the back of who is here.
            let kept = try Captured().context(home: place.path).credentials(SystemClock()).sessions()
            let session = try #require(kept.first)
            try await APIClient(
                base: gateway.url, transport: CurlTransport(configuration: .init(proxy: .none)),
                tokens: TokenKeeper(constant: session.accessToken), time: SystemClock()
            ).send(APIRequest(.logout))
            let ended = try await logout("team")
            #expect(ended.out == "The login of admin had ended already. It is forgotten here.\n")
            let none = await #expect(throws: CommandError.self) { _ = try await logout("team") }
            #expect(none?.status == .refused)
        }
    }

    @Test func `a login that could only be forgotten here ends with problems`() async throws {
        let (place, captured) = (try Place(), Captured())
        let context = captured.context(home: place.path)
        try RemoteContexts.change(path: context.contextsPath) {
            $0.put(RemoteContext(name: "team", gateway: "http://127.0.0.1:1", tenant: "acme"))
        }
        try FileManager.default.createDirectory(
            atPath: context.folders.data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for refreshToken in ["r", nil] {
            try await context.credentials(SystemClock()).update {
                $0 = [
                    StoredSession(
                        gateway: "http://127.0.0.1:1", name: "ada", tenant: "acme", accessToken: "t",
                        refreshToken: refreshToken, context: "team")
                ]
            }
            #expect(try await LogoutCommand(context).run(SettingsWishes(context: "team")) == .problems)
            #expect(try context.credentials(SystemClock()).sessions().isEmpty)
            let told = refreshToken == nil ? "pulse: The token is forgotten here" : "pulse: The login is forgotten here"
            #expect(captured.error.contains(told) && captured.out.isEmpty)
        }
    }

    @Test func `another tenant than that of the login is told as that`() async throws {
        try await Self.serving { place, gateway in
            try await Self.login(place, gateway, "admin", context: "team")
            for wishes in [
                SettingsWishes(tenant: "zenith"), SettingsWishes(tenant: "zenith", context: "team"),
                SettingsWishes(tenant: "zenith", gateway: gateway.url),
            ] {
                let failure = await #expect(throws: Failure.self) { try await Self.whoami(place, wishes) }
                #expect(
                    failure?.sentence
                        == "At \(gateway.url) you are logged in to the tenant acme (as admin), not to zenith.")
                #expect(failure.map { CommandError(describing: $0).status } == .usage)
            }
            #expect(try await Self.whoami(place, SettingsWishes(tenant: "acme")).contains("admin"))
            let captured = Captured()
            let answers = Answers(RunningGateway.password)
            let stranger = LoginCommand(
                captured.context(home: place.path),
                .init(gateway: gateway.url, context: "other", user: "admin", tenant: "zenith"),
                questions: answers.questions)
            await #expect(throws: CommandError.self) { try await stranger.run() }
            #expect(captured.error.contains("It is for the tenant zenith; perhaps admin belongs to another."))
        }
    }

    @Test func `nobody is proposed as a name but who was logged in`() async throws {
        try await Self.serving { place, gateway in
            for (proposed, typed) in [("Name: ", "admin"), ("Name [admin]: ", "")] {
                let answers = Answers(typed, RunningGateway.password)
                try await LoginCommand(
                    Captured().context(home: place.path), .init(gateway: gateway.url, context: "team"),
                    questions: answers.questions
                ).run()
                #expect(answers.asked.first == proposed)
            }
            let nobody = Answers("", "", "", "")
            let error = await #expect(throws: CommandError.self) {
                try await LoginCommand(
                    Captured().context(home: place.path), .init(gateway: gateway.url, context: "new"),
                    questions: nobody.questions
                ).run()
            }
            #expect(error?.status == .refused && nobody.asked == ["Name: ", "Name: ", "Name: "])
        }
    }

    /// What scripts read of a token.
    private struct Told: Decodable {
        var id: String
        var name: String
        var scope: String
        var token: String?
    }

    @Test func `a token that cannot be printed is taken back`() async throws {
        try await Self.serving { place, gateway in
            try await Self.login(place, gateway, "admin", context: "team")
            var context = Captured().context(home: place.path)
            context.output = Output(width: nil, isTerminal: false) { stream, _ throws(OutputError) in
                if stream == .out { throw OutputError.closed }
            }
            await #expect(throws: OutputError.closed) {
                try await TokenCommand(context, SettingsWishes()).create("lost", scope: .read, expires: nil)
            }
            let list = Captured()
            try await TokenCommand(list.context(home: place.path), SettingsWishes(), isJSON: true).list()
            #expect(try JSONDecoder().decode([Told].self, from: Data(list.out.utf8)).isEmpty)
        }
    }

    @Test(arguments: [
        ("soon", SettingsWishes(gateway: "https://a.example.com")), ("0d", SettingsWishes(gateway: "https://a")),
        ("2001-01-01", SettingsWishes(gateway: "https://a.example.com")), ("90d", SettingsWishes(context: "local")),
    ])
    func `a token is refused before anybody is asked where time or place are wrong`(
        _ expires: String, _ wishes: SettingsWishes
    ) async throws {
        let command = TokenCommand(Captured().context(home: "/none"), wishes)
        let refused = await #expect(throws: CommandError.self) {
            try await command.create("ci", scope: .read, expires: expires)
        }
        #expect(refused?.status == .usage)
    }

    @Test(arguments: [(0o600, true), (0o400, true), (0o640, false), (0o644, false), (0o602, false)])
    func `a token file that others can read is refused, with what mends it`(
        _ mode: Int, _ isTaken: Bool
    ) async throws {
        let place = try Place()
        let file = try place.write("pulse_pat_x\n", to: "a token")
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        // Nobody is there, so a token that is taken ends as `Failure`.
        let login = LoginCommand(
            Captured().context(home: place.path), .init(gateway: "http://127.0.0.1:1", tokenFile: file), questions: nil)
        let error = await #expect(throws: (any Error).self) { try await login.run() }
        #expect((error is Failure) == isTaken)
        guard !isTaken else { return }
        let told = (error as? CommandError)?.lines.first ?? ""
        #expect(told.contains("(mode 0\(String(mode, radix: 8)))") && told.contains("chmod 600 '\(file)'."))
    }

    @Test func `on this machine nobody logs in`() async throws {
        let place = try Place()
        #expect(try await Self.whoami(place, SettingsWishes()) == "user     ada\nplace    this machine\n")
        #expect(try await Self.whoami(place, SettingsWishes(), isJSON: true).contains("\"gateway\" : null"))
    }
}
