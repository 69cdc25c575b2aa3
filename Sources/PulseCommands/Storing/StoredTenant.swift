import PulseConfiguration
import PulseDomain
import PulsePostgres
import PulseStore

/// Whose data a store has, and how much.
struct StoredTenant {
    var name: TenantID
    /// Of all tables that tell something of it.
    var rows: Int
    /// Of the unified tables, deleted ones included.
    var dataRows: Int
    var runs: Int
    /// Since when engines of the tenant run on a shared store; `nil`: none does.
    var engineSince: Instant?

    private init(_ status: StoreStatus, engineSince: Instant?) {
        let unified = Set(UnifiedSchema.tables.map(\.name.rawValue))
        name = status.tenant
        rows = status.tables.filter { $0.name != "tenants" }.reduce(0) { $0 + $1.rows }
        dataRows = status.tables.filter { unified.contains($0.name) }.reduce(0) { $0 + $1.rows }
        runs = status.tables.first { $0.name == "runs" }?.rows ?? 0
        self.engineSince = engineSince
    }

    static func names(in store: StoreReference) async throws -> [TenantID] {
        switch store {
        case .sqlite(let path): try await SQLiteStore.tenants(inFile: path)
        case .postgres(let settings): try await PostgresSurvey.take(settings, tenant: nil).tenants
        }
    }

    /// Every tenant, each counted by itself: it takes as long as reading the tables.
    static func all(in store: StoreReference) async throws -> [StoredTenant] {
        let names = try await names(in: store)
        var found: [StoredTenant] = []
        for name in names {
            switch store {
            case .sqlite(let path):
                let file = try await SQLiteStore.open(.file(path), tenant: name)
                do {
                    found.append(StoredTenant(try await file.status(tenants: names), engineSince: nil))
                    await file.close()
                } catch {
                    await file.close()
                    throw error
                }
            case .postgres(let settings):
                let survey = try await PostgresSurvey.take(settings, tenant: name)
                guard let status = try await PostgresSurvey.status(settings, tenant: name) else { continue }
                found.append(StoredTenant(status, engineSince: survey.engineSince))
            }
        }
        return found
    }
}

extension JSONObject {
    /// An element of `pulse store tenants --json`.
    init(_ tenant: StoredTenant) {
        self = [
            "tenant": tenant.name.rawValue, "rows": tenant.rows, "data_rows": tenant.dataRows, "runs": tenant.runs,
            "engine_since": tenant.engineSince?.iso8601,
        ]
    }

    init(_ removal: TenantRemoval.Record) {
        self = [
            "tenant": removal.tenant.rawValue, "begun_at": removal.begunAt.iso8601,
            "ended_at": removal.endedAt?.iso8601, "by": removal.by.name, "reason": removal.reason,
            "rows": removal.rows,
        ]
    }
}
