import CLibpq
import Glibc

/// One connection. Every call blocks until the server has answered, so it is used on a thread of its own
/// (``PostgresPool``) and by one caller at a time.
package final class PostgresConnection {
    let handle: OpaquePointer
    private let settings: PostgresSettings
    /// Statements that the server has parsed for this connection, by text and types.
    private var prepared: [StatementKey: Prepared] = [:]
    private struct Prepared {
        let name: String
        var uses: Int
    }
    private var lastStatement = 0
    /// Told by libpq for as long as the handle is there.
    private let farewell = Farewell()
    private struct StatementKey: Hashable {
        let sql: String
        let types: [UInt32]

        /// Statements have thousands of characters, and are found with each use: length and types tell most apart.
        func hash(into hasher: inout Hasher) {
            hasher.combine(sql.utf8.count)
            hasher.combine(types)
        }
    }
    /// Statements kept at most; a console has a few hundred.
    private static let maximumPrepared = 500

    /// Connects, or throws `PostgresError` of kind `connection`, `access` or `address`.
    package init(_ settings: PostgresSettings) throws {
        self.settings = settings
        let parameters = try settings.parameters()
        let strings = parameters.map { (strdup($0.0), strdup($0.1)) }
        defer { for (name, value) in strings { free(name); free(value) } }
        let names: [UnsafePointer<CChar>?] = strings.map { UnsafePointer($0.0) } + [nil]
        let values: [UnsafePointer<CChar>?] = strings.map { UnsafePointer($0.1) } + [nil]
        guard let handle = PQconnectdbParams(names, values, 1) else {
            throw PostgresError(kind: .resources, state: "", message: "there is no memory for a connection")
        }
        self.handle = handle
        guard PQstatus(handle) == CONNECTION_OK else {
            if let refusal = settings.refusal(of: try settings.parts()) {
                throw PostgresError(kind: .address, state: "", message: refusal)
            }
            throw Self.connectFailure(handle)
        }
        let farewell = Unmanaged.passUnretained(farewell).toOpaque()
        PQsetNoticeReceiver(handle, { Farewell.hear($0, $1) }, farewell)
        try execute(settings.session)
        for (name, value) in settings.sessionParameters.sorted(by: { $0.key < $1.key }) {
            try query("SELECT set_config($1, $2, FALSE)", [.text(name), .text(value)])
        }
    }

    deinit { PQfinish(handle) }

    /// Whether the connection is still there, as far as was noticed.
    package var isUsable: Bool {
        PQstatus(handle) == CONNECTION_OK && PQtransactionStatus(handle) == PQTRANS_IDLE
    }

    /// The server's version: 150004 is 15.4.
    package var serverVersion: Int { Int(PQserverVersion(handle)) }

    // MARK: Statements

    /// Runs statements without parameters, one after the other.
    package func execute(_ sql: String) throws {
        _ = try check(PQexec(handle, sql))
    }

    /// Runs one statement with `$1`, `$2`… bound to `values`; rows come in the binary format. It is parsed once a
    /// connection.
    ///
    /// - Parameter renewsPlan: whether the server forgets its plan now and then, at first soon: for statements whose tables
    ///   may have been empty when it was made. The planner knows nothing of an empty table, and would keep what it guessed.
    @discardableResult
    package func query(
        _ sql: String, _ values: [PostgresValue] = [], renewsPlan: Bool = false
    ) throws -> PostgresResult {
        let name = try statement(sql, values.map(\.type), renewsPlan: renewsPlan)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.reduce(0) { $0 + $1.sizeInBytes + 1 })
        var ranges: [Range<Int>?] = []
        for value in values {
            guard value != .null else {
                ranges.append(nil)
                continue
            }
            let start = bytes.count
            value.append(to: &bytes)
            ranges.append(start..<bytes.count)
            // Parameters in the text format end with a NUL, whatever length is told.
            bytes.append(0)
        }
        let formats: [Int32] = values.map { $0.isBinary ? 1 : 0 }
        let lengths: [Int32] = ranges.map { Int32($0?.count ?? 0) }
        return try bytes.withUnsafeBytes { raw in
            let start = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
            let pointers: [UnsafePointer<CChar>?] = ranges.map { range in
                range.flatMap { start?.advanced(by: $0.lowerBound) }
            }
            return try check(PQexecPrepared(handle, name, Int32(values.count), pointers, lengths, formats, 1))
        }
    }

    private func statement(_ sql: String, _ types: [UInt32], renewsPlan: Bool) throws -> String {
        let key = StatementKey(sql: sql, types: types)
        var uses = 1
        if let known = prepared[key] {
            uses = known.uses + 1
            prepared[key]?.uses = uses
            guard renewsPlan, Self.isTimeForNewPlan(uses) else { return known.name }
            prepared[key] = nil
            try execute("DEALLOCATE \(known.name)")
        }
        if prepared.count >= Self.maximumPrepared {
            try execute("DEALLOCATE ALL")
            prepared = [:]
        }
        // Never the name of one before, which may still be there when it could not be taken away.
        lastStatement += 1
        let name = "s\(lastStatement)"
        _ = try check(PQprepare(handle, name, sql, Int32(types.count), types))
        prepared[key] = Prepared(name: name, uses: uses)
        return name
    }

    /// The 2nd use, the 8th, the 32nd and so on.
    private static func isTimeForNewPlan(_ use: Int) -> Bool {
        use.nonzeroBitCount == 1 && use.trailingZeroBitCount % 2 == 1
    }

    // MARK: Transactions

    /// Runs `body` in a transaction: commits when it returns, takes everything back when it throws.
    ///
    /// When the connection breaks while the commit is under way, `PostgresError` of kind `connection` does not tell
    /// whether it happened: callers make their commits repeatable, or look.
    package func transaction<Value>(isReadOnly: Bool = false, _ body: () throws -> Value) throws -> Value {
        try execute(isReadOnly ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN")
        do {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            // A connection that broke has rolled back by itself.
            if PQstatus(handle) == CONNECTION_OK { _ = PQexec(handle, "ROLLBACK").map(PostgresResult.init) }
            throw error
        }
    }

    // MARK: COPY

    /// Sends rows to a table as COPY's binary format has them. `write` gives them to the writer; when it throws, none
    /// arrives. How many rows it were.
    @discardableResult
    package func copyIn(_ sql: String, _ write: (inout CopyWriter) throws -> Void) throws -> Int {
        let begun = PQexec(handle, sql)
        guard PQresultStatus(begun) == PGRES_COPY_IN else {
            _ = try check(begun)
            throw PostgresError(kind: .statement, state: "", message: "the statement is no COPY FROM STDIN")
        }
        PQclear(begun)
        do {
            var writer = CopyWriter(self)
            try write(&writer)
            try writer.finish()
        } catch {
            PQputCopyEnd(handle, "the rows could not be made")
            while let result = PQgetResult(handle) { PQclear(result) }
            throw error
        }
        guard PQputCopyEnd(handle, nil) == 1 else { throw failure() }
        return try lastResult().affected
    }

    func send(_ bytes: UnsafeRawBufferPointer) throws {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        guard PQputCopyData(handle, start.assumingMemoryBound(to: CChar.self), Int32(bytes.count)) == 1 else {
            throw failure()
        }
    }

    private func lastResult() throws -> PostgresResult {
        var last: PostgresResult?
        var problem: (any Error)?
        while let result = PQgetResult(handle) {
            do { last = try check(result) } catch { problem = problem ?? error }
        }
        if let problem { throw problem }
        guard let last else { throw failure() }
        return last
    }

    // MARK: Failures

    private func check(_ result: OpaquePointer?) throws -> PostgresResult {
        guard let result else { throw failure() }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY, PGRES_SINGLE_TUPLE: return PostgresResult(result)
        default:
            defer { PQclear(result) }
            func field(_ code: Int) -> String? {
                PQresultErrorField(result, Int32(code)).map { String(cString: $0) }
            }
            guard let state = field(pulse_pg_sqlstate) else { throw failure() }
            let isGone = PQstatus(handle) != CONNECTION_OK
            throw PostgresError(
                kind: isGone && state != PostgresError.idleInTransaction ? .connection : nil, state: state,
                message: field(pulse_pg_message) ?? "it failed",
                table: field(pulse_pg_table), constraint: field(pulse_pg_constraint))
        }
    }

    /// What libpq itself says: that the connection broke, unless it was used wrongly. A failed write leaves its status as
    /// it was until something is read (`fe-misc.c`, `pqSendSome`).
    func failure() -> PostgresError {
        let text = firstLine(String(cString: PQerrorMessage(handle)))
        // What a server says as it closes a connection comes without an SQLSTATE (`fe-exec.c`), in its own language: in others
        // it is a connection that broke, for which the transaction is tried again a little later.
        if text.contains("idle-in-transaction") || farewell.isOfIdleTransaction {
            return PostgresError(state: PostgresError.idleInTransaction, message: farewell.message ?? text)
        }
        let isMisuse = ["in progress", "parameters must be", "pipeline mode"].contains { text.contains($0) }
        return PostgresError(
            kind: PQstatus(handle) == CONNECTION_OK && isMisuse ? .statement : .connection, state: "", message: text)
    }

    /// What is said by servers that accept the password and will do later: they start, stop, follow another one or are
    /// full (`fe-connect.c`, `postmaster.c`, `postinit.c`). One of several that stands by is no reason to give up.
    private static let passingWords = [
        "session is read-only", "hot standby", "starting up", "shutting down", "recovery mode", "connection slots",
        "too many clients", "closed the connection", "timeout expired", "not accepting connections",
    ]

    /// Whether no encrypted connection can be made, however often it is tried (`fe-connect.c`, `fe-secure-openssl.c`).
    private static func encryptionProblem(in text: String) -> Bool {
        ["does not support SSL", "certificate", "private key file"].contains { text.contains($0) }
    }

    /// The handle is freed with the connection, which counts as made once it has one.
    private static func connectFailure(_ handle: OpaquePointer) -> PostgresError {
        let text = String(cString: PQerrorMessage(handle))
        // libpq gives no SQLSTATE for a refused connection; the server's words are in its locale, so only what it
        // needed tells.
        let passes = passingWords.contains { text.contains($0) }
        let isAccess =
            PQconnectionNeedsPassword(handle) == 1 || (PQconnectionUsedPassword(handle) == 1 && !passes)
            || text.contains("does not exist") || text.contains("pg_hba.conf") || encryptionProblem(in: text)
        return PostgresError(kind: isAccess ? .access : .connection, state: "", message: withoutHints(text))
    }
}

/// Why the server closed a connection, where it said so before anything was asked: libpq takes what arrives behind an
/// answer, or while nothing is under way, for a notice (`fe-protocol3.c`, `pqParseInput3`). A process that was stopped reads
/// both at once.
private final class Farewell {
    private(set) var isOfIdleTransaction = false
    private(set) var message: String?

    static func hear(_ farewell: UnsafeMutableRawPointer?, _ notice: OpaquePointer?) {
        guard let farewell, let notice, let state = PQresultErrorField(notice, Int32(pulse_pg_sqlstate)),
            String(cString: state) == PostgresError.idleInTransaction
        else { return }
        let heard = Unmanaged<Farewell>.fromOpaque(farewell).takeUnretainedValue()
        heard.isOfIdleTransaction = true
        heard.message = PQresultErrorField(notice, Int32(pulse_pg_message)).map { String(cString: $0) }
    }
}
