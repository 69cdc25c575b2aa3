package import PulseDomain

/// What a store holds and how large it is, for people who look after it. Looked at without changing anything.
package struct StoreStatus: Sendable, Hashable {
    package struct Table: Sendable, Hashable {
        package var name: String
        /// Of the tenant, deleted ones included.
        package var rows: Int
        /// With indexes, of all tenants; `nil` where the database does not tell.
        package var bytes: Int?
    }

    /// For people, without a password.
    package var location: String
    /// `SQLite 3.40.1`, `PostgreSQL 15.4`.
    package var database: String
    /// The number of the last migration.
    package var schema: Int64
    /// The one that this Pulse makes.
    package var knownSchema: Int64
    package var tenant: TenantID
    /// Those that may be seen.
    package var tenants: [TenantID]
    package var tables: [Table]
    /// Of everything; `nil` where the database does not tell.
    package var bytes: Int?
    package var isReplica = false
    /// How far a replica is behind; `nil` for others, and when it has replayed nothing yet.
    package var lag: Duration?
    /// Where what is only looked at is read; `nil` where no replica is configured.
    package var reads: ReadsStatus?
}
