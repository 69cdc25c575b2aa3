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
        // `--context local` says what --config and --store say.
        if wishes.gateway != nil || wishes.context.map({ $0 != RemoteContexts.local }) ?? false, isLocalTyped {
            throw CommandError(
                .usage, "--gateway and --context name a team's Pulse, --config and --store this machine's.",
                remedy: "Leave one of them out.")
        }
        guard wishes.gateway == nil || wishes.context == nil else {
            throw CommandError(
                .usage, "--gateway and --context name the same thing in two ways.", remedy: "Leave one of them out.")
        }
        if let gateway = wishes.gateway { return try place(at: gateway, tenant: wishes.tenant) }
        if let name = wishes.context { return try place(named: name, wishes) }
        if isLocalTyped { return nil }
        if let gateway = variable("PULSE_GATEWAY") { return try place(at: gateway, tenant: wishes.tenant) }
        if let name = variable("PULSE_CONTEXT") { return try place(named: name, wishes) }
        if variable("PULSE_CONFIG") != nil { return nil }
        let present = try contexts().current.flatMap { try place(named: $0, wishes) }
        // Somebody else's login would do what the token was meant for.
        guard present == nil || variable("PULSE_TOKEN") == nil else {
            throw CommandError(
                .usage, "PULSE_TOKEN is set, and not where it is for: it is never sent to a context's gateway.",
                remedy: "Set PULSE_GATEWAY, or give --gateway URL; with --context NAME the context's own login is used."
            )
        }
        return present
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

    /// The gateway at an address. What is known of it holds however it was named: of several contexts there the current
    /// one decides, or `name`. Throws `CommandError` where none does, because each has a login of its own.
    ///
    /// - Parameter name: The context that is meant, which need not be there yet; `nil`: none was named.
    func place(at typed: String, tenant: TenantID?, named name: String? = nil) throws -> RemotePlace {
        let address = try GatewayAddress(typed)
        let token = variable("PULSE_TOKEN")
        let contexts = try contexts()
        let there = contexts.all.filter { known in
            known.gateway == address.url && (tenant == nil || known.tenant == nil || known.tenant == tenant)
        }
        let chosen = there.first { $0.name == name ?? contexts.current }
        guard chosen != nil || there.count < 2 || name != nil || token != nil else {
            let names = there.map(\.name)
            throw CommandError(
                .usage,
                "The contexts \(names.dropLast().joined(separator: ", ")) and \(names[names.count - 1]) are "
                    + "all at \(address), each with a login of its own.",
                remedy: "Name the one that is meant: --context NAME.")
        }
        let known = chosen ?? there.first
        // A token is of the tenant that it was made in, whatever the contexts there are about.
        return RemotePlace(
            address, name: name ?? known?.name, tenant: token == nil ? tenant ?? known?.tenant : tenant,
            // By what a gateway is trusted does not depend on whose context it is.
            caFile: known?.caFile ?? contexts.all.first { $0.gateway == address.url && $0.caFile != nil }?.caFile,
            isReadOnly: known?.isReadOnly ?? false, token: token)
    }

    /// The gateway that somebody logs in at, or out of. Throws `CommandError` where this machine is meant.
    ///
    /// - Parameter remedy: What to do then.
    func team(_ wishes: SettingsWishes, orElse remedy: String) throws -> RemotePlace {
        if let place = try remote(wishes) { return place }
        throw CommandError(.usage, "The present context is this machine, where nobody logs in.", remedy: remedy)
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
