import Foundation
import PulseAPI
import PulseDomain
import PulseHTTP
import PulseTestServer
import Testing

/// Sessions that several consoles share.
@Suite(.timeLimit(.minutes(1))) struct CredentialTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pulse-credentials-\(UUID().uuidString)")
    let time = QuickTime(standsStill: true)

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    private var file: CredentialsFile { CredentialsFile(path: folder.appending(path: "credentials").path, time: time) }

    @Test func `sessions are kept in a file that nobody else can read`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try file.sessions().isEmpty)
        try await file.update { $0 = [StoredSession.example] }
        #expect(try file.session(SessionKey(StoredSession.example.gateway)) == StoredSession.example)
        #expect(try file.session(SessionKey("https://other")) == nil)
        let rights = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(rights == 0o600)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(names) == ["credentials", "credentials.lock"])
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
        let exposed = #expect(throws: Failure.self) { try file.sessions() }
        #expect(exposed?.code == "credentials.exposed")
    }

    @Test func `a file that holds something else is told and kept`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = FileManager.default.createFile(
            atPath: file.path, contents: Data("{}".utf8), attributes: [.posixPermissions: 0o600])
        await #expect(throws: Failure.self) { try await file.update { $0 = [] } }
        #expect(FileManager.default.contents(atPath: file.path) == Data("{}".utf8))
    }

    @Test func `of consoles that share a session one renews it, and all go on`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let refreshes = Tally()
        let server = try TestServer { connection in
            while let request = connection.request() {
                if request.target == "/api/v1/auth/refresh" {
                    refreshes.add()
                    var answer = TokenAnswer.example
                    answer.accessToken = "good"
                    answer.refreshToken = "next"
                    let isRight = request.body == RefreshRequest(refreshToken: "first", accessToken: "old").json
                    connection.send(isRight ? APIAnswer(200, answer) : APIAnswer(Problem.unauthenticated))
                } else if request.header("Authorization") == "Bearer good" {
                    connection.send(APIAnswer(200, Samples.overviews[0]))
                } else {
                    connection.send(APIAnswer(Problem.unauthenticated))
                }
            }
        }
        let gateway = server.url("")
        let old = StoredSession(
            gateway: gateway, name: "ada", tenant: "acme", accessToken: "old", refreshToken: "first")
        try await file.update { $0 = [old] }
        let transport = CurlTransport(configuration: .init(proxy: .none))
        let file = file
        let time = time
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<5 {
                group.addTask {
                    let tokens = TokenKeeper(session: SessionKey(gateway), in: file, transport: transport)
                    let client = APIClient(base: gateway, transport: transport, tokens: tokens, time: time)
                    let overview = try await RemoteOperations(client).overview()
                    #expect(overview == Samples.overviews[0])
                }
            }
            try await group.waitForAll()
        }
        #expect(refreshes.count == 1)
        #expect(try file.session(SessionKey(gateway))?.refreshToken == "next")
        // The family is over: the session goes, and the refusal is told.
        try await file.update { $0[0].accessToken = "old" }
        let client = APIClient(
            base: gateway, transport: transport,
            tokens: TokenKeeper(session: SessionKey(gateway), in: file, transport: transport), time: time)
        let expired = await #expect(throws: Failure.self) { try await RemoteOperations(client).overview() }
        #expect(expired?.code == "login.expired")
        #expect(expired?.remedy == "Log in again: `pulse login \(gateway)`.")
        #expect(try file.sessions().isEmpty)
        // Nothing is sent without a session; a login of another process is found.
        let asked = server.requests.count
        let none = await #expect(throws: Failure.self) { try await RemoteOperations(client).overview() }
        #expect(none?.code == "login.none")
        #expect(server.requests.count == asked)
        var again = old
        again.accessToken = "good"
        try await file.update { [again] in $0 = [again] }
        #expect(try await RemoteOperations(client).overview() == Samples.overviews[0])
    }

    /// Which of the sessions that are kept is meant, as its place; `nil`: none.
    struct Meant: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Contexts of the sessions that are kept at the gateway, with their tenants.
        var kept: [(context: String?, tenant: TenantID)]
        var key: SessionKey
        var place: Int?

        init(_ about: String, _ kept: [(String?, TenantID)], _ context: String?, _ tenant: TenantID?, _ place: Int?) {
            testDescription = about
            self.kept = kept.map { (context: $0.0, tenant: $0.1) }
            key = SessionKey("https://a", tenant: tenant, context: context)
            self.place = place
        }

        var sessions: [StoredSession] {
            kept.map { kept in
                StoredSession(
                    gateway: "https://a", name: "x", tenant: kept.tenant, accessToken: "t", refreshToken: nil,
                    context: kept.context)
            }
        }
    }

    @Test(arguments: [
        Meant("a context has its own", [("ada", "acme"), ("grace", "acme")], "grace", "acme", 1),
        Meant("and none of another's", [("ada", "acme")], "grace", "acme", nil),
        Meant("nor of another tenant", [("ada", "acme")], "ada", "zenith", nil),
        Meant("what was kept before contexts had logins goes on", [(nil, "acme")], "ada", "acme", 0),
        Meant("until there is one of its own", [(nil, "acme"), ("ada", "acme")], "ada", "acme", 1),
        Meant("an address alone has what belongs to no context", [("ada", "acme"), (nil, "acme")], nil, nil, 1),
        Meant("or the only one there", [("ada", "acme")], nil, "acme", 0),
        Meant("of several nobody can tell", [("ada", "acme"), ("grace", "acme")], nil, "acme", nil),
        Meant("a tenant tells", [("ada", "acme"), ("grace", "zenith")], nil, "zenith", 1),
    ])
    func `a session is found by its context`(_ test: Meant) {
        #expect(test.key.place(among: test.sessions) == test.place)
        // None of them is ever meant for another gateway.
        var elsewhere = test.key
        elsewhere.gateway = "https://b"
        #expect(elsewhere.place(among: test.sessions) == nil)
    }

    @Test(arguments: [
        Meant("nobody at all", [], nil, nil, nil), Meant("nobody there", [], "ada", "zenith", nil),
        Meant("somebody else's context", [("grace", "acme")], "ada", "zenith", nil),
        Meant("of several nobody can tell", [("ada", "acme"), ("grace", "acme")], nil, "acme", nil),
    ])
    func `who is logged in nowhere there is told to log in`(_ test: Meant) {
        let failure = Failure.loggedOut(of: test.key, among: test.sessions)
        #expect(failure.code == "login.none" && failure.remedy == "Log in: `\(test.key.login)`.")
    }

    @Test(arguments: [
        Meant("the context's login", [("ada", "acme")], "ada", "zenith", nil),
        Meant("one of before contexts had logins", [(nil, "acme")], "ada", "zenith", nil),
        Meant("whichever, by the address", [("ada", "acme"), ("grace", "acme")], nil, "zenith", nil),
    ])
    func `who is logged in to another tenant is told of both`(_ test: Meant) {
        let failure = Failure.loggedOut(of: test.key, among: test.sessions)
        #expect(failure.code == Failure.otherTenantCode && failure.needsLogin)
        #expect(failure.sentence == "At https://a you are logged in to the tenant acme (as x), not to zenith.")
        #expect(failure.remedy.hasSuffix("`pulse login https://a --tenant zenith --context NAME`."))
    }

    @Test(arguments: [("acme", nil), ("zenith", Failure.otherTenantCode)] as [(TenantID, String?)])
    func `a token that was given for a tenant is used for no other`(_ tenant: TenantID, _ code: String?) async throws {
        let server = try TestServer { connection in
            while let request = connection.request() {
                if request.target == "/api/v1/auth/profile" {
                    connection.send(
                        APIAnswer(200, Profile(name: "ada", tenant: "acme", role: .viewer, memberships: [])))
                } else {
                    connection.send(APIAnswer(200, Samples.overviews[0]))
                }
            }
        }
        let transport = CurlTransport(configuration: .init(proxy: .none))
        let client = APIClient(
            base: server.url(""), transport: transport,
            tokens: TokenKeeper(constant: "t", in: tenant, at: server.url(""), transport: transport, time: time),
            time: time)
        let failure: Failure?
        do {
            _ = try await RemoteOperations(client).overview()
            _ = try await RemoteOperations(client).overview()
            failure = nil
        } catch { failure = error as? Failure }
        #expect(failure?.code == code)
        #expect(server.requests.count { $0.target == "/api/v1/auth/profile" } == 1)
        #expect(server.requests.count == (code == nil ? 3 : 1))
    }

    @Test func `what the gateway says of a personal token is told, and another one is found`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let server = try TestServer { connection in
            while let request = connection.request() {
                if request.header("Authorization") == "Bearer new" {
                    connection.send(APIAnswer(200, Samples.overviews[0]))
                } else {
                    connection.send(
                        APIAnswer(Problem(401, code: "auth.token_expired", "It expired.", remedy: "Make one.")))
                }
            }
        }
        let gateway = server.url("")
        func keep(_ token: String) async throws {
            try await file.update {
                $0 = [
                    StoredSession(gateway: gateway, name: "ada", tenant: "acme", accessToken: token, refreshToken: nil)
                ]
            }
        }
        try await keep("old")
        let transport = CurlTransport(configuration: .init(proxy: .none))
        let client = APIClient(
            base: gateway, transport: transport,
            tokens: TokenKeeper(session: SessionKey(gateway), in: file, transport: transport), time: time)
        let failure = await #expect(throws: Failure.self) { try await RemoteOperations(client).overview() }
        #expect(failure?.sentence == "It expired." && failure?.needsLogin == true && failure?.kind == .unauthorised)
        #expect(try file.sessions().count == 1)
        try await keep("new")
        #expect(try await RemoteOperations(client).overview() == Samples.overviews[0])
    }

    @Test func `a file of before sessions belonged to contexts is read`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let former = """
            [{"gateway":"https://a","name":"ada","tenant":"acme","access_token":"t","refresh_token":null}]
            """
        _ = FileManager.default.createFile(
            atPath: file.path, contents: Data(former.utf8), attributes: [.posixPermissions: 0o600])
        #expect(try file.session(SessionKey("https://a", context: "team"))?.name == "ada")
    }

    @Test func `of two users of one gateway each renews the own session`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let server = try TestServer { connection in
            while let request = connection.request() {
                let refresh = try? RefreshRequest(json: request.body)
                if let refresh {
                    var answer = TokenAnswer.example
                    (answer.name, answer.accessToken) = (refresh.refreshToken, "good-\(refresh.refreshToken)")
                    connection.send(APIAnswer(200, answer))
                } else if request.header("Authorization")?.hasPrefix("Bearer good-") == true {
                    connection.send(APIAnswer(200, Samples.overviews[0]))
                } else {
                    connection.send(APIAnswer(Problem.unauthenticated))
                }
            }
        }
        let gateway = server.url("")
        let names = ["ada", "grace"]
        try await file.update { sessions in
            sessions = names.map {
                StoredSession(
                    gateway: gateway, name: $0, tenant: "acme", accessToken: "old", refreshToken: $0, context: $0)
            }
        }
        let transport = CurlTransport(configuration: .init(proxy: .none))
        for name in names {
            let key = SessionKey(gateway, tenant: "acme", context: name)
            let client = APIClient(
                base: gateway, transport: transport,
                tokens: TokenKeeper(session: key, in: file, transport: transport), time: time)
            #expect(try await RemoteOperations(client).overview() == Samples.overviews[0])
            #expect(try file.session(key)?.accessToken == "good-\(name)")
        }
        #expect(try file.sessions().map(\.context) == names)
        let none = await #expect(throws: Failure.self) {
            let tokens = TokenKeeper(
                session: SessionKey(gateway, tenant: "acme", context: "alan"), in: file, transport: transport)
            return try await RemoteOperations(
                APIClient(base: gateway, transport: transport, tokens: tokens, time: time)
            ).overview()
        }
        #expect(none?.remedy == "Log in: `pulse login --context alan`.")
    }
}
