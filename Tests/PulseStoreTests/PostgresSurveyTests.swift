import PulseDomain
import PulsePostgres
import PulsePostgresCluster
import Testing

@testable import PulseStore

/// What is found out about a database before a store is opened on it.
@Suite struct PostgresSurveyTests {
    private static let usable = PostgresSurvey(
        location: "postgres://db/pulse", serverVersion: 150_004, database: "pulse", role: "pulse", encoding: "UTF8",
        isReplica: false, lag: nil, serverTime: .epoch, mayCreate: true, seesEveryTenant: false, schema: nil,
        tenants: [], engineSince: nil)

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var change: @Sendable (inout PostgresSurvey) -> Void
        var code: String?
    }

    @Test(arguments: [
        Case(testDescription: "an empty database", change: { _ in }),
        Case(
            testDescription: "one with tables of its own",
            change: { $0.schema = .init(owner: "pulse", isOwn: true, version: PostgresSurvey.knownVersion) }),
        Case(testDescription: "an old server", change: { $0.serverVersion = 140_011 }, code: "postgres.server_too_old"),
        Case(
            testDescription: "another encoding", change: { $0.encoding = "SQL_ASCII" }, code: "postgres.other_encoding"),
        Case(testDescription: "a replica", change: { $0.isReplica = true }, code: "postgres.replica"),
        Case(testDescription: "no right", change: { $0.mayCreate = false }, code: "postgres.missing_rights"),
        Case(
            testDescription: "tables of another role", change: { $0.schema = .init(owner: "ada", isOwn: false) },
            code: "postgres.belongs_to_another"),
        Case(
            testDescription: "an analyst",
            change: { $0.schema = .init(owner: "ada", isOwn: false, isReadable: true) }, code: "postgres.reads_only"),
        Case(
            testDescription: "tables of a newer Pulse",
            change: { $0.schema = .init(owner: "pulse", isOwn: true, version: PostgresSurvey.knownVersion + 1) },
            code: "postgres.written_by_newer"),
    ])
    func `whether a store can be opened is known before`(_ example: Case) {
        var survey = Self.usable
        example.change(&survey)
        guard let code = example.code else {
            #expect(throws: Never.self) { try survey.checkMayBeOpened() }
            return
        }
        let error = #expect(throws: PostgresAccessError.self) { try survey.checkMayBeOpened() }
        #expect(error?.code == code)
        #expect(error.map { $0.sentence.hasSuffix(".") && !$0.remedy.isEmpty } == true)
    }

    /// Nobody is to take for nothing what he may not look into.
    @Test(
        arguments: [
            (nil, false, nil), (.init(owner: "pulse", isOwn: true), false, nil),
            (.init(owner: "pulse", isOwn: true, version: 1), true, nil),
            (.init(owner: "pulse", isOwn: false, version: 1), true, nil),
            (.init(owner: "pulse", isOwn: false), nil, "postgres.belongs_to_another"),
            (.init(owner: "pulse", isOwn: false, isReadable: true), nil, "postgres.reads_only"),
        ] as [(PostgresSurvey.Schema?, Bool?, String?)])
    func `whether there are tables is told, or that the role may not know`(
        schema: PostgresSurvey.Schema?, expected: Bool?, code: String?
    ) throws {
        var survey = Self.usable
        survey.schema = schema
        guard let code else {
            #expect(try survey.hasTables() == expected)
            return
        }
        let error = #expect(throws: PostgresAccessError.self) { try survey.hasTables() }
        #expect(error?.code == code && error?.remedy.contains("GRANT") == false)
    }

    /// As libpq says it.
    @Test(arguments: [
        ("server does not support SSL, but SSL was required", "postgres.encryption", "sslmode=disable"),
        ("SSL error: certificate verify failed", "postgres.encryption", "sslrootcert=FILE"),
        (
            #"root certificate file "/home/ada/.postgresql/root.crt" does not exist"#, "postgres.encryption",
            "sslrootcert=FILE"
        ),
        (
            #"server certificate for "db1" does not match host name "db2""#, "postgres.encryption",
            "as its certificate names it"
        ),
        (
            #"FATAL:  no pg_hba.conf entry for host "10.0.0.7", user "pulse", database "pulse", no encryption"#,
            "postgres.encryption", "sslmode=require"
        ),
        (#"FATAL:  password authentication failed for user "pulse""#, "postgres.refused", "PGPASSWORD"),
        (#"FATAL:  database "pulse" does not exist"#, "postgres.no_database", "createdb"),
    ])
    func `why a server lets nobody in says which setting to change`(text: String, code: String, remedy: String) {
        let error = PostgresAccessError(
            PostgresError(kind: .access, state: "", message: text), location: "postgres://db1/pulse")
        #expect(error.code == code && error.remedy.contains(remedy), "\(error)")
        #expect(error.sentence.contains(text))
    }

    @Test func `a server without TLS is refused at once where the address asks for it`() async throws {
        // TLS is for TCP only, and the cluster has a socket only: a server of one answer stands in.
        let server = try OneAnswer("N")
        let settings = PostgresSettings(
            connection: "host=127.0.0.1 port=\(server.port) user=pulse dbname=pulse sslmode=require")
        let error = await #expect(throws: PostgresAccessError.self) {
            try await PostgresSurvey.take(settings, tenant: nil)
        }
        #expect(error?.code == "postgres.encryption", "\(String(describing: error))")
    }

    @Test func `what an administrator has to run makes a store possible`() async throws {
        let cluster = try await PostgresCluster.shared()
        // Owned by the superuser: the engine's role may not even make a schema.
        let owner = try await cluster.makeDatabase()
        let name = try #require(owner.firstMatch(of: /dbname=(\S+)/)?.output.1)
        let settings = PostgresSettings(connection: cluster.connection(to: String(name), user: "pulse_engine"))
        let before = try await PostgresSurvey.take(settings, tenant: nil)
        #expect(before.schema == nil && before.missingRights.count == 1)
        let pool = PostgresPool(PostgresSettings(connection: owner))
        for statement in before.missingRights { try await pool.withConnection { try $0.execute(statement) } }
        await pool.close()
        let after = try await PostgresSurvey.take(settings, tenant: nil)
        #expect(try await after.pendingChanges(settings) == ["The tables are made."])
        try after.checkMayBeOpened()
        await (try PostgresStore.open(settings, tenant: "acme")).close()
        let made = try await PostgresSurvey.take(settings, tenant: "acme")
        #expect(made.tenants == ["acme"] && made.schema?.isOwn == true && made.engineSince == nil)
        #expect(try await made.pendingChanges(settings) == [])
        #expect(try await PostgresSurvey.take(settings, tenant: "other").tenants == [])
    }

    @Test func `a column that is missing is told before it is added`() async throws {
        let fixture = try await PostgresFixture()
        await (try fixture.openPostgres()).close()
        try await fixture.execute("ALTER TABLE pulse.work_items DROP COLUMN resolution CASCADE")
        let survey = try await PostgresSurvey.take(fixture.settings, tenant: "acme")
        #expect(
            try await survey.pendingChanges(fixture.settings) == ["The column work_items.resolution is added."])
    }

    @Test func `an engine's connections are known by its tenant`() async throws {
        let fixture = try await PostgresFixture()
        var settings = fixture.settings
        settings.application = PostgresSurvey.engineName(of: "acme")
        let store = try await PostgresStore.open(settings, tenant: "acme")
        #expect(try await PostgresSurvey.take(fixture.settings, tenant: "acme").engineSince != nil)
        #expect(try await PostgresSurvey.take(fixture.settings, tenant: "other").engineSince == nil)
        await store.close()
    }
}
