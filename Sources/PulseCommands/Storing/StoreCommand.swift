import Foundation
import PulseConfiguration
import PulseDomain
import PulseEngine
import PulsePostgres
import PulseStore

/// `pulse store`: makes, renews, looks at and checks a store.
package struct StoreCommand: Sendable {
    let context: CommandContext
    let wishes: SettingsWishes
    let isJSON: Bool

    package init(_ context: CommandContext, _ wishes: SettingsWishes, isJSON: Bool) {
        self.context = context
        self.wishes = wishes
        self.isJSON = isJSON
    }

    // MARK: Making

    /// Makes the tables, or brings them up to date.
    ///
    /// - Parameter isDryRun: Only tells what would change.
    package func migrate(isDryRun: Bool) async throws {
        let choice = try StoreChoice(wishes, context)
        let changes = try await pending(choice.store)
        let known = try await tenants(of: choice)
        let tenant = choice.tenant ?? known.first ?? StoreChoice.usualTenant
        if !isDryRun {
            try EngineFinder.makeFolder(of: choice.store)
            let claim = try await StoreChoice.claim(choice.store, context, for: "changed")
            await (try claim.open(tenant)).close()
        }
        guard !isJSON else {
            return try context.output.print(
                try JSONText.document(
                    [
                        "store": choice.store.location, "tenant": tenant.rawValue, "changes": changes,
                        "is_done": !isDryRun,
                    ] as JSONObject))
        }
        let verdict =
            changes.isEmpty
            ? "is up to date" : isDryRun ? "would be changed" : "was changed"
        try context.output.print(
            "\(choice.store.location) \(verdict)\(changes.isEmpty ? "." : ":")\n"
                + changes.map { "  \($0)\n" }.joined()
                + (known.contains(tenant) ? "" : newTenant(tenant, isNamed: choice.tenant != nil, isDryRun)))
        if case .postgres(let settings) = choice.store,
            let warning = try await PostgresSurvey.take(settings, tenant: tenant).roleWarning
        {
            context.output.note("pulse: \(warning)")
        }
    }

    private func newTenant(_ tenant: TenantID, isNamed: Bool, _ isDryRun: Bool) -> String {
        "  The tenant \(tenant) \(isDryRun ? "would be" : "was") added"
            + (isNamed
                ? ".\n" : ", as none was named: `--tenant NAME`, or `tenant:` of a configuration, says another.\n")
    }

    /// Those that are there; none where there is nothing yet.
    private func tenants(of choice: StoreChoice) async throws -> [TenantID] {
        switch choice.store {
        case .sqlite(let path):
            guard FileManager.default.fileExists(atPath: path) else { return [] }
            return try await SQLiteStore.tenants(inFile: path)
        case .postgres(let settings): return try await PostgresSurvey.take(settings, tenant: nil).tenants
        }
    }

    /// What opening would change, without changing it.
    private func pending(_ store: StoreReference) async throws -> [String] {
        switch store {
        case .sqlite(let path):
            guard FileManager.default.fileExists(atPath: path) else { return ["The tables are made."] }
            return try await SQLiteStore.pendingChanges(inFile: path)
        case .postgres(let settings):
            let survey = try await PostgresSurvey.take(settings, tenant: nil)
            try survey.checkMayBeOpened()
            return try await survey.pendingChanges(settings)
        }
    }

    // MARK: Looking

    package func status() async throws {
        let choice = try StoreChoice(wishes, context)
        let status = try await status(of: choice)
        try context.output.print(
            isJSON ? try JSONText.document(JSONObject(status)) : StoreStatusText.text(status, context.output))
    }

    private func status(of choice: StoreChoice) async throws -> StoreStatus {
        try await checkIsThere(choice.store)
        switch choice.store {
        case .sqlite(let path):
            let tenants = try await SQLiteStore.tenants(inFile: path)
            let tenant = try choose(choice.tenant, among: tenants, choice.store)
            let store = try await SQLiteStore.open(.file(path), tenant: tenant)
            do {
                let status = try await store.status(tenants: tenants)
                await store.close()
                return status
            } catch {
                await store.close()
                throw error
            }
        case .postgres(let settings):
            let tenants = try await PostgresSurvey.take(settings, tenant: choice.tenant).tenants
            let tenant = try choose(choice.tenant, among: tenants, choice.store)
            guard var status = try await PostgresSurvey.status(settings, tenant: tenant) else {
                throw EngineFinder.nothing(at: choice.store)
            }
            status.reads = await PostgresSurvey.reads(settings)
            return status
        }
    }

    private func choose(_ wanted: TenantID?, among tenants: [TenantID], _ store: StoreReference) throws -> TenantID {
        // A store with tables and nothing of the configured tenant is empty, not wrong.
        if let wanted, tenants.contains(wanted) || wishes.tenant == nil { return wanted }
        return try EngineFinder.chosen(wanted, among: tenants, store)
    }

    func checkIsThere(_ store: StoreReference) async throws {
        guard try await EngineFinder.isThere(store) else { throw EngineFinder.nothing(at: store) }
    }

    // MARK: Checking

    /// Looks whether everything is whole and agrees with itself; `failed` when it does not.
    ///
    /// - Parameter isVerbose: Whether every check is told; what is wrong always is.
    package func verify(isVerbose: Bool = false) async throws -> ExitStatus {
        let choice = try StoreChoice(wishes, context)
        try await checkIsThere(choice.store)
        let claim = try await StoreChoice.claim(choice.store, context, for: "checked")
        let tenants = try await claim.tenants(including: choice.tenant)
        let tenant = try EngineFinder.chosen(choice.tenant, among: tenants, choice.store)
        let store = try await claim.open(tenant)
        let line = StoreProgressLine(context.output)
        let findings: [StoreAudit.Finding]
        do {
            findings = try await claim.audit(store).findings { line.show($0) }
            line.end()
        } catch {
            line.end()
            await store.close()
            throw error
        }
        await store.close()
        let isRight = findings.allSatisfy(\.problems.isEmpty)
        if isJSON {
            try context.output.print(
                try JSONText.document(
                    [
                        "store": choice.store.location, "tenant": tenant.rawValue, "is_right": isRight,
                        "findings": findings.map { finding in
                            [
                                "what": finding.what, "area": finding.area.rawValue, "rows": finding.rows,
                                "problems": finding.problems,
                                "notes": finding.notes,
                            ] as JSONObject
                        },
                    ] as JSONObject))
        } else {
            try context.output.print(StoreStatusText.text(findings, context.output, isVerbose: isVerbose))
        }
        return isRight ? .ok : .failed
    }
}

extension StoreClaim {
    fileprivate func audit(_ store: any Store) throws -> StoreAudit {
        switch store {
        case let store as SQLiteStore: StoreAudit(store)
        case let store as PostgresStore: StoreAudit(store)
        default: throw StoreError.inconsistent("a store of another kind cannot be checked")
        }
    }
}
