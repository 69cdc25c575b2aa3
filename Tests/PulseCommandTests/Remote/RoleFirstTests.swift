import PulseAPI
import PulseDomain
import PulseTestServer
import Testing

@testable import PulseCommands

/// What asks to be confirmed is not asked of who may not do it.
@Suite(.timeLimit(.minutes(1))) struct RoleFirstTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String { "\(role), confirmed: \(isConfirmed), dry run: \(isDryRun)" }
        var role: Role
        var isConfirmed = false
        var isDryRun = false
        /// How it ends; `nil`: refused by the gateway, before or after it was asked.
        var status: Status?
        /// What is printed to standard error.
        var told = ""
    }

    private static let unasked = "pulse: This cannot be asked here, and --yes was not given. Nothing was done.\n"

    @Test(arguments: [
        Case(role: .viewer), Case(role: .viewer, isConfirmed: true), Case(role: .viewer, isDryRun: true, status: .ok),
        Case(role: .operator, status: .refused, told: unasked),
        Case(role: .operator, isConfirmed: true, status: .ok), Case(role: .admin, status: .refused, told: unasked),
    ])
    func `the role is looked at before anybody is asked for a confirmation`(_ test: Case) async throws {
        let preview = CommandPreview(sentence: "1 record is given up.", danger: .destructive)
        let server = try TestServer { connection in
            while let request = connection.request() {
                if request.target == "/api/v1/auth/profile" {
                    connection.send(
                        APIAnswer(200, Profile(name: "x", tenant: "acme", role: test.role, memberships: [])))
                } else if request.target.hasSuffix("?dry_run=true") {
                    connection.send(APIAnswer(200, CommandOutcome.preview(preview)))
                } else if test.role == .viewer {
                    connection.send(APIAnswer(.forbidden(needs: .operator)))
                } else {
                    connection.send(APIAnswer(202, CommandAnswer(.accepted("Discarded."), correlation: "c")))
                }
            }
        }
        let (place, captured) = (try Place(), Captured())
        let context = captured.context(
            home: place.path, environment: ["PULSE_GATEWAY": server.url(""), "PULSE_TOKEN": "t"])
        let acting = ActingCommand(
            context, SettingsWishes(), ActingWishes(isConfirmed: test.isConfirmed, isDryRun: test.isDryRun))
        guard let status = test.status else {
            let failure = await #expect(throws: Failure.self) { try await acting.perform(.discard([1])) }
            #expect(failure?.code == "forbidden" && failure?.sentence == "This needs the role operator.")
            #expect(captured.error.isEmpty)
            return
        }
        #expect(try await acting.perform(.discard([1])) == status)
        #expect(captured.error.hasSuffix(test.told) && captured.error.isEmpty == test.told.isEmpty)
    }
}

extension Connection {
    fileprivate func send(_ answer: APIAnswer) {
        respond(
            "\(answer.status) X", headers: ["Content-Type: \(answer.mediaType)"],
            String(decoding: answer.body, as: UTF8.self))
    }
}
