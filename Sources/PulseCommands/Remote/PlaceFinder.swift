import PulseAPI
package import PulseConfiguration
import PulseDomain

/// Decides whether a command is about a gateway or about this machine.
///
/// What is typed decides, then the environment, then the current context.
package struct PlaceFinder: Sendable {
    private let context: CommandContext

    package init(_ context: CommandContext) { self.context = context }

    /// The gateway that is meant; `nil`: this machine's own engine or store. Throws `CommandError`,
    /// `ConfigurationProblems` or `Failure` when what is meant is not there.
    package func remote(_ wishes: SettingsWishes) throws -> RemotePlace? {
        let isLocalTyped = wishes.config != nil || wishes.store != nil
        if wishes.gateway != nil || wishes.context != nil, isLocalTyped {
            throw CommandError(
                .usage, "--gateway and --context name a team's Pulse, --config and --store this machine's.",
                remedy: "Leave one of them out.")
        }
        guard wishes.gateway == nil || wishes.context == nil else {
            throw CommandError(
                .usage, "--gateway and --context name the same thing in two ways.", remedy: "Leave one of them out.")
        }
        if let gateway = wishes.gateway { return try place(at: gateway, wishes) }
        if let name = wishes.context { return try place(named: name, wishes) }
        if isLocalTyped { return nil }
        if let gateway = variable("PULSE_GATEWAY") { return try place(at: gateway, wishes) }
        if let name = variable("PULSE_CONTEXT") { return try place(named: name, wishes) }
        if variable("PULSE_CONFIG") != nil { return nil }
        return try contexts().current.flatMap { try place(named: $0, wishes) }
    }

    package func contexts() throws -> RemoteContexts { try RemoteContexts.read(path: context.contextsPath) }

    /// Refuses what only works on this machine's own files when a gateway is meant.
    ///
    /// - Parameter what: The command as the beginning of a sentence.
    package func requireLocal(_ wishes: SettingsWishes, _ what: String) throws {
        guard let place = try remote(wishes) else { return }
        throw CommandError(
            .usage, "\(what) is about this machine, and commands go to \(place.shown).",
            remedy: "Add `--context local` for this machine, or give the command where that Pulse runs.")
    }

    private func place(at typed: String, _ wishes: SettingsWishes) throws -> RemotePlace {
        let address = try GatewayAddress(typed)
        // What is known of a gateway holds however it was named.
        let known = try contexts().all.first { known in
            known.gateway == address.url
                && (wishes.tenant == nil || known.tenant == nil || known.tenant == wishes.tenant)
        }
        return RemotePlace(
            address, name: known?.name, tenant: wishes.tenant ?? known?.tenant, caFile: known?.caFile,
            isReadOnly: known?.isReadOnly ?? false, token: variable("PULSE_TOKEN"))
    }

    private func place(named name: String, _ wishes: SettingsWishes) throws -> RemotePlace? {
        if name == RemoteContexts.local { return nil }
        let contexts = try contexts()
        guard let known = contexts[name] else { throw Self.unknown(name, among: contexts) }
        return RemotePlace(
            try GatewayAddress(known.gateway), name: known.name, tenant: wishes.tenant ?? known.tenant,
            caFile: known.caFile, isReadOnly: known.isReadOnly)
    }

    static func unknown(_ name: String, among contexts: RemoteContexts) -> CommandError {
        let meant = nearestName(to: name, among: contexts.all.map(\.name)).map { "Did you mean \($0)? " } ?? ""
        return CommandError(
            .usage, "There is no context \(name).",
            remedy: "\(meant)`pulse context` lists those there are; `pulse login URL` makes one.")
    }

    private func variable(_ name: String) -> String? { context.environment[name].flatMap { $0.isEmpty ? nil : $0 } }
}
