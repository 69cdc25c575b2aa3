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

    package func run(_ wishes: SettingsWishes) async throws {
        let place = try PlaceFinder(context).team(
            wishes, orElse: "Name the one to leave with --context NAME or --gateway URL.")
        guard place.token == nil else {
            throw CommandError(
                .usage, "PULSE_TOKEN is set, and a personal token has no login that could end. Nothing was done.",
                remedy: "Unset it to log yourself out; `pulse token revoke ID` takes a token back.")
        }
        guard let session = try context.credentials(time).session(place.session) else {
            throw CommandError(.failed, "You are not logged in at \(place.address).", remedy: "Nothing was done.")
        }
        if try await end(session, at: place) {
            try context.output.say("Logged out of \(place.address), \(session.tenant) (\(session.name)).")
        }
    }

    /// Ends a session there and forgets it here; notes what could not be ended there. Returns whether all is done.
    func end(_ session: StoredSession, at place: RemotePlace) async throws -> Bool {
        var trouble: String?
        if session.refreshToken != nil {
            do {
                try await context.output.waiting(for: "Logging out of \(place.address)") {
                    _ = try await place.client(context, time: time).send(APIRequest(.logout))
                }
            } catch let failure as Failure where failure.needsLogin {
                // It had ended already.
            } catch let failure as Failure {
                trouble = failure.sentence
            }
        } else {
            context.output.note(
                "pulse: The token itself stays good at the gateway until it expires or is taken back there.")
        }
        let key = place.session
        try await context.credentials(time).update { sessions in
            if let index = key.place(among: sessions) { sessions.remove(at: index) }
        }
        guard let trouble else { return true }
        context.output.note(
            "pulse: The login is forgotten here, but could not be ended at the gateway: it ends there by itself "
                + "within 30 days. \(trouble)")
        return false
    }
}
