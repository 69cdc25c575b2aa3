import PulseAPI
package import PulseDomain
import PulseEngine

/// `pulse logout`: ends the session at the gateway and forgets it here. The context stays.
package struct LogoutCommand: Sendable {
    private let context: CommandContext
    private let time: any TimeSource

    package init(_ context: CommandContext, time: any TimeSource = SystemClock()) {
        self.context = context
        self.time = time
    }

    /// Ends with problems when the session could only be forgotten here.
    @discardableResult package func run(_ wishes: SettingsWishes) async throws -> ExitStatus {
        let place = try PlaceFinder(context).team(
            wishes, orElse: "Name the one to leave with --context NAME or --gateway URL.")
        guard place.token == nil else {
            throw CommandError(
                .usage, "PULSE_TOKEN is set, and a personal token has no login that could end. Nothing was done.",
                remedy: "Unset it to log yourself out; `pulse token revoke ID` takes a token back.")
        }
        let sessions = try context.credentials(time).sessions()
        guard let session = place.session.place(among: sessions).map({ sessions[$0] }) else {
            let none = Failure.loggedOut(of: place.session, among: sessions)
            if none.code == Failure.otherTenantCode { throw none }
            throw CommandError(.refused, "You are not logged in at \(place.address).", remedy: "Nothing was done.")
        }
        switch try await end(session, at: place) {
        case .now: try context.output.say("Logged out of \(place.address), \(session.tenant) (\(session.name)).")
        case .before(let sentence): try context.output.say("\(sentence) It is forgotten here.")
        case .onlyHere: return .problems
        }
        return .ok
    }

    /// What came of ending a session.
    enum End: Sendable, Hashable {
        /// There and here.
        case now
        /// It had ended there before, which a sentence tells.
        case before(String)
        /// It is forgotten here, and could not be ended there, which was noted.
        case onlyHere
    }

    /// Ends a session there and forgets it here; notes what could not be ended there.
    func end(_ session: StoredSession, at place: RemotePlace) async throws -> End {
        let end = try await endThere(session, at: place)
        let key = place.session
        try await context.credentials(time).update { sessions in
            if let index = key.place(among: sessions) { sessions.remove(at: index) }
        }
        return end
    }

    private func endThere(_ session: StoredSession, at place: RemotePlace) async throws -> End {
        let isLogin = session.refreshToken != nil
        let client = place.client(context, time: time)
        do {
            return try await context.output.waiting(for: "Logging out of \(place.address)") {
                if isLogin {
                    try await client.send(APIRequest(.logout))
                } else {
                    let profile: Profile = try await client.ask(APIRequest(.profile))
                    context.output.note(
                        "pulse: The token itself stays good at the gateway"
                            + (profile.endsAt.map { " until \($0.iso8601ToSecond)" } ?? "")
                            + "; `pulse token revoke ID` takes it back there.")
                }
                return .now
            }
        } catch let failure as Failure where failure.needsLogin {
            return .before(isLogin ? "The login of \(session.name) had ended already." : failure.sentence)
        } catch let failure as Failure {
            context.output.note(
                isLogin
                    ? "pulse: The login is forgotten here, but could not be ended at the gateway: it ends there by itself "
                        + "within 30 days. \(failure.sentence)"
                    : "pulse: The token is forgotten here; how it stands at the gateway could not be asked. "
                        + failure.sentence)
            return .onlyHere
        }
    }
}
