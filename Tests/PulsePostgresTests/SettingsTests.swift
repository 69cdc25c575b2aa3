import PulsePostgres
import Testing

@Suite struct SettingsTests {
    @Test(arguments: [
        ("postgres://ada:secret@db1:5433,db2/pulse?sslmode=require", "postgres://db1:5433,db2/pulse"),
        ("postgresql://db/pulse", "postgres://db/pulse"),
        ("host=/run/postgresql dbname=pulse password=secret", "postgres:///run/postgresql/pulse"),
        ("postgres:///pulse", "postgres:///pulse"), ("not a connection", "postgres"),
    ])
    func `a location is told without user and password`(connection: String, location: String) {
        #expect(PostgresSettings(connection: connection).location == location)
    }

    @Test func `what libpq cannot read is refused without repeating it`() async {
        let pool = PostgresPool(PostgresSettings(connection: "hunter2 is my password"))
        let error = await #expect(throws: PostgresError.self) { _ = try await pool.withConnection { $0.serverVersion } }
        #expect(error?.kind == .access)
        #expect(error.map { !"\($0)".contains("hunter2") } == true)
    }

    @Test func `a server that is not there is a connection's failure, once the patience is over`() async {
        let pool = PostgresPool(
            PostgresSettings(connection: "host=/nonexistent dbname=x"), limits: .init(patience: .zero))
        let error = await #expect(throws: PostgresError.self) { _ = try await pool.withConnection { $0.serverVersion } }
        #expect(error?.kind == .connection)
    }
}
