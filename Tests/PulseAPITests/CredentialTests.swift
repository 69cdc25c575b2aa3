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
        #expect(try file.session(at: StoredSession.example.gateway) == StoredSession.example)
        #expect(try file.session(at: "https://other") == nil)
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
                    let tokens = TokenKeeper(session: gateway, in: file, transport: transport)
                    let client = APIClient(base: gateway, transport: transport, tokens: tokens, time: time)
                    let overview = try await RemoteOperations(client).overview()
                    #expect(overview == Samples.overviews[0])
                }
            }
            try await group.waitForAll()
        }
        #expect(refreshes.count == 1)
        #expect(try file.session(at: gateway)?.refreshToken == "next")
        // The family is over: the session goes, and the refusal is told.
        try await file.update { $0[0].accessToken = "old" }
        let client = APIClient(
            base: gateway, transport: transport,
            tokens: TokenKeeper(session: gateway, in: file, transport: transport), time: time)
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
}
