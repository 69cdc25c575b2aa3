/// Where a database is and how it is talked to.
package struct PostgresSettings: Sendable, Hashable {
    /// As libpq reads it: an address (`postgres://ada@db1,db2/pulse?sslmode=verify-full`) or `name=value` pairs. What it
    /// leaves out comes from libpq's environment, service file and password file (manual, "Connection Strings").
    package var connection: String
    /// How the server shows the connection in `pg_stat_activity`.
    package var application: String
    /// How long one server is tried before the next.
    package var connectTimeout: Duration
    /// How long a statement may take; `nil` for as long as it needs.
    package var statementTimeout: Duration?
    /// How long a statement waits for a lock.
    package var lockTimeout: Duration?
    /// How long the other side may be silent before the connection counts as broken: a server that fell over says
    /// nothing.
    package var silence: Duration
    /// Set at the begin of each session, by name: parameters of an application's own (`pulse.tenant`).
    package var sessionParameters: [String: String] = [:]
    /// Whether only a server that may be written to will do, where the connection string does not say.
    package var isForWriting = true
    /// Another server, which follows this one, for what is only looked at; `nil`: there is none.
    package var replica: Replica?

    /// A server that follows the one of the settings.
    package struct Replica: Sendable, Hashable {
        /// As ``PostgresSettings/connection``.
        package var connection: String
        /// How far it may be behind to be asked.
        package var mostLag: Duration

        package init(connection: String, mostLag: Duration = .seconds(30)) {
            self.connection = connection
            self.mostLag = mostLag
        }
    }

    /// How the replica is connected to: as the server itself, for reading. `nil` without one.
    package var replicaSettings: PostgresSettings? {
        guard let replica else { return nil }
        var settings = self
        settings.connection = replica.connection
        settings.isForWriting = false
        settings.replica = nil
        // One that is away is not waited for: the server itself is asked.
        settings.connectTimeout = .seconds(2)
        return settings
    }

    package init(
        connection: String, application: String = "pulse", connectTimeout: Duration = .seconds(5),
        statementTimeout: Duration? = .seconds(300), lockTimeout: Duration? = .seconds(10),
        silence: Duration = .seconds(20)
    ) {
        self.connection = connection
        self.application = application
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.lockTimeout = lockTimeout
        self.silence = silence
    }

    /// What is asked of the server beyond the connection string, unless that says otherwise.
    func parameters() throws -> [(String, String)] {
        let given = try parts()
        var parameters = [("dbname", connection)]
        func add(_ name: String, _ value: String) { if given[name] == nil { parameters.append((name, value)) } }
        add("application_name", application)
        add("connect_timeout", String(max(2, connectTimeout.components.seconds)))
        add("keepalives_idle", String(max(1, silence.components.seconds / 2)))
        add("keepalives_interval", String(max(1, silence.components.seconds / 6)))
        add("keepalives_count", "3")
        add("tcp_user_timeout", String(silence.components.seconds * 1_000))
        // After a fail-over the servers that follow refuse to write: the one that leads is meant.
        if isForWriting { add("target_session_attrs", "read-write") }
        return parameters
    }

    /// What is set at the begin of each session.
    var session: String {
        func milliseconds(_ duration: Duration?) -> Int64 {
            guard let duration else { return 0 }
            return duration.components.seconds * 1_000 + duration.components.attoseconds / 1_000_000_000_000_000
        }
        return """
            SET client_encoding = 'UTF8'; SET client_min_messages = 'warning'; SET timezone = 'UTC';
            SET statement_timeout = \(milliseconds(statementTimeout)); SET lock_timeout = \(milliseconds(lockTimeout));
            SET idle_in_transaction_session_timeout = '30s'; SET search_path = pulse, pg_temp
            """
    }
}
