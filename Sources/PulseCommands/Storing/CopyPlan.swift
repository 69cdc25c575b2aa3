import PulseConfiguration
import PulseDomain
import PulsePostgres
import PulseStore

/// What a copy would bring where, and beside whose data.
struct CopyPlan {
    let tenant: TenantID
    let source: String
    let target: String
    /// Of the source, those with rows.
    let tables: [StoreStatus.Table]
    /// Of the tenant, in the target; `nil` where there are no tables yet.
    let held: Int?
    /// The others in the target.
    let others: [StoredTenant]
    /// The configuration's, where that is another one than is copied.
    let configured: (tenant: TenantID, path: String)?

    var rows: Int { tables.reduce(0) { $0 + $1.rows } }

    /// Throws `CommandError`, `ConfigurationProblems`, `PostgresAccessError` or `StoreError`.
    init(
        _ source: SQLiteStore, to settings: PostgresSettings, _ context: CommandContext, _ wishes: SettingsWishes
    ) async throws {
        tenant = source.tenant
        self.source = source.location
        target = settings.location
        tables = try await source.status(tenants: [tenant]).tables.filter { $0.rows > 0 && StoreCopy.isCopied($0.name) }
        let place = StoreReference.postgres(settings)
        if try await EngineFinder.isThere(place) {
            let found = try await StoredTenant.all(in: place)
            held = found.first { $0.name == source.tenant }?.rows ?? 0
            others = found.filter { $0.name != source.tenant }
        } else {
            (held, others) = (nil, [])
        }
        let finder = SettingsFinder(context)
        var configured: (TenantID, String)?
        if let path = finder.path(wishes) {
            // One that is not named, and wrong, is no reason not to copy.
            let found = wishes.config == nil ? try? finder.settings(wishes) : try finder.settings(wishes)
            if let found, found.configuration.tenant != source.tenant {
                configured = (found.configuration.tenant, path)
            }
        }
        self.configured = configured
    }

    /// What is told before anything is copied.
    var warnings: [String] {
        let what = "\(Figures.count(rows)) \(rows.noun("row")) of the tenant \(tenant)"
        return ["Copying \(what) from \(source) to \(target)."] + remarks
    }

    private var remarks: [String] {
        var lines = others.map {
            "There is data of \($0.name) there: \(Figures.count($0.rows)) \($0.rows.noun("row"))."
        }
        if let configured {
            lines.append(
                "\(configured.path) is the tenant \(configured.tenant)'s: its engines will not see what is \(tenant)'s."
            )
        }
        return lines
    }

    /// What a person has to answer first; `nil` where the tenant is the expected one.
    var question: String? {
        let isNew = (held ?? 0) == 0
        guard configured != nil || isNew && !others.isEmpty else { return nil }
        return "Rows of \(tenant) come to a database of "
            + (configured.map { "\($0.tenant)" } ?? others.map(\.name.rawValue).joined(separator: ", "))
            + ". A copy keeps its tenant; `pulse store tenants remove` takes one out again."
    }

    func text(_ output: Output) -> String {
        let rows = tables.map { [$0.name, Figures.count($0.rows)] }
        let there =
            held.map { $0 == 0 ? "nothing of \(tenant) is there" : "\(Figures.count($0)) rows of \(tenant) are there" }
            ?? "the tables would be made"
        return TextTable(["TABLE", "ROWS"], numbers: [1], rows: rows)
            .text(output, empty: "There is nothing to copy.")
            + "It would copy \(Figures.count(self.rows)) \(self.rows.noun("row")) of \(tenant) to \(target): \(there).\n"
            + remarks.map { $0 + "\n" }.joined()
    }
}

extension JSONObject {
    /// `pulse store copy --dry-run --json`.
    init(_ plan: CopyPlan) {
        self = [
            "from": plan.source, "to": plan.target, "tenant": plan.tenant.rawValue, "rows": plan.rows,
            "rows_there": plan.held, "asks": plan.question != nil,
            "tables": plan.tables.map { ["table": $0.name, "rows": $0.rows] as JSONObject },
            "other_tenants": plan.others.map(JSONObject.init), "configured_tenant": plan.configured?.tenant.rawValue,
        ]
    }
}
