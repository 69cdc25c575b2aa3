import PulseConfiguration
import PulseControl
import PulseDomain
import PulsePostgres
import PulseStore

/// Which store `pulse store …` is about, and whose data in it.
struct StoreChoice {
    let store: StoreReference
    /// `nil` when neither the configuration nor the person said it.
    let tenant: TenantID?

    /// Throws `CommandError` or `ConfigurationProblems`.
    init(_ wishes: SettingsWishes, _ context: CommandContext) throws {
        try PlaceFinder(context).requireLocal(wishes, "`pulse store`")
        let finder = SettingsFinder(context)
        guard wishes.store == nil || finder.path(wishes) != nil else {
            (store, tenant) = (try finder.store(wishes, nil), wishes.tenant)
            return
        }
        let settings = try finder.settings(wishes)
        let configured = settings.configuration.tenant
        if let wanted = wishes.tenant, wanted != configured {
            throw EngineFinder.otherTenant(wanted, than: configured, said: "The configuration is")
        }
        (store, tenant) = (settings.store, configured)
    }

    /// As the configuration calls the tenant where it says nothing.
    static let usualTenant: TenantID = "local"

    /// Takes a file's lock, or looks whether a database can be used. Throws `CommandError` when an engine runs on a
    /// file.
    static func claim(_ store: StoreReference, _ context: CommandContext, for what: String) async throws -> StoreClaim {
        switch try await EngineFinder(context).find(store) {
        case .free(let claim): return claim
        case .held(_, let holder):
            throw CommandError(
                .unreachable, "Process \(holder.pid) runs an engine on \(store.location), which cannot be \(what).",
                remedy: "End it and try again.")
        }
    }
}
