import PulseAPI
package import PulseDomain
import PulseEngine

/// `pulse whoami`: as whom commands are given, and until when.
package struct WhoamiCommand: Sendable {
    private let context: CommandContext
    private let isJSON: Bool
    private let time: any TimeSource

    package init(_ context: CommandContext, isJSON: Bool = false, time: any TimeSource = SystemClock()) {
        self.context = context
        self.isJSON = isJSON
        self.time = time
    }

    /// Asks the gateway. Throws `Failure` when it does not answer, or nobody is logged in there.
    package func run(_ wishes: SettingsWishes) async throws {
        guard let place = try PlaceFinder(context).remote(wishes) else {
            let name = context.principal.name
            return try show(
                ["name": name, "gateway": nil as String?], else: [("user", name), ("place", "this machine")])
        }
        let isToken =
            try place.token != nil
            || context.credentials(time).session(place.session).map { $0.refreshToken == nil } == true
        let client = place.client(context, time: time)
        let profile: Profile = try await context.output.waiting(for: "Asking \(place.address)") {
            try await client.ask(APIRequest(.profile))
        }
        try show(
            [
                "name": profile.name, "role": profile.role.rawValue, "tenant": profile.tenant.rawValue,
                "memberships": profile.memberships.map {
                    ["tenant": $0.tenant.rawValue, "role": $0.role.rawValue] as JSONObject
                }, "gateway": place.address.url, "context": place.token == nil ? place.name : nil,
                "is_personal_token": isToken,
                "ends_at": profile.endsAt?.iso8601,
            ], else: lines(of: profile, at: place, isToken: isToken))
    }

    private func lines(of profile: Profile, at place: RemotePlace, isToken: Bool) -> [(String, String)] {
        var lines = [
            ("user", profile.name + (isToken ? ", by a personal token" : "")), ("role", profile.role.rawValue),
            ("tenant", profile.tenant.rawValue), ("gateway", place.address.url),
        ]
        let others = profile.memberships.filter { $0.tenant != profile.tenant }
        if !others.isEmpty {
            lines.append(("also in", others.map { "\($0.tenant) (\($0.role.rawValue))" }.joined(separator: ", ")))
        }
        // A token that was given by itself is no context's.
        if place.token == nil, let name = place.name { lines.append(("context", name)) }
        if let end = profile.endsAt {
            lines.append(("until", end.iso8601ToSecond))
        }
        return lines
    }

    private func show(_ json: JSONObject, else lines: [(String, String)]) throws {
        if isJSON { return try context.output.print(try JSONText.document(json)) }
        try context.output.print(
            lines.map { name, value in name + String(repeating: " ", count: 9 - name.count) + value + "\n" }.joined())
    }
}
