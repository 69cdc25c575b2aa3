import PulseAssembly
import PulseConfiguration
import PulseControl
import PulseDomain

/// `pulse`: the console on the configured sources, with the engine in this process, or in the one that holds the store.
package enum MainSession {
    package static func run(
        _ wishes: SettingsWishes, console: ConsoleSession.Wishes, context: CommandContext
    ) async throws -> ExitStatus {
        let finder = EngineFinder(context)
        let files = SettingsFinder(context)
        // With the store named, a running engine can be joined without knowing its configuration.
        let isStoreAlone = wishes.store != nil && files.path(wishes) == nil
        let settings = isStoreAlone ? nil : try files.settings(wishes)
        let path = try settings?.databasePath ?? files.databasePath(wishes, nil)
        if settings != nil { try EngineFinder.makeFolder(of: path) }
        var console = console
        console.theme = console.theme ?? settings?.configuration.theme
        switch try await finder.find(path) {
        case .held(let client, let holder):
            context.output.note(
                "The store is held by process \(holder.pid): this console drives the engine that runs there.")
            return try await ConsoleSession(console, isEmbedded: false, context: context).run(on: client)
        case .free(let holder):
            guard let settings else { throw EngineFinder.nobodyKnows(path) }
            return try await embedded(settings, holder, finder, console, context)
        }
    }

    private static func embedded(
        _ settings: Settings, _ holder: StoreHolder, _ finder: EngineFinder, _ wishes: ConsoleSession.Wishes,
        _ context: CommandContext
    ) async throws -> ExitStatus {
        let console = try ConsoleSession(wishes, isEmbedded: true, context: context)
        return try await console.run(opening: "Opening the store…") {
            let opened = try await finder.open(settings, holder: holder)
            let server = finder.server(for: opened, databasePath: settings.databasePath)
            return EngineSession(opened.embedded, server: server, holder: holder)
        } isEnding: {
            context.output.note("Finishing the pages under way…")
        }
    }
}
