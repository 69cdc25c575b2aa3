import ArgumentParser
import PulseDomain
import PulseEngine
import PulseGateway

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Says who may come in; also beside a running gateway.",
        subcommands: [
            List.self, Add.self, Password.self, Disable.self, Enable.self, Remove.self,
        ])

    /// Opens the accounts for one act.
    fileprivate static func act(
        _ folder: DataFolder, _ body: (UserAdministration) async throws -> Void
    ) async throws {
        try await Telling.failures {
            let users = try UserAdministration(file: folder.accounts, time: SystemClock())
            do { try await body(users) } catch {
                await users.close()
                throw error
            }
            await users.close()
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists users, their roles and last logins.")
        @OptionGroup var folder: DataFolder

        func run() async throws {
            try await UserCommand.act(folder) { users in
                for user in try await users.list() {
                    let roles = user.roles.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.rawValue)" }
                    let state = user.isDisabled ? "disabled" : user.mustChangePassword ? "one-time password" : "active"
                    let login = user.lastLoginAt.map { $0.iso8601 } ?? "never logged in"
                    print([user.name, roles.joined(separator: " "), state, login].joined(separator: "\t"))
                }
            }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds a user, or gives one that is there a role in another tenant. Prints a one-time password.")
        @OptionGroup var folder: DataFolder
        @Option(help: ArgumentHelp("viewer, operator or admin.", valueName: "role")) var role: Role
        @Option(help: ArgumentHelp("The tenant, as the configuration names it.", valueName: "tenant"))
        var tenant = "local"
        @Argument var name: String

        func run() async throws {
            try await UserCommand.act(folder) { users in
                let password = try await users.add(name, as: role, in: TenantID(tenant))
                print(
                    password.map { "One-time password of \(name): \($0)" }
                        ?? "\(name) is \(role.rawValue) of \(tenant) now, with the same password.")
            }
        }
    }

    struct Password: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives a user a one-time password; every session of the user ends.")
        @OptionGroup var folder: DataFolder
        @Argument var name: String

        func run() async throws {
            try await UserCommand.act(folder) { users in
                print("One-time password of \(name): \(try await users.resetPassword(of: name))")
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
                print("\(name) may not come in any more; every session ends within seconds.")
            }
        }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lets a disabled user in again.")
        @OptionGroup var folder: DataFolder
        @Argument var name: String

        func run() async throws {
            try await UserCommand.act(folder) { users in
                try await users.setDisabled(name, false)
                print("\(name) may come in again.")
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
                print("\(name) is removed, with every session and token.")
            }
        }
    }
}

extension Role: ExpressibleByArgument {}
