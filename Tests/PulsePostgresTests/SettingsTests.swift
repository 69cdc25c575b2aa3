import PulsePostgres
import Testing

@Suite struct SettingsTests {
    @Test(arguments: [
        ("postgres://ada:secret@db1:5433,db2/pulse?sslmode=require", "postgres://ada@db1:5433,db2/pulse"),
        ("postgresql://db/pulse", "postgres://db/pulse"),
        ("host=/run/postgresql dbname=pulse password=secret", "postgres:///run/postgresql/pulse"),
        ("host=db user=ada", "postgres://ada@db/ada"),
        ("postgres:///pulse", "postgres:///pulse"), ("not a connection", "postgres"),
    ])
    func `a location is told with its user and without password`(connection: String, location: String) {
        #expect(PostgresSettings(connection: connection).location == location)
    }

    @Test(arguments: [
        (
            "postgres://ada:secret@db1:5433,db2/pulse?sslmode=require",
            "postgres://ada@db1:5433,db2/pulse?sslmode=require"
        ),
        ("host=/run/pg dbname=pulse password=secret user=a@b", "postgres://a%40b@%2Frun%2Fpg/pulse"),
        ("postgres:///pulse?sslpassword=secret&service=x", "postgres:///pulse?service=x"),
    ])
    func `a connection string can be shown whole but for its passwords`(connection: String, shown: String) {
        let settings = PostgresSettings(connection: connection)
        #expect(settings.withoutPassword == shown)
        #expect(PostgresSettings(connection: shown).location == settings.location)
        #expect(!"\(settings) \(String(reflecting: settings))".contains("secret"))
    }

    @Test(arguments: [
        "postgres://ada:sec/ret@db/pulse", "postgres://ada:sec@ret@db/pulse",
        "postgres://ada:sec%ret@db/pulse", "postgres://ada:sec:ret@db:sec/pulse", "postgres://db/pulse?secret=1",
        "postgres://[secret/pulse", "host=db secret=1", "host=db password='secret", "host=db port=secret",
        "postgres://db:0/pulse", "secret ret",
    ])
    func `what is wrong with a connection string is told without a part of it`(connection: String) throws {
        let settings = PostgresSettings(connection: connection)
        let problem = try #require(settings.formProblem)
        for text in [problem, settings.location, settings.withoutPassword, "\(settings)"] {
            #expect(!text.contains("sec") && !text.contains("ret"), "\(text)")
        }
    }

    @Test(arguments: [
        ("postgres://db/pulse?sslmode=bogus", "sslmode has a value that libpq does not take; it is disable,"),
        ("host=db sslmode=secret", "sslmode has a value that libpq does not take"),
        ("postgres://db/pulse?target_session_attrs=leader", "target_session_attrs has a value"),
        ("postgres://db/pulse?channel_binding=secret", "channel_binding has a value"),
        ("postgres://db/pulse?ssl_min_protocol_version=secret", "ssl_min_protocol_version has a value"),
        ("postgres://db/pulse?service=secret", "not in libpq's service file"),
        ("postgres://db/pulse?connect_timeout=secret", "connect_timeout is no whole number"),
        ("postgres://db/pulse?keepalives_idle=1s", "keepalives_idle is no whole number"),
    ])
    func `a setting that libpq refuses is told before anything is sent, without its value`(
        connection: String, told: String
    ) async throws {
        let settings = PostgresSettings(connection: connection)
        #expect(settings.formProblem?.contains(told) == true, "\(settings.formProblem ?? "nothing")")
        #expect(settings.formProblem?.contains("secret") == false)
        let pool = PostgresPool(settings)
        let error = await #expect(throws: PostgresError.self) { _ = try await pool.withConnection { $0.serverVersion } }
        #expect(error?.kind == .address && error?.message.contains(told) == true, "\(String(describing: error))")
    }

    @Test(arguments: [
        "postgres://db/pulse?sslmode=verify-full&sslrootcert=/none.pem", "host=a,b port=1,2 dbname=x",
        "host=/run/pg user=ada connect_timeout=3 target_session_attrs=any", "",
    ])
    func `what may work is not refused before it is tried`(connection: String) {
        #expect(PostgresSettings(connection: connection).formProblem == nil)
    }

    @Test(arguments: [
        ("postgres://db/pulse", true), ("postgresql:///pulse", true), ("host=db", true), (" dbname = pulse", true),
        ("pulse.db", false), ("a=b.db", false), ("/data/host=db", false), ("sqlite:x", false), ("my host=db", false),
    ])
    func `connection strings are told from paths`(text: String, isOne: Bool) {
        #expect(PostgresSettings.isConnectionString(text) == isOne)
    }

    @Test func `what libpq cannot read is refused without repeating it`() async {
        let pool = PostgresPool(PostgresSettings(connection: "hunter2 is my password"))
        let error = await #expect(throws: PostgresError.self) { _ = try await pool.withConnection { $0.serverVersion } }
        #expect(error?.kind == .address)
        #expect(error.map { !"\($0)".contains("hunter2") } == true)
    }

    @Test func `a server that is not there is a connection's failure, once the patience is over`() async {
        let pool = PostgresPool(
            PostgresSettings(connection: "host=/nonexistent dbname=x"), limits: .init(patience: .zero))
        let error = await #expect(throws: PostgresError.self) { _ = try await pool.withConnection { $0.serverVersion } }
        #expect(error?.kind == .connection)
    }
}
