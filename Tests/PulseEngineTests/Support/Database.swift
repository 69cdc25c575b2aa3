import PulseDomain
import PulsePostgres
import PulsePostgresCluster
import PulseStore
import Testing

/// A database that a simulation's store is in. All of its work is done on the calling thread.
enum Database: Sendable {
    /// In memory.
    case sqlite
    /// How to connect to an empty database.
    case postgres(String)

    /// Which there are.
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case sqlite = "SQLite"
        case postgres = "PostgreSQL"

        var testDescription: String { rawValue }

        /// A new one. Not on a virtual clock: starting a server takes its time.
        func make() async throws -> Database {
            switch self {
            case .sqlite: .sqlite
            case .postgres: .postgres(try await PostgresCluster.shared().makeDatabase(of: "pulse_engine"))
            }
        }
    }

    func open() async throws -> any Store {
        switch self {
        case .sqlite: try await SQLiteStore.open(.memory, tenant: "demo", options: .init(execution: .inline))
        case .postgres(let connection):
            try await PostgresStore.open(
                PostgresSettings(connection: connection), tenant: "demo", options: .init(execution: .inline))
        }
    }
}
