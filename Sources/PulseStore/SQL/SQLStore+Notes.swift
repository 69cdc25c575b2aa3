import PulseDomain

extension SQLStore {
    package func note(_ name: String) async throws -> String? {
        let tenant = tenant.rawValue
        return try await read { db in
            try db.value(
                "SELECT text FROM notes WHERE tenant = ? AND name = ?", [tenant, name])
        }
    }

    package func setNote(_ name: String, to text: String?) async throws {
        let tenant = tenant.rawValue
        try await write { db in
            if let text {
                _ = try db.run(
                    """
                    INSERT INTO notes (tenant, name, text) VALUES (?, ?, ?)
                    ON CONFLICT (tenant, name) DO UPDATE SET text = excluded.text
                    """, [tenant, name, text])
            } else {
                _ = try db.run("DELETE FROM notes WHERE tenant = ? AND name = ?", [tenant, name])
            }
        }
    }
}
