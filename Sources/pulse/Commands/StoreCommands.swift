import ArgumentParser
import PulseArguments
import PulseCommands
import PulseDomain

struct StoreCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Makes, renews, looks at, checks and copies the store; takes a tenant out of it.",
        subcommands: [
            Init.self, Migrate.self, Status.self, Verify.self, Tenants.self, Analysts.self, Copy.self,
        ])

    struct Init: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes the tables; says which rights are missing, with the SQL for an administrator.")

        @OptionGroup var options: StoreOptions

        @Flag(help: "Only tell what would be made.")
        var dryRun = false

        func run() async throws { try await options.command.migrate(isDryRun: dryRun) }
    }

    struct Migrate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Brings the tables up to date; every start does that, too.")

        @OptionGroup var options: StoreOptions

        @Flag(help: "Only tell what would change.")
        var dryRun = false

        func run() async throws { try await options.command.migrate(isDryRun: dryRun) }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows server, schema, tenants, and the tables with rows and sizes. Changes nothing.")

        @OptionGroup var options: StoreOptions

        func run() async throws { try await options.command.status() }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks that everything agrees with everything else; ends with 1 when something is wrong.")

        @OptionGroup var options: StoreOptions

        @Flag(help: "Tell every check; what is wrong is always told.")
        var verbose = false

        func run() async throws { try await options.command.verify(isVerbose: verbose).end() }
    }

    struct Tenants: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists whose data is in the store, with counts; removes a tenant's for good.",
            subcommands: [List.self, Remove.self], defaultSubcommand: List.self)

        struct List: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Lists whose data is in the store, with counts, and whose was removed from it.")

            @OptionGroup var options: StoreOptions

            func run() async throws { try await options.tenants.list() }
        }

        struct Remove: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Removes everything of a tenant: data, former versions, pages, runs, log and audit.",
                discussion: """
                    It asks for the tenant's name to be typed. Rows go in batches; when it is interrupted, the same command \
                    goes on. What stays is who did it, when and why. No engine of the tenant may run.
                    """)

            @OptionGroup var options: StoreOptions

            @Argument(help: "The tenant.")
            var name: String

            @Option(help: ArgumentHelp("Why: kept beside the name.", valueName: "text"))
            var reason = "no reason given"

            @Flag(help: "Do not ask.")
            var yes = false

            @Flag(help: "Only tell what would be removed.")
            var dryRun = false

            func run() async throws {
                try await options.tenants.remove(
                    TenantID(name), because: reason, isConfirmed: yes, isDryRun: dryRun
                ).end()
            }
        }
    }

    struct Analysts: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the roles that read a PostgreSQL store's tenant and nothing else; adds and removes them.")

        @OptionGroup var options: StoreOptions

        @Option(help: ArgumentHelp("Let this role read.", valueName: "role"))
        var add: String?

        @Option(help: ArgumentHelp("Take that back; the role stays.", valueName: "role"))
        var remove: String?

        @Option(help: ArgumentHelp("Why: kept in the audit.", valueName: "text"))
        var reason = "no reason given"

        func run() async throws {
            try await options.command.analysts(adding: add, removing: remove, because: reason).end()
        }
    }

    struct Copy: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Moves an SQLite file into a PostgreSQL database: everything, compared at the end.",
            discussion: """
                Nothing may run on the file meanwhile. A copy that was interrupted goes on where it ended when it is \
                given again; a complete one is only compared. It ends with 1 when the content is not the same. Where the \
                configuration is another tenant's, or the database has data of others only, it asks first.
                """)

        @OptionGroup var printing: PrintingOptions

        @Option(
            help: ArgumentHelp(
                "Whose tenant the copied one is compared with; otherwise $PULSE_CONFIG, or the user's.",
                valueName: "file"), completion: .file())
        var config: String?

        @Option(help: ArgumentHelp("Whose data, where the file holds that of several.", valueName: "tenant"))
        var tenant: String?

        @Flag(help: "Remove what an unfinished copy left, and begin again.")
        var restart = false

        @Flag(help: "Do not ask, whoever else's data is there.")
        var yes = false

        @Flag(help: "Only tell what would be copied.")
        var dryRun = false

        @Flag(help: "Print JSON.")
        var json = false

        @Argument(help: "The file.", completion: .file())
        var from: String

        @Argument(help: "The database: postgres://USER@HOST/DATABASE.")
        var to: String

        func run() async throws {
            let copying = StoreCopying(
                .init(
                    source: from, target: to, config: config, tenant: tenant.map { TenantID($0) }, isRestarted: restart,
                    isConfirmed: yes, isDryRun: dryRun, isJSON: json),
                context: printing.context)
            try await copying.run().end()
        }
    }
}

/// For commands about a store itself, which work on this machine only.
struct StoreOptions: ParsableArguments {
    @Option(name: .customLong("config"), help: .configurationFile, completion: .file())
    var config: String?

    @Option(help: .store, completion: .file())
    var store: String?

    @Option(
        help: ArgumentHelp(
            "Whose data, where no configuration says it and the store holds that of several.", valueName: "tenant"))
    var tenant: String?

    // Taken all the same, so that it is said why it leads nowhere.
    @Option(help: ArgumentHelp("Refused: stores are looked after where they are.", visibility: .hidden))
    var gateway: String?

    @Option(
        name: .customLong("context"),
        help: ArgumentHelp(
            "`local`: this machine's store, also where commands go to a team's Pulse.", valueName: "local"))
    var contextName: String?

    @OptionGroup var printing: PrintingOptions

    @Flag(help: "Print JSON: stable keys, times in ISO 8601, null where there is nothing.")
    var json = false

    private var wishes: SettingsWishes {
        SettingsWishes(
            config: config, store: store, tenant: tenant.map { TenantID($0) }, gateway: gateway, context: contextName)
    }
    fileprivate var tenants: StoreTenants { StoreTenants(printing.context, wishes, isJSON: json) }
    fileprivate var command: StoreCommand { StoreCommand(printing.context, wishes, isJSON: json) }
}
