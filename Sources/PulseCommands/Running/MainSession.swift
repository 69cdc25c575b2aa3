import PulseAssembly
import PulseConfiguration
import PulseControl
import PulseDomain

/// `pulse`: the console on a team's Pulse, or on the configured sources, with the engine in this process or in the one
/// that holds the store.
package enum MainSession {
    package static func run(
        _ wishes: SettingsWishes, console: ConsoleSession.Wishes, context: CommandContext
    ) async throws -> ExitStatus {
        if let place = try PlaceFinder(context).remote(wishes) {
            return try await ConsoleSession.remote(place, console, context: context)
        }
        let finder = EngineFinder(context)
        let files = SettingsFinder(context)
        // With the store named, a running engine can be joined without knowing its configuration.
        let isStoreAlone = wishes.store != nil && files.path(wishes) == nil
        let settings = isStoreAlone ? nil : try files.settings(wishes)
        let store = try settings?.store ?? files.store(wishes, nil)
        if settings != nil { try EngineFinder.makeFolder(of: store) }
        var console = console
        console.theme = console.theme ?? settings?.configuration.theme
        switch try await finder.find(store) {
        case .held(let client, let holder):
            return try await ConsoleSession.join(client, of: holder, console, context: context)
        case .free(let claim):
            guard let settings else { throw EngineFinder.nobodyKnows(store) }
            return try await ConsoleSession(console, isEmbedded: true, context: context)
                .run(opening: "Opening the store…") { try await finder.session(settings, claim) }
        }
    }
}
