import Foundation
import PulseAPI
import PulseConfiguration
package import PulseDomain
import PulseEngine

/// `pulse context`: where commands go.
package struct ContextCommand: Sendable {
    private let context: CommandContext
    private let isJSON: Bool
    private let time: any TimeSource

    package init(_ context: CommandContext, isJSON: Bool = false, time: any TimeSource = SystemClock()) {
        self.context = context
        self.isJSON = isJSON
        self.time = time
    }

    private static let here = "this machine's configuration and store"

    package func list() throws {
        let contexts = try PlaceFinder(context).contexts()
        let sessions = try context.credentials(time).sessions()
        let current = contexts.current ?? RemoteContexts.local
        var rows = [[current == RemoteContexts.local ? "*" : "", RemoteContexts.local, Self.here, "", ""]]
        var objects: [JSONObject] = []
        for known in contexts.all {
            let key = SessionKey(known.gateway, tenant: known.tenant, context: known.name)
            let session = key.place(among: sessions).map { sessions[$0] }
            let login = session.map { "\($0.name)\($0.refreshToken == nil ? " (token)" : "")" } ?? "not logged in"
            rows.append([
                current == known.name ? "*" : "", known.name, known.gateway + (known.isReadOnly ? " (read-only)" : ""),
                known.tenant?.rawValue ?? "", login,
            ])
            objects.append(Self.object(known, session, isCurrent: current == known.name))
        }
        let table = TextTable(["", "CONTEXT", "GATEWAY", "TENANT", "LOGIN"], rows: rows)
        guard isJSON else { return try context.output.print(table.text(context.output, empty: "")) }
        try context.output.print(
            try JSONText.document(["current": current, "contexts": objects] as JSONObject))
    }

    private static func object(_ known: RemoteContext, _ session: StoredSession?, isCurrent: Bool) -> JSONObject {
        [
            "name": known.name, "gateway": known.gateway, "tenant": known.tenant?.rawValue, "ca_file": known.caFile,
            "is_read_only": known.isReadOnly, "is_current": isCurrent, "login": session?.name,
        ]
    }

    package func use(_ name: String) throws {
        let known = try PlaceFinder(context).contexts()
        guard name == RemoteContexts.local || known[name] != nil else {
            throw PlaceFinder.unknown(name, among: known)
        }
        try RemoteContexts.change(path: context.contextsPath) {
            $0.current = name == RemoteContexts.local ? nil : name
        }
        let place = known[name]?.gateway ?? Self.here
        try context.output.print("Commands go to \(name) now: \(place).\n")
    }

    package func add(
        _ name: String, gateway: String, tenant: TenantID?, caFile: String?, isReadOnly: Bool
    ) throws {
        guard RemoteContexts.isName(name) else {
            throw CommandError(.usage, "\(name) is no name of a context.", remedy: RemoteContexts.nameRule)
        }
        let address = try GatewayAddress(gateway)
        guard try PlaceFinder(context).contexts()[name] == nil else {
            throw CommandError(
                .usage, "There is a context \(name) already.",
                remedy: "Choose another name, or remove that one first: `pulse context remove \(name)`.")
        }
        let added = RemoteContext(
            name: name, gateway: address.url, tenant: tenant,
            caFile: caFile.map { URL(fileURLWithPath: HomePath.expanding($0)).path }, isReadOnly: isReadOnly)
        try RemoteContexts.change(path: context.contextsPath) { $0.put(added) }
        try context.output.print("Added \(name): \(address). `pulse login --context \(name)` logs in there.\n")
    }

    package func remove(_ name: String) async throws {
        let contexts = try PlaceFinder(context).contexts()
        guard name != RemoteContexts.local else {
            throw CommandError(
                .usage, "`local` is this machine itself, which stays. Nothing was removed.",
                remedy: "`pulse context` lists those that can be removed.")
        }
        guard let known = contexts[name] else { throw PlaceFinder.unknown(name, among: contexts) }
        var told = "Removed \(name)."
        let sessions = try context.credentials(time).sessions()
        let key = SessionKey(known.gateway, tenant: known.tenant, context: name)
        if let session = key.place(among: sessions).map({ sessions[$0] }), Self.isLast(known, of: session, contexts),
            let place = try PlaceFinder(context).remote(SettingsWishes(context: name))
        {
            switch try await LogoutCommand(context, time: time).end(session, at: place) {
            case .now where session.refreshToken != nil: told += " \(session.name) is logged out there."
            case .before(let sentence): told += " \(sentence)"
            case .now, .onlyHere: break
            }
        }
        try RemoteContexts.change(path: context.contextsPath) { $0.remove(name) }
        try context.output.say(told)
        if contexts.current == name { context.output.note("Commands go to \(Self.here) now.") }
    }

    /// Whether no other context goes on with a session: one that was kept before sessions belonged to contexts may have
    /// several.
    private static func isLast(_ known: RemoteContext, of session: StoredSession, _ contexts: RemoteContexts) -> Bool {
        session.context != nil
            || !contexts.all.contains { $0.name != known.name && session.isAt($0.gateway, $0.tenant) }
    }

    /// One context, and how its gateway answers now. Ends with `unreachable` when it does not.
    package func show(_ name: String?, _ wishes: SettingsWishes) async throws -> ExitStatus {
        var wishes = wishes
        if let name { wishes.context = name }
        guard let place = try PlaceFinder(context).remote(wishes) else {
            let object: JSONObject = ["name": RemoteContexts.local, "gateway": nil as String?]
            try context.output.print(
                isJSON ? try JSONText.document(object) : "\(RemoteContexts.local): \(Self.here)\n")
            return .ok
        }
        let client = place.client(context, time: time)
        let answer: Result<Profile, Failure>
        do {
            answer = .success(
                try await context.output.waiting(for: "Asking \(place.address)") {
                    try await client.ask(APIRequest(.profile))
                })
        } catch let failure as Failure {
            answer = .failure(failure)
        }
        let profile = try? answer.get()
        let roundTrip = profile == nil ? nil : client.monitor.status.roundTrip
        if isJSON {
            var problem: String?
            if case .failure(let failure) = answer { problem = failure.description }
            try context.output.print(
                try JSONText.document(
                    [
                        "name": place.name, "gateway": place.address.url,
                        "tenant": profile?.tenant.rawValue ?? place.tenant?.rawValue, "is_read_only": place.isReadOnly,
                        "login": profile?.name, "role": profile?.role.rawValue,
                        "ends_at": profile?.endsAt?.iso8601,
                        "round_trip_seconds": roundTrip?.inSeconds, "problem": problem,
                    ] as JSONObject))
        } else {
            try context.output.print(Self.text(place, profile, roundTrip))
        }
        guard case .failure(let failure) = answer else { return .ok }
        if !isJSON { context.output.note("pulse: \(failure)") }
        return CommandError(describing: failure).status
    }

    private static func text(_ place: RemotePlace, _ profile: Profile?, _ roundTrip: Duration?) -> String {
        var lines = ["context    \(place.name ?? "none")", "gateway    \(place.address)"]
        if let tenant = profile?.tenant ?? place.tenant { lines.append("tenant     \(tenant)") }
        if let caFile = place.caFile { lines.append("trusts     \(caFile)") }
        if place.isReadOnly { lines.append("read-only  commands are refused here") }
        if let profile { lines += ["user       \(profile.name)", "role       \(profile.role.rawValue)"] }
        if let end = profile?.endsAt { lines.append("until      \(end.iso8601ToSecond)") }
        if let roundTrip { lines.append("answers in \(Int((roundTrip.inSeconds * 1_000).rounded(.up))) ms") }
        return lines.map { $0 + "\n" }.joined()
    }
}
