import PulseDomain

/// Looks whether a tenant's data agrees with itself: what no constraint of the database can say.
package struct StoreAudit: Sendable {
    /// What checks are about, in the order in which they are made.
    package enum Area: String, Sendable, Hashable, CaseIterable {
        case database, runs, checkpoints, rows, references, links
        case versions = "former versions"
        case numbers, tombstones
    }

    /// Something that was looked at.
    package struct Finding: Sendable, Hashable {
        package var what: String
        package var area = Area.database
        /// How many rows were looked at; `nil` where it is not about rows.
        package var rows: Int?
        /// What is wrong, a sentence each; empty: nothing.
        package var problems: [String]
        /// What is worth knowing and may be right: a person who is told and was not loaded.
        package var notes: [String] = []
    }

    /// How far the look is.
    package struct Progress: Sendable, Hashable {
        /// What is looked at now.
        package var what: String
        package var done: Int
        package var total: Int
    }

    /// One look at something.
    struct Check: Sendable {
        let what: String
        let area: Area
        let look: @Sendable (any SQLSession, TenantID) throws -> Finding
    }

    private let store: any SQLStore

    package init(_ store: SQLiteStore) { self.store = store }
    package init(_ store: PostgresStore) { self.store = store }

    /// Looks at everything; takes as long as reading the tables. Each check sees what was committed when it began.
    package func findings(_ telling: @Sendable (Progress) -> Void = { _ in }) async throws -> [Finding] {
        let checks = Self.runChecks + Self.rowChecks + Self.numberChecks
        let tenant = store.tenant
        func tell(_ what: String, _ done: Int) {
            telling(Progress(what: what, done: done, total: checks.count + 1))
        }
        tell("database", 0)
        var damage: [String] = []
        if let file = store as? SQLiteStore { damage = try await file.checkThoroughly() }
        var findings = [Finding(what: "database", problems: damage + (try await store.check()))]
        for (index, check) in checks.enumerated() {
            tell(check.what, index + 1)
            var finding = try await store.read { try check.look($0, tenant) }
            finding.area = check.area
            findings.append(finding)
        }
        return findings
    }
}

extension SQLSession {
    /// A number that a statement counts; its first parameter is the tenant.
    func count(_ sql: String, _ tenant: TenantID, _ arguments: SQLArguments = []) throws -> Int {
        try value(sql, [tenant.rawValue] + arguments) ?? 0
    }

    /// The tenant's rows of a table.
    func rows(in table: String, _ tenant: TenantID) throws -> Int {
        try count("SELECT count(*) FROM \(UnifiedTables.quoted(table)) WHERE tenant = ?1", tenant)
    }
}
