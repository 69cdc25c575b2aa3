import PulseAssembly
import PulseConfiguration
import PulseControl
package import PulseDomain

/// The engine of a configuration at work while something serves it to others: `pulse-server`.
package enum ServedEngine {
    /// Claims the store as `pulse run` does, runs the engine beside `serving`, and ends it at page boundaries when that
    /// returns.
    ///
    /// Throws `CommandError` when another process has the store, what opening throws, and what `serving` throws.
    package static func run(
        _ wishes: SettingsWishes, context: CommandContext,
        serving: @escaping @Sendable (_ tenant: TenantID, _ operations: any Operations) async throws -> Void
    ) async throws {
        let settings = try SettingsFinder(context).settings(wishes)
        let finder = EngineFinder(context)
        let session = try await finder.session(settings, try await finder.claim(settings.store))
        let operations = session.embedded.engine
        try await session.run { _ in
            try await serving(settings.configuration.tenant, operations)
        } telling: {
            context.output.note($0)
        }
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
