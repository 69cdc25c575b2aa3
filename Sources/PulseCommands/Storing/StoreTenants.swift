import PulseConfiguration
package import PulseDomain
import PulseEngine
import PulsePostgres
import PulseStore

/// `pulse store tenants`: whose data a store has, and taking a tenant's data out of it for good.
package struct StoreTenants: Sendable {
    private let context: CommandContext
    private let wishes: SettingsWishes
    private let isJSON: Bool

    package init(_ context: CommandContext, _ wishes: SettingsWishes, isJSON: Bool) {
        self.context = context
        self.wishes = wishes
        self.isJSON = isJSON
    }

    // MARK: Looking

    package func list() async throws {
        let store = try await store()
        let found = try await StoredTenant.all(in: store)
        let removals = try await removals(from: store)
        guard !isJSON else {
            return try context.output.print(
                try JSONText.document(
                    [
                        "store": store.location, "tenants": found.map(JSONObject.init),
                        "removed": removals.map(JSONObject.init),
                    ] as JSONObject))
        }
        let rows = found.map { tenant in
            [
                tenant.name.rawValue, Figures.count(tenant.rows), Figures.count(tenant.dataRows),
                Figures.count(tenant.runs),
                tenant.engineSince.map { "connected since \($0.iso8601ToSecond)" } ?? "none",
            ]
        }
        let table = TextTable(["TENANT", "ROWS", "OF DATA", "RUNS", "ENGINES"], numbers: [1, 2, 3], rows: rows)
        try context.output.print(
            table.text(context.output, empty: "\(store.location) has data of nobody.")
                + (removals.isEmpty ? "" : "\n") + removals.map { Self.sentence(on: $0) + "\n" }.joined())
    }

    private static func sentence(on removal: TenantRemoval.Record) -> String {
        let what =
            "\(removal.by) removed \(removal.tenant): \(Figures.count(removal.rows)) \(removal.rows.noun("row")), \(removal.reason)."
        guard let end = removal.endedAt else {
            return "\(removal.begunAt.iso8601ToSecond)  \(what) It was interrupted: "
                + "`pulse store tenants remove \(removal.tenant)` goes on."
        }
        return "\(end.iso8601ToSecond)  \(what)"
    }

    /// The store that is meant, which is there.
    private func store() async throws -> StoreReference {
        // Whose data a configuration is about does not matter: all are listed.
        let choice = try StoreChoice(wishes, context)
        guard try await EngineFinder.isThere(choice.store) else { throw EngineFinder.nothing(at: choice.store) }
        return choice.store
    }

    private func removals(from store: StoreReference) async throws -> [TenantRemoval.Record] {
        switch store {
        case .sqlite(let path): try await SQLiteStore.removals(inFile: path)
        case .postgres(let settings): try await PostgresSurvey.removals(settings)
        }
    }

    // MARK: Removing

    /// Removes a tenant's data, once that was confirmed.
    package func remove(
        _ tenant: TenantID, because reason: String, isConfirmed: Bool, isDryRun: Bool
    ) async throws -> ExitStatus {
        let place = try await store()
        let known = try await StoredTenant.names(in: place)
        let unfinished = try await removals(from: place).contains { $0.tenant == tenant && $0.endedAt == nil }
        guard known.contains(tenant) || unfinished else {
            let meant = nearestName(to: tenant.rawValue, among: known.map(\.rawValue)).map { "Did you mean \($0)? " }
            throw CommandError(
                .usage, "\(place.location) has nothing of a tenant \(tenant).",
                remedy: "\(meant ?? "")`pulse store tenants` lists those there are.")
        }
        let claim = try await StoreChoice.claim(place, context, for: "changed")
        if let since = try await claim.engineSince(tenant) {
            throw CommandError(
                .refused, "An engine of \(tenant) is connected to \(place.location) since \(since.iso8601ToSecond).",
                remedy: "End the engines and consoles of this tenant, and give the command again.")
        }
        let store = try await claim.open(tenant)
        do {
            let status = try await remove(
                tenant, from: store, at: place, because: reason, isConfirmed: isConfirmed, isDryRun: isDryRun)
            await store.close()
            return status
        } catch {
            await store.close()
            throw error
        }
    }

    private func remove(
        _ tenant: TenantID, from store: any Store, at place: StoreReference, because reason: String, isConfirmed: Bool,
        isDryRun: Bool
    ) async throws -> ExitStatus {
        let removal = try TenantRemoval(store)
        let tables = try await removal.tables().filter { $0.rows > 0 }
        let total = tables.reduce(0) { $0 + $1.rows }
        let plan = "\(Figures.count(total)) \(total.noun("row")) of \(tenant) in \(tables.count.counted("table"))"
        if isDryRun { return try tell(tables, plan, tenant, place) }
        if !isConfirmed {
            context.output.note("This removes \(plan) from \(place.location), for good: data, runs, log and audit.")
            if let note = warning(of: tenant) { context.output.note(note) }
            let isMeant = Confirmation(context.output).asks(toType: tenant.rawValue)
            guard isMeant else { return .refused }
        }
        let line = StoreProgressLine(context.output)
        let count: Int
        do {
            count = try await removal.run(
                .new(by: context.principal, because: reason), now: { SystemClock().now }, telling: { line.show($0) })
            line.end()
        } catch {
            line.end()
            throw error
        }
        let told: JSONObject = [
            "store": place.location, "tenant": tenant.rawValue, "rows": count, "tables": tables.count,
            "is_removed": true,
        ]
        try context.output.print(
            isJSON
                ? try JSONText.document(told)
                : "\(tenant) is removed from \(place.location): \(Figures.count(count)) \(count.noun("row")). `pulse store tenants` tells "
                    + "who did it, and why.\n")
        return .ok
    }

    private func tell(
        _ tables: [TenantRemoval.Table], _ plan: String, _ tenant: TenantID, _ place: StoreReference
    ) throws -> ExitStatus {
        guard !isJSON else {
            let told: JSONObject = [
                "store": place.location, "tenant": tenant.rawValue,
                "tables": tables.map { ["table": $0.name, "rows": $0.rows] as JSONObject }, "is_removed": false,
            ]
            try context.output.print(try JSONText.document(told))
            return .ok
        }
        let rows = tables.sorted { ($1.rows, $0.name) < ($0.rows, $1.name) }.map { [$0.name, Figures.count($0.rows)] }
        try context.output.print(
            TextTable(["TABLE", "ROWS"], numbers: [1], rows: rows)
                .text(context.output, empty: "There is nothing of \(tenant) but its name.")
                + "It would remove \(plan) from \(place.location).\n")
        return .ok
    }

    /// Whether engines of the present configuration would begin anew with it.
    private func warning(of tenant: TenantID) -> String? {
        let finder = SettingsFinder(context)
        guard let path = finder.path(wishes), let settings = try? finder.settings(wishes),
            settings.configuration.tenant == tenant
        else { return nil }
        return "It is the tenant of \(path): the next engine with that configuration loads everything anew."
    }
}

extension TenantRemoval {
    /// Throws for a store of another kind.
    fileprivate init(_ store: any Store) throws {
        switch store {
        case let file as SQLiteStore: self.init(file, batch: Self.usualBatch)
        case let database as PostgresStore: self.init(database, batch: Self.usualBatch)
        default: throw StoreError.inconsistent("tenants cannot be removed from a store of another kind")
        }
    }
}
