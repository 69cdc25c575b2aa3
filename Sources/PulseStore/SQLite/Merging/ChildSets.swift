import GRDB
import PulseDomain

/// Finds the rows that their owners no longer list.
struct ChildSets {
    private let tombstones: Tombstones
    private let table: Table
    private let source: SourceID
    /// The ids of an owner's rows that are there, the owner being parameter 3. Made once for each table: a page has a set
    /// for each of its records.
    private let listing: PreparedStatement

    /// - Parameter newestPage: rows from later pages are not looked at.
    init(of table: Table, _ context: MergeContext, newestPage: Int64?, db: Database, session: SQLiteSession) throws {
        guard let owner = table.owner else {
            throw StoreError.inconsistent("\(table.name) is no table whose rows have owners")
        }
        tombstones = Tombstones(db: session, tenant: context.tenant)
        self.table = table
        source = context.source
        listing = try PreparedStatement(
            db,
            """
            SELECT id FROM \(UnifiedTables.quoted(table.name.rawValue))
            WHERE tenant = ?1 AND source = ?2 AND \(UnifiedTables.quoted(table.columns[owner].name)) = ?3
                AND deleted_at IS NULL AND (?4 IS NULL OR page_id IS NULL OR page_id <= ?4)
            """)
        try listing.bind(1, copying: context.tenant.rawValue)
        try listing.bind(2, copying: source.rawValue)
        if let newestPage { try listing.bind(4, newestPage) }
    }

    /// Marks the rows of the set's owner that the set does not list; keys that links may tell of, `nil` when no row is
    /// gone.
    func tombstoneMissing(of set: ChildSet, at now: Instant) throws -> Set<String>? {
        try listing.bind(3, copying: set.owner)
        var missing: [String] = []
        // Sets are small as a rule: comparing beats hashing until they are not.
        let wanted = set.ids.count > 16 ? Set(set.ids) : nil
        while try listing.step() {
            let id = listing.text(0)
            if !(wanted?.contains(id) ?? set.ids.contains(id)) { missing.append(id) }
        }
        return try tombstones.mark(missing, in: table, source: source, at: now)
    }
}
