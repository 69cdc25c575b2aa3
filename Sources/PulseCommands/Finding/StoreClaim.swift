import Glibc
import PulseConfiguration
package import PulseControl
import PulseDomain
package import PulsePostgres
import PulseStore

/// A store that this process may open an engine on.
package enum StoreClaim: Sendable {
    /// A file that nobody else runs an engine on, for as long as the holder lives.
    case file(String, StoreHolder)
    /// A database that any number of engines share: no lock, and no way in but the database.
    case shared(PostgresSettings)

    var store: StoreReference {
        switch self {
        case .file(let path, _): .sqlite(path: path)
        case .shared(let settings): .postgres(settings)
        }
    }

    var holder: StoreHolder? { if case .file(_, let holder) = self { holder } else { nil } }

    /// How this process is called as the one that runs an engine, wherever it is named: by machine and process.
    static var runner: String { "\(HeldBy.hostName) \(getpid())" }

    /// Opens the store and brings its schema up to date.
    ///
    /// - Parameter runs: Whether an engine is to run on it, which others are told where the store is shared.
    /// - Parameter onlyLooks: Whether nothing is to be changed in a store that others share, its schema included.
    func open(_ tenant: TenantID, runs: Bool = false, onlyLooks: Bool = false) async throws -> any Store {
        switch self {
        case .file(let path, _):
            try EngineFinder.makePrivate(path)
            return try await SQLiteStore.open(.file(path), tenant: tenant)
        case .shared(var settings):
            if runs { settings.application = PostgresSurvey.engineName(of: tenant) }
            // An engine's work waits by itself for a server that is gone, and tells it: calls that waited too would keep
            // the others from their turn.
            let patience: Duration = runs ? .zero : .seconds(20)
            return try await PostgresStore.open(
                settings, tenant: tenant, options: .init(limits: .init(patience: patience)), changesNothing: onlyLooks)
        }
    }

    /// Throws `CommandError` where what is there of a tenant is no whole: a copy or a removal of it is under way or was
    /// interrupted. `store` is this one, opened.
    func checkIsWhole(_ tenant: TenantID, _ store: any Store) async throws {
        let removals =
            switch self {
            case .file(let path, _): try await SQLiteStore.removals(inFile: path)
            case .shared(let settings): try await PostgresSurvey.removals(settings)
            }
        if removals.contains(where: { $0.tenant == tenant && $0.endedAt == nil }) {
            throw CommandError(
                .failed,
                "\(tenant) is being removed from \(store.location), or that was interrupted: what is there of it "
                    + "is no whole.",
                remedy: "`pulse store tenants remove \(tenant)` goes on with it.")
        }
        if let rows = try await StoreCopy.unfinishedRows(in: store) {
            throw CommandError(
                .failed,
                "A copy of \(tenant) to \(store.location) is under way or was interrupted: "
                    + "\(Figures.count(rows)) \(rows.noun("row")) are there so far.",
                remedy: "The same `pulse store copy` goes on with it; with --restart it begins again.")
        }
    }

    /// Since when engines of other processes run on it, which a file does not allow; `nil`: none does.
    func engineSince(_ tenant: TenantID) async throws -> Instant? {
        guard case .shared(let settings) = self else { return nil }
        return try await PostgresSurvey.take(settings, tenant: tenant).engineSince
    }

    /// The tenants that have something in it, as far as may be seen; on a shared store those of others are not.
    func tenants(including wanted: TenantID?) async throws -> [TenantID] {
        switch self {
        case .file(let path, _): try await SQLiteStore.tenants(inFile: path)
        case .shared(let settings): try await PostgresSurvey.take(settings, tenant: wanted).tenants
        }
    }
}
