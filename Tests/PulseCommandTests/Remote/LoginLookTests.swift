import PulseAPI
import PulseDomain
import PulseHTTP
import PulseTestServer
import PulseTestTurns
import Testing

@testable import PulseCommands

/// Whoever logs in has something to lose: it is looked first who answers.
@Suite(.timeLimit(.minutes(1))) struct LoginLookTests {
    /// What answers at the address, to everything.
    struct Answer: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var status: Int
        var mediaType = "application/json"
        var body = ""
        /// What is told of it, and how the command ends.
        var told: String
        var end = Status.usage

        init(_ about: String, _ status: Int, _ told: String, end: Status = .usage, body: String = "") {
            testDescription = about
            (self.status, self.told, self.end, self.body) = (status, told, end, body)
        }

        init(_ about: String, _ problem: Problem, _ told: String, end: Status) {
            self.init(about, problem.status, told, end: end, body: String(decoding: problem.json, as: UTF8.self))
            mediaType = Problem.mediaType
        }
    }

    private static let none = "is no Pulse gateway: something else answers there. Nothing was sent to it."

    @Test(arguments: [
        Answer("takes everything", 200, none), Answer("nothing is there", 404, none), Answer("moved", 301, none),
        Answer("another one's health", 200, none, body: #"{"status":"UP"}"#),
        Answer("another one's login", 401, none, body: #"{"error":"unauthenticated"}"#),
        Answer("does not post", 501, none),
        Answer("a proxy without its gateway", 502, "answered with status 502", end: .unreachable),
        Answer(
            "an engine", Problem(404, code: "accounts.elsewhere", "This is an engine.", remedy: "Ask the gateway."),
            "is an engine, where nobody logs in.", end: .usage),
        Answer(
            "too many requests", Problem(429, code: "too_many_requests", "There were too many.", remedy: "Wait."),
            "There were too many.", end: .failed),
    ])
    func `nobody is asked for a password, and no token is sent, where no gateway answers`(
        _ answer: Answer
    ) async throws {
        let server = try TestServer { connection in
            while connection.request() != nil {
                connection.respond("\(answer.status) X", headers: ["Content-Type: \(answer.mediaType)"], answer.body)
            }
        }
        let place = try Place()
        let answers = Answers("ada", "a walrus and a carpenter")
        let token = try place.writeSecret("pulse_pat_secret\n", to: "token")
        for file in [nil, token] {
            let login = LoginCommand(
                Captured().context(home: place.path), .init(gateway: server.url(""), tokenFile: file),
                questions: answers.questions)
            let error = await #expect(throws: (any Error).self) { try await login.run() }
            let told = error.map { CommandError(describing: $0) }
            #expect(told?.status == answer.end)
            #expect(told?.lines.first?.contains(answer.told) == true, "\(told?.lines ?? [])")
        }
        #expect(answers.asked.isEmpty)
        #expect(!server.requests.isEmpty)
        for request in server.requests {
            #expect(request.header("Authorization") == nil)
            #expect(request.body == RefreshRequest(refreshToken: "").json)
        }
    }
}
