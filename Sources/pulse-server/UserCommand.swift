import ArgumentParser
import Foundation
import PulseArguments
import PulseCommands
import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseGateway

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Says who may come in; also beside a running gateway.",
        subcommands: [
            List.self, Add.self, RoleChange.self, Password.self, Disable.self, Enable.self, Remove.self,
        ])

    /// Opens the accounts for one act. Only who adds somebody makes them where there are none.
    ///
    /// - Parameter none: What there is to say then instead of an error.
    fileprivate static func act(
        _ folder: DataFolder, makesAccounts: Bool = false, orTelling none: String? = nil,
        _ body: (UserAdministration) async throws -> Void
    ) async throws {
        let (file, time) = (folder.accounts, SystemClock())
        let there =
            makesAccounts
            ? try UserAdministration(file: file, time: time)
            : try UserAdministration.existing(file: file, time: time)
        guard let users = there else {
            if let none { return Telling.tell(none) }
            throw CommandError(.failed, "There are no accounts at \(file) yet.", remedy: ways)
        }
        do { try await body(users) } catch {
            await users.close()
            throw error
        }
        await users.close()
    }

    /// How somebody comes to be there.
    fileprivate static let ways =
        "`pulse-server user add NAME --role ROLE` adds somebody; the first start of `pulse-server gateway` makes the "
        + "administrator `admin`. Accounts elsewhere are named with --data."

    fileprivate static func show(_ sentence: String) throws { try CommandContext.current.output.say(sentence) }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists users, their roles and last logins.")
        @OptionGroup var folder: DataFolder
        @OptionGroup var file: ConfigurationFileOption

        func run() async throws {
            let nobody = "Nobody may come in yet. \(UserCommand.ways)"
            try await UserCommand.act(folder, orTelling: nobody) { users in
                let all = try await users.list()
                guard !all.isEmpty else { return Telling.tell(nobody) }
                let output = CommandContext.current.output
                try output.print(
                    TextTable(["USER", "ROLES", "STATE", "LAST LOGIN"], rows: all.map(\.row)).text(
                        output, least: 4_096, empty: ""))
                let served = try await file.served(users)
                for user in all {
                    if let warning = served.warning(user.name, in: user.roles.keys) {
                        Telling.tell("pulse: \(warning)")
                    }
                }
            }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds a user, or gives one that is there a role in another tenant. Prints a one-time password.")
        @OptionGroup var folder: DataFolder
        @OptionGroup var file: ConfigurationFileOption
        @OptionGroup fileprivate var place: RoleInTenant
        @Argument var name: String

        func run() async throws {
            // Before accounts are made.
            try UserAdministration.check(name: name)
            let configured = try file.tenant()
            if let typed = place.tenant, !FileManager.default.fileExists(atPath: folder.accounts) {
                try ServedTenants(noted: [], configured: configured).check(TenantID(typed))
            }
            try await UserCommand.act(folder, makesAccounts: true) { users in
                let served = try await file.served(users)
                let (role, tenant) = (place.role, try await file.tenant(place.tenant, users))
                try served.check(tenant)
                let password = try await users.add(name, as: role, in: tenant)
                try UserCommand.show(
                    password.map { "One-time password of \(name), \(role.rawValue) of \(tenant): \($0)" }
                        ?? "\(name) is \(role.rawValue) of \(tenant) now, with the same password.")
                if let warning = served.warning(name, in: [tenant]) { Telling.tell("pulse: \(warning)") }
            }
        }
    }

    struct RoleChange: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "role", abstract: "Changes what a user may do in a tenant.")
        @OptionGroup var folder: DataFolder
        @OptionGroup var file: ConfigurationFileOption
        @OptionGroup fileprivate var place: RoleInTenant
        @Argument var name: String

        func run() async throws {
            _ = try file.tenant()
            try await UserCommand.act(folder) { users in
                let (role, tenant) = (place.role, try await file.tenant(place.tenant, users))
                try await users.setRole(name, to: role, in: tenant)
                try UserCommand.show("\(name) is \(role.rawValue) of \(tenant) from now on.")
            }
        }
    }

    struct Password: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives a user a one-time password; every session of the user ends.")
        @OptionGroup var folder: DataFolder
        @OptionGroup var file: ConfigurationFileOption
        @Argument var name: String

        func run() async throws {
            try await UserCommand.act(folder) { users in
                try UserCommand.show("One-time password of \(name): \(try await users.resetPassword(of: name))")
                try await file.warn(of: name, users)
            }
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keeps a user out; every session ends within seconds.")
        @OptionGroup var folder: DataFolder
        @Argument var name: String

        func run() async throws {
            try await UserCommand.act(folder) { users in
                try await users.setDisabled(name, true)
                try UserCommand.show("\(name) may not come in any more; every session ends within seconds.")
            }
        }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lets a disabled user in again.")
        @OptionGroup var folder: DataFolder
        @OptionGroup var file: ConfigurationFileOption
        @Argument var name: String

        func run() async throws {
            try await UserCommand.act(folder) { users in
                try await users.setDisabled(name, false)
                try UserCommand.show("\(name) may come in again.")
                try await file.warn(of: name, users)
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Removes a user with all sessions and tokens.")
        @OptionGroup var folder: DataFolder
        @Argument var name: String

        func run() async throws {
            try await UserCommand.act(folder) { users in
                try await users.remove(name)
                try UserCommand.show("\(name) is removed, with every session and token.")
            }
        }
    }
}

/// What a user may do, and where.
private struct RoleInTenant: ParsableArguments {
    @Option(help: ArgumentHelp("What the user may do.", valueName: "role")) var role: Role
    @Option(
        help: ArgumentHelp(
            "The tenant; otherwise that of the configuration, or the one that the gateway serves.", valueName: "tenant")
    )
    var tenant: String?
}

extension ConfigurationFileOption {
    /// That of the configuration; `nil`: none was found. Throws `ConfigurationProblems`.
    fileprivate func tenant() throws -> TenantID? {
        let finder = SettingsFinder(.current)
        return try finder.path(SettingsWishes(config: config)).map { try SettingsFinder.read($0).tenant }
    }

    /// The tenant that is meant: what was typed, else that of a configuration that was named, else the one served.
    fileprivate func tenant(_ typed: String?, _ users: UserAdministration) async throws -> TenantID {
        if let named = try typed.map({ TenantID($0) }) ?? (config == nil ? nil : tenant()) { return named }
        return try await served(users).usual()
    }

    fileprivate func served(_ users: UserAdministration) async throws -> ServedTenants {
        ServedTenants(noted: try await users.served(), configured: try tenant())
    }

    /// Tells when nothing that a user belongs to is served.
    fileprivate func warn(of name: String, _ users: UserAdministration) async throws {
        let tenants = try await users.tenants(of: name)
        if let warning = try await served(users).warning(name, in: tenants) { Telling.tell("pulse: \(warning)") }
    }
}

extension User {
    fileprivate var row: [String] {
        let roles = roles.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.rawValue)" }
        let state = isDisabled ? "disabled" : mustChangePassword ? "one-time password" : "active"
        return [name, roles.joined(separator: " "), state, lastLoginAt?.iso8601ToSecond ?? "never"]
    }
}

extension Role: ExpressibleByArgument {}
