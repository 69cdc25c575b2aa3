import PulseAPI
import PulseDomain
import PulseHTTP

/// Name and password, asked at the terminal; a one-time password is changed in the same dialogue.
struct PasswordDialogue {
    let place: RemotePlace
    /// The user's name if it was given.
    let name: String?
    /// Who was logged in there before; `nil`: nobody whom we know.
    let usualName: String?
    let questions: TerminalQuestions
    let output: Output
    let time: any TimeSource

    /// How often a wrong answer is asked for again.
    private static let tries = 3

    /// The session, and the role in it. Throws `Failure` or `CommandError`.
    func run() async throws -> (StoredSession, Role) {
        let name = try await askName()
        for _ in 1...Self.tries {
            let password = try answer("Password of \(name) at \(place.address): ", isSecret: true)
            do {
                let answer = try await logIn(name, password)
                guard answer.mustChangePassword else { return (session(answer), answer.role) }
                let changed = try await changePassword(of: name, from: password, answer)
                return (session(changed), changed.role)
            } catch let failure as Failure where failure.code == "auth.wrong" {
                // A gateway tells strangers nothing of its tenants.
                let doubt =
                    place.tenant.map { " It is for the tenant \($0); perhaps \(name) belongs to another." } ?? ""
                output.note("pulse: \(failure.sentence)\(doubt)")
            }
        }
        throw CommandError(
            .refused, "Nobody was logged in.",
            remedy: "Who runs the gateway can set a new password: `pulse-server user password \(name)`.")
    }

    private func askName() async throws -> String {
        if let name { return name }
        for _ in 1...Self.tries {
            let typed = try answer(usualName.map { "Name [\($0)]: " } ?? "Name: ", isSecret: false)
            if let name = typed.isEmpty ? usualName : typed { return name }
        }
        throw CommandError(.refused, "Nobody was named, so nobody was logged in.")
    }

    private func changePassword(
        of name: String, from password: String, _ answer: TokenAnswer
    ) async throws -> TokenAnswer {
        output.note("That was a one-time password. Choose another, such as a few words. \(PasswordRules.sentence)")
        for attempt in 1...Self.tries {
            let new = try self.answer("New password: ", isSecret: true)
            guard try self.answer("Once more: ", isSecret: true) == new else {
                output.note("pulse: These were two different ones.")
                continue
            }
            do {
                let body = PasswordChange(password: password, newPassword: new).json
                try await output.waiting(for: "Changing the password") {
                    _ = try await client(bearing: answer.accessToken).send(APIRequest(.changePassword, body: body))
                }
                // Every session has ended with the change, this one included.
                return try await logIn(name, new)
            } catch let failure as Failure where failure.code.hasPrefix("password.") && attempt < Self.tries {
                output.note("pulse: \(failure)")
            }
        }
        throw CommandError(
            .refused, "The one-time password was not changed, so nobody was logged in.",
            remedy: "It still works: log in again.")
    }

    private func logIn(_ name: String, _ password: String) async throws -> TokenAnswer {
        let request = LoginRequest(name: name, password: password, tenant: place.tenant)
        return try await output.waiting(for: "Logging in at \(place.address)") {
            try await client(bearing: nil).ask(APIRequest(.login, body: request.json))
        }
    }

    private func client(bearing token: String?) -> APIClient {
        APIClient(
            base: place.address.url, transport: place.transport, tokens: TokenKeeper(current: { token }), time: time)
    }

    private func session(_ answer: TokenAnswer) -> StoredSession {
        StoredSession(gateway: place.address.url, answer)
    }

    private func answer(_ question: String, isSecret: Bool) throws -> String {
        guard let line = try questions.ask(question, isSecret) else {
            throw CommandError(.refused, "Nothing more was typed, so nobody was logged in.")
        }
        return line
    }
}
