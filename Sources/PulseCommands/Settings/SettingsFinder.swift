import Foundation
package import PulseConfiguration
import PulseConsole
package import PulseDomain
import PulseEngine
import PulseHTTP
import PulsePostgres

/// Which configuration and store, or whose gateway, a command is about, as it was typed.
package struct SettingsWishes: Sendable, Hashable {
    /// Path of a configuration file; `nil`: the usual places.
    package var config: String?
    /// `sqlite:PATH`, a path, or what libpq reads as a connection string; `nil`: what the configuration says.
    package var store: String?
    /// Whose data is meant, in a store of several; `nil`: what the configuration says.
    package var tenant: TenantID?
    /// The address of a team's Pulse, instead of a configuration and store here; `nil`: what the context says.
    package var gateway: String?
    /// Name of a context; `nil`: the current one.
    package var context: String?

    package init(
        config: String? = nil, store: String? = nil, tenant: TenantID? = nil, gateway: String? = nil,
        context: String? = nil
    ) {
        self.config = config
        self.store = store
        self.tenant = tenant
        self.gateway = gateway
        self.context = context
    }

    /// `pulse` with these options, for a shell: what is advised is about the same store.
    var program: String {
        let options = [
            ("--config", config), ("--store", shownStore), ("--tenant", tenant?.rawValue), ("--gateway", gateway),
            ("--context", context),
        ]
        return (["pulse"] + options.flatMap { name, value in value.map { [name, $0] } ?? [] })
            .map(ShellWord.quoted).joined(separator: " ")
    }

    /// The store as it may be shown: a password is not repeated.
    private var shownStore: String? {
        guard let store, PostgresSettings.isConnectionString(store) else { return store }
        return PostgresSettings(connection: store).withoutPassword
    }
}

/// A configuration with where it was found, and its store.
package struct Settings: Sendable {
    package var configuration: Configuration
    /// Path of the file; `nil` for those that Pulse makes up itself (demo, explore).
    package var file: String?
    package var store: StoreReference

    package init(configuration: Configuration, file: String?, store: StoreReference) {
        self.configuration = configuration
        self.file = file
        self.store = store
    }
}

extension Configuration {
    /// What its sources are reached through.
    func transport() -> CurlTransport { CurlTransport(configuration: .init(extraCAFile: caFile)) }
}

/// Finds and reads configurations.
package struct SettingsFinder: Sendable {
    private let environment: [String: String]
    private let folders: UserFolders

    package init(_ context: CommandContext) {
        environment = context.environment
        folders = context.folders
    }

    /// Where a configuration is looked for when none is named: `$PULSE_CONFIG`, then the user's folder.
    ///
    /// A `pulse.yaml` in the present folder is not used by itself: it may name commands that are run for tokens, and
    /// somebody else may have put it there.
    package var usualPath: String {
        if let path = environment["PULSE_CONFIG"], !path.isEmpty { return path }
        return folders.configuration + "/pulse.yaml"
    }

    /// The configuration's path; `nil` when none is named and there is none in the usual place.
    package func path(_ wishes: SettingsWishes) -> String? {
        if let path = wishes.config { return path }
        if let path = environment["PULSE_CONFIG"], !path.isEmpty { return path }
        return FileManager.default.fileExists(atPath: usualPath) ? usualPath : nil
    }

    /// Reads and checks it. Throws `ConfigurationProblems`, or `CommandError` when there is none.
    package func settings(_ wishes: SettingsWishes) throws -> Settings { try settings(wishes, orElse: missing) }

    /// - Parameter missing: What is thrown when there is none.
    func settings(_ wishes: SettingsWishes, orElse missing: @autoclosure () -> CommandError) throws -> Settings {
        guard let path = path(wishes) else { throw missing() }
        let configuration = try Self.read(path)
        return Settings(
            configuration: configuration, file: path,
            store: try store(wishes, configuration.store))
    }

    package static func read(_ path: String) throws -> Configuration {
        try ConfigurationReader.read(path: path) { definition in
            do throws(CronExpression.ParseError) {
                _ = try Schedule(definition)
                return nil
            } catch {
                return error.sentence
            }
        }
    }

    /// The store: the one typed, the one configured, or the one in the data folder.
    package func store(_ wishes: SettingsWishes, _ configured: StoreReference?) throws -> StoreReference {
        let here = URL(fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true)
        var reference = configured
        if let typed = wishes.store {
            do throws(ConfigurationProblem) {
                reference = try StoreReference(typed, relativeTo: here)
            } catch {
                throw CommandError(.usage, error.sentence, remedy: error.remedy)
            }
        }
        return reference ?? .sqlite(path: folders.data + "/pulse.db")
    }

    /// Ends the sentence that the ways in follow.
    static let waysIn = "There are four ways in:"

    /// Nothing is configured: the ways in.
    private var missing: CommandError {
        let isHere = FileManager.default.fileExists(atPath: "pulse.yaml")
        return CommandError(
            .usage,
            lines: [
                "No configuration was found at \(usualPath). \(Self.waysIn)",
                "  pulse demo                 shows everything on simulated sources; nothing to set up",
                "  pulse explore PATH…        loads the git repositories below a folder",
                isHere
                    ? "  pulse --config pulse.yaml  uses the pulse.yaml in this folder"
                    : "  pulse --config FILE        uses a configuration; `pulse config example` prints one",
                "  pulse login URL            shows a team's Pulse",
            ])
    }
}
