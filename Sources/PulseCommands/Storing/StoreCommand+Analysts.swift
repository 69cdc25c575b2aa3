import PulseConfiguration
import PulseDomain
import PulseEngine
import PulsePostgres
import PulseStore

extension StoreCommand {
    /// Lets a role read the tenant (`adding`) or takes that back (`removing`); lists who reads it when neither is given.
    ///
    /// - Parameter reason: for the audit, where something is changed.
    package func analysts(
        adding added: String?, removing removed: String?, because reason: String
    ) async throws -> ExitStatus {
        let choice = try StoreChoice(wishes, context)
        guard case .postgres(let settings) = choice.store else {
            throw CommandError(
                .usage, "\(choice.store.location) is a file: whoever may read it is an analyst.",
                remedy: "Roles are those of a PostgreSQL database.")
        }
        let claim = try await StoreChoice.claim(choice.store, context, for: "changed")
        let tenants = try await claim.tenants(including: choice.tenant)
        let tenant = try EngineFinder.chosen(choice.tenant, among: tenants, choice.store)
        let store = try await PostgresStore.open(settings, tenant: tenant)
        do {
            let status = try await self.change(
                store, adding: added, removing: removed, .new(by: context.principal, because: reason))
            await store.close()
            return status
        } catch {
            await store.close()
            throw error
        }
    }

    private func change(
        _ store: PostgresStore, adding: String?, removing: String?, _ change: AdministrativeChange
    ) async throws -> ExitStatus {
        if let adding {
            switch try await store.addAnalyst(adding, change) {
            case .granted(let isNewRole): tellAdded(adding, of: store.tenant, isNewRole)
            case .readsAlready: context.output.note("\(adding) was an analyst of \(store.tenant) before.")
            case .needsAdministrator(let request):
                ask(request)
                return .refused
            case .refused(let sentence):
                context.output.note("pulse: \(sentence)")
                return .refused
            }
        }
        if let removing {
            guard try await store.removeAnalyst(removing, change) else {
                throw CommandError(
                    .usage, "\(removing) is no analyst of \(store.tenant).",
                    remedy: "`pulse store analysts` lists them.")
            }
            context.output.note("\(removing) reads \(store.tenant) no longer; the role itself stays on the server.")
        }
        let analysts = try await store.analysts()
        try context.output.print(
            isJSON
                ? try JSONText.document(
                    ["store": store.location, "tenant": store.tenant.rawValue, "analysts": analysts] as JSONObject)
                : TextTable(["ANALYST"], rows: analysts.map { [$0] })
                    .text(context.output, empty: "No analyst reads \(store.tenant)."))
        return .ok
    }

    private func tellAdded(_ role: String, of tenant: TenantID, _ isNewRole: Bool) {
        context.output.note("\(role) reads the tables and views of \(tenant) from now on, and changes nothing.")
        guard isNewRole else { return }
        context.output.note("The role was made without a password: `\\password \(role)` in psql gives it one.")
    }

    private func ask(_ request: AnalystRequest) {
        let output = context.output
        output.note("pulse: \(request.sentence)")
        output.note("An administrator runs this in the database \(request.database); then give the command again:")
        output.note("\n\(request.sql)")
        guard let lasting = request.lasting else { return }
        output.note("\nOr this, and Pulse does it by itself from then on:")
        output.note("\n\(lasting)")
    }
}

extension AdministrativeChange {
    /// One that happens now.
    static func new(by principal: Principal, because reason: String) -> AdministrativeChange {
        var random = SystemRandomNumberGenerator()
        return AdministrativeChange(
            by: principal, reason: reason, at: SystemClock().now, correlation: CorrelationID(using: &random))
    }
}
