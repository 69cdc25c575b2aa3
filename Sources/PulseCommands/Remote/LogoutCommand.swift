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
        guard var place = try PlaceFinder(context).remote(wishes) else {
            throw CommandError(
                .usage, "The present context is this machine, where nobody logs in.",
                remedy: "Name the one to leave with --context NAME or --gateway URL.")
        }
        place.token = nil
        let file = context.credentials(time)
        guard let session = try file.session(at: place.address.url, tenant: place.tenant) else {
            throw CommandError(.failed, "You are not logged in at \(place.address).", remedy: "Nothing was done.")
        }
        var trouble: String?
        if session.refreshToken != nil {
            do {
                try await place.client(context, time: time).send(APIRequest(.logout))
            } catch let failure as Failure where failure.needsLogin {
                // It had ended already.
            } catch let failure as Failure {
                trouble = failure.sentence
            }
        } else {
            context.output.note(
                "pulse: The token itself stays good at the gateway until it expires or is taken back there.")
        }
        try await file.update { sessions in sessions.removeAll { $0.isAt(session.gateway, session.tenant) } }
        if let trouble {
            context.output.note(
                "pulse: The login is forgotten here, but could not be ended at the gateway: it ends there by itself "
                    + "within 30 days. \(trouble)")
        } else {
            try context.output.print("Logged out of \(place.address), \(session.tenant).\n")
        }
    }
}
