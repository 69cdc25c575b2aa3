import PulseDomain

/// SQL of what analysts may see: the unified tables, their former versions and all views, of their tenants only.
///
/// Analysts are members of one role, and a table tells which tenants each of them sees. It goes by `session_user`, which
/// nobody but a superuser can change; the setting that engines tell their tenant by means nothing to analysts, because a
/// restrictive policy holds beside every other one (PostgreSQL manual, "Row Security Policies").
enum PostgresAnalysts {
    /// The role that analysts are members of. Roles belong to the whole server, so databases share it.
    static let group = "pulse_analysts"
    static let table = "analysts"

    static let declaration = """
        CREATE TABLE IF NOT EXISTS analysts (
            tenant text COLLATE "C" NOT NULL REFERENCES tenants,
            role name NOT NULL,
            PRIMARY KEY (tenant, role)
        );
        COMMENT ON TABLE analysts IS 'Which roles of the server read a tenant, besides being members of \(group).';
        COMMENT ON COLUMN analysts.role IS 'The role that logs in.';

        CREATE OR REPLACE FUNCTION analyst_tenants() RETURNS text[] LANGUAGE plpgsql STABLE SET search_path = pulse AS $own$
        DECLARE own text[] := ARRAY(SELECT analyst.tenant FROM analysts AS analyst WHERE analyst.role = session_user);
        BEGIN
            IF cardinality(own) = 0 THEN
                RAISE EXCEPTION 'the role % reads no tenant of this database', session_user
                    USING ERRCODE = 'insufficient_privilege', HINT = 'It is let in with: pulse store analysts --add ROLE';
            END IF;
            RETURN own;
        END $own$;
        COMMENT ON FUNCTION analyst_tenants() IS 'The tenants that the session''s role reads; refuses one that reads none.'
        """

    /// Gives the group what it may see, where there is the group.
    static var access: String {
        let tables = UnifiedSchema.tables.map(\.name.rawValue) + ["row_versions"]
        let readable = (tables + PostgresViews.names + [table]).map(UnifiedTables.quoted).joined(separator: ", ")
        // Asked once a statement.
        let own = "(SELECT pulse.analyst_tenants())::text[]"
        let policies =
            tables.map { Self.policies(on: $0, where: "tenant = ANY (\(own))") }
            + [Self.policies(on: table, where: "role = session_user")]
        return """
            DO $access$ BEGIN
                IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '\(group)') THEN
                    GRANT USAGE ON SCHEMA pulse TO \(group);
                    GRANT SELECT ON \(readable) TO \(group);
                    \(policies.joined(separator: "\n        "))
                END IF;
            END $access$
            """
    }

    private static func policies(on table: String, where condition: String) -> String {
        let name = UnifiedTables.quoted(table)
        return """
            DROP POLICY IF EXISTS analyst ON \(name);
            DROP POLICY IF EXISTS analyst_only ON \(name);
            CREATE POLICY analyst ON \(name) FOR SELECT TO \(group) USING (\(condition));
            CREATE POLICY analyst_only ON \(name) AS RESTRICTIVE TO \(group) USING (\(condition));
            """
    }
}
