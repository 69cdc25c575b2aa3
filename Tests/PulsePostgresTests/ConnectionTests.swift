import PulsePostgres
import PulsePostgresCluster
import Testing

/// The error of `body`. Not `#expect(throws:)`: within a closure its own closure gets the name of the next one, and that
/// one then runs in its place (Swift 6.3).
private func failure(_ body: () throws -> Void) -> PostgresError? {
    do {
        try body()
        return nil
    } catch {
        return error as? PostgresError
    }
}

@Suite struct ConnectionTests {
    private func pool(_ limits: PostgresPool.Limits = .init()) async throws -> PostgresPool {
        let connection = try await PostgresCluster.shared().makeDatabase()
        return PostgresPool(PostgresSettings(connection: connection), limits: limits)
    }

    @Test func `every kind of value comes back as it was bound`() async throws {
        let pool = try await pool()
        let values: [PostgresValue] = [
            .null, .boolean(true), .boolean(false), .integer(.min), .integer(.max), .integer(0), .real(-0.5),
            .real(1e300),
            .text(""), .text("naïve \u{1F600} ' \" \\"), .bytes([]), .bytes([0, 1, 255]),
            .instant(0), .instant(-1), .instant(1_790_000_000_123_456),
        ]
        let types = ["text", "boolean", "bigint", "double precision", "text", "bytea", "timestamptz"]
        try await pool.withConnection { connection in
            for value in values {
                let type =
                    switch value {
                    case .null, .text: types[0]
                    case .boolean: types[1]
                    case .integer: types[2]
                    case .real: types[3]
                    case .bytes: types[5]
                    case .instant: types[6]
                    case .array: "text[]"
                    }
                let row = try connection.query("SELECT $1::\(type) AS it", [value]).first
                #expect(try row?.value("it") == value)
            }
        }
        await pool.close()
    }

    @Test func `arrays arrive as the rows of a column, nulls and none among them`() async throws {
        let pool = try await pool()
        try await pool.withConnection { connection in
            var arrays: [(String, PostgresArray)] = [("text", PostgresArray(["a", "", "naïve \u{1F600}"]))]
            func add(_ type: String, _ element: PostgresArray.Element, _ fill: (inout PostgresArray) -> Void) {
                var array = PostgresArray(of: element)
                array.appendNull()
                fill(&array)
                arrays.append((type, array))
            }
            add("bigint", .integer) { for value in [Int64.min, .max] { $0.append(integer: value) } }
            add("float8", .real) { for value in [-0.5, 1e300] { $0.append(real: value) } }
            add("boolean", .boolean) { for value in [true, false] { $0.append(boolean: value) } }
            add("timestamptz", .instant) {
                for value in [Int64(0), 1_790_000_000_123_456] { $0.append(instant: value) }
            }
            add("jsonb", .json) { array in
                for text in ["[1]", "{}"] { Array(text.utf8).withUnsafeBytes { array.append(json: $0) } }
            }
            let expected: [[PostgresValue]] = [
                [.text("a"), .text(""), .text("naïve \u{1F600}")], [.null, .integer(.min), .integer(.max)],
                [.null, .real(-0.5), .real(1e300)], [.null, .boolean(true), .boolean(false)],
                [.null, .instant(0), .instant(1_790_000_000_123_456)], [.null, .text("[1]"), .text("{}")],
            ]
            for ((type, array), values) in zip(arrays, expected) {
                #expect(array.count == values.count)
                let rows = try connection.query("SELECT unnest($1::\(type)[]) AS it", [.array(array)]).rows
                #expect(try rows.map { try $0.value("it") } == values)
            }
            let none = try connection.query("SELECT unnest($1::jsonb[])", [.array(PostgresArray(of: .json))])
            #expect(none.count == 0)
        }
        await pool.close()
    }

    @Test func `a plan that is to be renewed is made anew at the 2nd, the 8th and the 32nd use`() async throws {
        let pool = try await pool()
        try await pool.withConnection { connection in
            var renewals: [Int] = []
            var name: PostgresValue?
            for use in 1...40 {
                let found = try connection.query("SELECT $1::bigint", [.integer(7)], renewsPlan: true).first
                #expect(try found?.value(0) == .integer(7))
                let plan = try connection.query(
                    "SELECT name FROM pg_prepared_statements WHERE statement = 'SELECT $1::bigint'")
                #expect(plan.count == 1)
                let now = try plan.first?.value(0)
                if use > 1, now != name { renewals.append(use) }
                name = now
            }
            #expect(renewals == [2, 8, 32])
        }
        await pool.close()
    }

