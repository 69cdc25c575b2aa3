import PulseAssembly
import PulseConfiguration
import PulseControl
package import PulseDomain

/// The engine of a configuration at work while something serves it to others: `pulse-server`.
package enum ServedEngine {
    /// What serves it: a command of `pulse-server`.
    package enum Server: String, Sendable { case gateway, engine }

    /// Claims the store as `pulse run` does, runs the engine beside `serving`, and ends it at page boundaries when that
    /// returns. What is missing for some of its work is told before.
    ///
    /// Throws `CommandError` when there is no configuration, or another process has the store, what opening throws, and
    /// what `serving` throws.
    package static func run(
        _ wishes: SettingsWishes, _ server: Server, context: CommandContext,
        serving: @escaping @Sendable (_ tenant: TenantID, _ operations: any Operations) async throws -> Void
    ) async throws {
        let finder = SettingsFinder(context)
        let settings = try finder.settings(wishes, orElse: missing(at: finder.usualPath, server))
        for secret in settings.configuration.missingSecrets(context.environment) {
            context.output.note("pulse: \(secret.warning)")
        }
        let engines = EngineFinder(context)
        let session = try await engines.session(settings, try await engines.claim(settings.store))
        let operations = session.embedded.engine
        try await session.run { _ in
            try await serving(settings.configuration.tenant, operations)
        } telling: {
            context.output.note($0)
        }
    }

    /// Nothing is configured: what a server can be started with.
    static func missing(at path: String, _ server: Server) -> CommandError {
        let ways = [
            "  pulse-server \(server == .gateway ? "gateway --embedded" : "engine --internal-key FILE") --config FILE",
            "      uses a configuration; `pulse config example` prints one to begin with",
            "  pulse-server sandbox > sandbox.yaml",
            "      serves simulated sources to try it on, and writes the configuration for them",
        ]
        let before = [
            "  pulse-server gateway --engine URL --internal-key FILE",
            "      needs none: it stands before engines that run elsewhere",
        ]
        return CommandError(
            .usage,
            lines: ["No configuration was found at \(path). The ways in:"] + ways + (server == .gateway ? before : []))
    }
}

extension EngineFinder {
    /// The store, for an engine of this process. Throws `CommandError` when another process runs one on it.
    func claim(_ store: StoreReference) async throws -> StoreClaim {
        try Self.makeFolder(of: store)
        switch try await find(store) {
        case .free(let claim): return claim
        case .held(_, let other):
            throw CommandError(
                .unreachable,
                "The store is held by Pulse \(other.version), process \(other.pid), which runs the engine.",
                remedy: "Use `pulse start JOB` to start a job there, or end that process.")
        }
    }
}
