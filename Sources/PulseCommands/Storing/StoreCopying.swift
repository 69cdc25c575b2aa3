import Foundation
import PulseConfiguration
package import PulseDomain
import PulsePostgres
import PulseStore

/// `pulse store copy`: moves an SQLite file into PostgreSQL.
package struct StoreCopying: Sendable {
    package struct Wishes: Sendable, Hashable {
        package var source: String
        package var target: String
        /// Path of the configuration whose tenant is expected; `nil`: the usual places.
        package var config: String?
        /// `nil`: the only one that the source has.
        package var tenant: TenantID?
        /// Whether what an unfinished copy left is removed first.
        package var isRestarted: Bool
        /// Whether nobody is asked before data of another tenant comes to the target.
        package var isConfirmed: Bool
        package var isDryRun: Bool
        package var isJSON: Bool

        package init(
            source: String, target: String, config: String? = nil, tenant: TenantID? = nil, isRestarted: Bool = false,
            isConfirmed: Bool = false, isDryRun: Bool = false, isJSON: Bool = false
        ) {
            self.source = source
            self.target = target
            self.tenant = tenant
            self.config = config
            self.isRestarted = isRestarted
            self.isConfirmed = isConfirmed
            self.isDryRun = isDryRun
            self.isJSON = isJSON
        }
    }

    private let wishes: Wishes
    private let context: CommandContext

    package init(_ wishes: Wishes, context: CommandContext) {
        self.wishes = wishes
        self.context = context
    }

    /// Copies and compares; `failed` when the target is not the same.
    package func run() async throws -> ExitStatus {
        let finder = SettingsFinder(context)
        let from = try finder.store(SettingsWishes(store: wishes.source), nil)
        let to = try finder.store(SettingsWishes(store: wishes.target), nil)
        guard case .sqlite(let path) = from, case .postgres(let settings) = to else {
            throw CommandError(
                .usage, "A copy goes from an SQLite file to a PostgreSQL database.",
                remedy: "As in `pulse store copy pulse.db postgres://USER@HOST/DATABASE`.")
        }
        guard FileManager.default.fileExists(atPath: path) else {
            throw CommandError(
                .usage, "There is no file \(path).", remedy: "`pulse config path` tells where stores are.")
        }
        guard Self.isDatabase(path) else {
            throw CommandError(
                .usage, "\(path) is not a database of Pulse.",
                remedy:
                    "The file comes first, then the database: `pulse store copy pulse.db postgres://USER@HOST/DATABASE`."
            )
        }
        let claim = try await StoreChoice.claim(from, context, for: "copied")
        let tenants = try await claim.tenants(including: wishes.tenant)
        let tenant = try EngineFinder.chosen(wishes.tenant, among: tenants, from)
        let target = try await StoreChoice.claim(to, context, for: "written to")
        let source = try await SQLiteStore.open(.file(path), tenant: tenant)
        let report: StoreCopy.Report
        do {
            let plan = try await CopyPlan(source, to: settings, context, SettingsWishes(config: wishes.config))
            guard !wishes.isDryRun else {
                try tell(plan)
                await source.close()
                return .ok
            }
            for line in plan.warnings { context.output.note(line) }
            guard plan.question == nil || wishes.isConfirmed || isConfirmed(plan) else {
                await source.close()
                return .refused
            }
            report = try await copy(source, settings, tenant)
        } catch {
            await source.close()
            throw error
        }
        await source.close()
        withExtendedLifetime((claim, target)) {}
        return try tell(report, tenant, to: settings)
    }

    /// Whether it begins as every SQLite file does (sqlite.org/fileformat.html): nothing is left beside a file of others.
    private static func isDatabase(_ path: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else { return true }
        defer { try? file.close() }
        // What cannot be read is told by who opens it.
        guard let head = try? file.read(upToCount: 16) else { return true }
        return head.isEmpty || head == Data("SQLite format 3\u{0}".utf8)
    }

    private func tell(_ plan: CopyPlan) throws {
        try context.output.print(
            wishes.isJSON ? try JSONText.document(JSONObject(plan)) : plan.text(context.output))
    }

    /// Whether a person says that the tenant is meant to come there.
    private func isConfirmed(_ plan: CopyPlan) -> Bool {
        if let question = plan.question { context.output.note(question) }
        return Confirmation(context.output).asks(toType: plan.tenant.rawValue)
    }

    private func copy(
        _ source: SQLiteStore, _ settings: PostgresSettings, _ tenant: TenantID
    ) async throws -> StoreCopy.Report {
        let target = try await PostgresStore.open(settings, tenant: tenant)
        let line = StoreProgressLine(context.output)
        do {
            let report = try await StoreCopy(from: source, to: target)
                .run(
                    restarting: wishes.isRestarted,
                    as: .new(by: context.principal, because: "pulse store copy from \(source.location)")
                ) { line.show($0) }
            line.end()
            await target.close()
            return report
        } catch let error as StoreError where error.isOutage {
            line.end()
            await target.close()
            throw CommandError(
                .unreachable, error.sentence,
                remedy: "Give the command again when it answers: it goes on where it ended.")
        } catch {
            line.end()
            await target.close()
            throw error
        }
    }

    private func tell(
        _ report: StoreCopy.Report, _ tenant: TenantID, to settings: PostgresSettings
    ) throws -> ExitStatus {
        if wishes.isJSON {
            try context.output.print(
                try JSONText.document(
                    JSONObject(report, from: wishes.source, to: settings.location, tenant: tenant)))
        } else {
            let rows = report.tables.filter { $0.sourceRows > 0 || !$0.isSame }.map { table in
                [
                    table.table, Figures.count(table.sourceRows), Figures.count(table.targetRows),
                    table.isSame ? "same" : "differs",
                ]
            }
            let total = report.tables.reduce(0) { $0 + $1.targetRows }
            let what =
                report.wasComplete
                ? "was complete and was compared" : report.wasResumed ? "was gone on with" : "is made"
            try context.output.print(
                TextTable(["TABLE", "FROM", "TO", "CONTENT"], numbers: [1, 2], rows: rows)
                    .text(context.output, empty: "There was nothing to copy.")
                    + "The copy \(what): \(Figures.count(total)) \(total.noun("row")) of \(tenant) in "
                    + "\(settings.location).\n")
        }
        guard !report.isSame else { return .ok }
        let differing = report.tables.filter { !$0.isSame }.map(\.table).joined(separator: ", ")
        context.output.note(
            "pulse: The content of \(differing) is not the same in both. It is to be expected where the source or the "
                + "target was used after the copy; otherwise empty the target and copy again.")
        return .failed
    }
}