    @Test func `rows are copied in, all or none`() async throws {
        let pool = try await pool()
        try await pool.withConnection { connection in
            try connection.execute(
                "CREATE TABLE it (a bigint, b double precision, c boolean, d timestamptz, e text, f jsonb, g bytea)")
            let count = try connection.copyIn("COPY it FROM STDIN (FORMAT binary)") { writer in
                for index in 0..<20_000 {
                    try writer.beginRow(columns: 7)
                    writer.write(integer: Int64(index))
                    writer.write(real: Double(index) / 4)
                    writer.write(boolean: index % 2 == 0)
                    writer.write(instant: Int64(index) * 1_000_000)
                    writer.write(text: "row \(index)")
                    Array(#"{"a":\#(index)}"#.utf8).withUnsafeBytes { writer.write(json: $0) }
                    writer.writeNull()
                }
            }
            #expect(count == 20_000)
            let row = try connection.query("SELECT *, f->>'a' AS inner FROM it WHERE a = 19999").first
            #expect(try row?.value("inner") == .text("19999"))
            #expect(try row?.value("d") == .instant(19_999_000_000))
            #expect(try row?.value("g") == .null)
            let broken = failure {
                try connection.copyIn("COPY it FROM STDIN (FORMAT binary)") { writer in
                    try writer.beginRow(columns: 7)
                    throw PostgresError(state: "ZZZZZ", message: "enough")
                }
            }
            #expect(broken?.state == "ZZZZZ")
            #expect(try connection.query("SELECT count(*) AS n FROM it").first?.value("n") == .integer(20_000))
        }
        await pool.close()
    }

    @Test func `a transaction that throws leaves nothing, and the connection goes on`() async throws {
        let pool = try await pool()
        try await pool.withConnection { connection in
            try connection.execute("CREATE TABLE it (a bigint PRIMARY KEY)")
            let refused = failure {
                try connection.transaction {
                    try connection.query("INSERT INTO it VALUES ($1)", [.integer(1)])
                    try connection.query("INSERT INTO it VALUES ($1)", [.integer(1)])
                }
            }
            #expect(refused?.state == "23505" && refused?.constraint == "it_pkey")
            try connection.transaction { _ = try connection.query("INSERT INTO it VALUES ($1)", [.integer(2)]) }
            #expect(try connection.query("SELECT a FROM it").rows.map { try $0.value("a") } == [.integer(2)])
        }
        await pool.close()
    }

    @Test(arguments: [
        ("SELECT 1/0", PostgresError.Kind.statement, "22012"), ("SELEC", .statement, "42601"),
        ("SET statement_timeout = 1; SELECT pg_sleep(5)", .cancelled, "57014"),
        ("SET TRANSACTION READ ONLY; CREATE TABLE x ()", .readOnly, "25006"),
        ("SET ROLE nobody_at_all", .statement, "22023"),
    ])
    func `errors are told apart`(sql: String, kind: PostgresError.Kind, state: String) async throws {
        let pool = try await pool()
        let error = try await pool.withConnection { connection in
            failure { try connection.execute(sql) }
        }
        #expect(error??.kind == kind)
        #expect(error??.state == state)
        await pool.close()
    }

    @Test(.timeLimit(.minutes(1))) func `a call that waits for the server ends when the pool is abandoned`()
        async throws
    {
        let pool = try await pool(.init(connections: 2, patience: .zero))
        try await withThrowingTaskGroup(of: PostgresError?.self) { group in
            group.addTask {
                do {
                    try await pool.withConnection { connection in
                        _ = try connection.query("SELECT pg_advisory_lock(1), pg_sleep(600)")
                    }
                    return nil
                } catch {
                    return error as? PostgresError
                }
            }
            // It is under way when the server has its lock.
            var isUnderWay = false
            while !isUnderWay {
                let locks = try await pool.withConnection {
                    try $0.query(
                        """
                        SELECT 1 AS one FROM pg_locks WHERE locktype = 'advisory'
                            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                        """
                    ).rows.count
                }
                isUnderWay = locks ?? 0 > 0
            }
            await pool.abandon()
            let error = try #require(await group.next() ?? nil)
            #expect(error.kind == .connection)
        }
        #expect(try await pool.withConnection { _ in true } == nil)
    }

    @Test func `a pool of two serves twenty at once, and a server that was restarted is found again`() async throws {
        let cluster = try await PostgresCluster.start()
        let connection = try await cluster.makeDatabase()
        let pool = PostgresPool(PostgresSettings(connection: connection), limits: .init(connections: 2))
        func sum() async throws -> Int64 {
            try await withThrowingTaskGroup(of: Int64.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        let value = try await pool.withConnection { connection in
                            try connection.query("SELECT $1::bigint AS it", [.integer(Int64(index))]).first?.value("it")
                        }
                        guard case .integer(let it)?? = value else { return 0 }
                        return it
                    }
                }
                return try await group.reduce(0, +)
            }
        }
        #expect(try await sum() == 190)
        try await cluster.restart("immediate")
        #expect(try await sum() == 190)
        await pool.close()
        #expect(try await pool.withConnection { try $0.execute("SELECT 1") } == nil)
    }
}
