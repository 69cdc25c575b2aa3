import PulsePostgres

/// Why a database in PostgreSQL cannot be used as a store. No password is in any of it.
package enum PostgresAccessError: Error, Sendable, Hashable {
    /// No server answered; `detail` is what libpq says of each.
    case unreachable(_ location: String, detail: String)
    /// The server answered and let nobody in: the password, the role or `pg_hba.conf`.
    case refused(_ location: String, detail: String)
    /// No encrypted connection can be made, or the server wants one and was not asked for it.
    case encryption(_ location: String, detail: String)
    /// There is no such database on the server.
    case noDatabase(_ location: String, detail: String)
    /// The connection string means nothing, or libpq refuses one of its settings: nothing was sent.
    case malformed(String)
    /// `statements` are for an administrator.
    case missingRights(_ location: String, role: String, _ statements: [String])
    /// Pulse's tables are there and the role has no part in them.
    case belongsToAnother(_ location: String, role: String, owner: String)
    /// The role is an analyst's, or another one that may read.
    case readsOnly(_ location: String, role: String, owner: String)
    case serverTooOld(_ location: String, version: Int)
    /// The database cannot hold every character.
    case otherEncoding(_ location: String, database: String, encoding: String)
    case writtenByNewer(_ location: String, version: Int64)
    /// The server follows another one and takes no changes.
    case replica(_ location: String)

    init(_ error: PostgresError, location: String) {
        let text = error.message
        switch error.kind {
        case .address: self = .malformed(text)
        // The words are the server's, which are translated only where somebody asked for it (`lc_messages`).
        case .access where Self.isAboutEncryption(text): self = .encryption(location, detail: text)
        case .access where text.contains("database \"") && text.contains("does not exist"):
            self = .noDatabase(location, detail: text)
        case .access: self = .refused(location, detail: text)
        default: self = .unreachable(location, detail: text)
        }
    }

    /// Stable, for logs and scripts.
    package var code: String {
        switch self {
        case .unreachable: "postgres.unreachable"
        case .refused: "postgres.refused"
        case .encryption: "postgres.encryption"
        case .noDatabase: "postgres.no_database"
        case .malformed: "postgres.malformed"
        case .missingRights: "postgres.missing_rights"
        case .belongsToAnother: "postgres.belongs_to_another"
        case .readsOnly: "postgres.reads_only"
        case .serverTooOld: "postgres.server_too_old"
        case .otherEncoding: "postgres.other_encoding"
        case .writtenByNewer: "postgres.written_by_newer"
        case .replica: "postgres.replica"
        }
    }

    /// What happened.
    package var sentence: String {
        switch self {
        case .unreachable(let location, let detail): "\(location) cannot be reached: \(detail)."
        case .refused(let location, let detail): "\(location) refuses the connection: \(detail)."
        case .encryption(let location, let detail): "\(location) and Pulse agree on no encryption: \(detail)."
        case .noDatabase(let location, let detail): "\(location) is not there: \(detail)."
        case .malformed(let detail): "The store's address cannot be used: \(detail)."
        case .missingRights(let location, let role, _): "The role \(role) may not make Pulse's tables in \(location)."
        case .belongsToAnother(let location, let role, let owner):
            "Pulse's tables in \(location) belong to the role \(owner), and \(role) may not look into them."
        case .readsOnly(let location, let role, _):
            "The role \(role) reads Pulse's views in \(location), and pulse needs one that works on its tables."
        case .serverTooOld(let location, let version):
            "\(location) is PostgreSQL \(version / 10_000), and 15 is the oldest that will do."
        case .otherEncoding(let location, let database, let encoding):
            "The database \(database) of \(location) is encoded in \(encoding), which cannot hold every character."
        case .writtenByNewer(let location, let version):
            "\(location) was written by a newer Pulse (schema \(version))."
        case .replica(let location): "\(location) is a replica, which takes no changes."
        }
    }

    /// What to do.
    package var remedy: String {
        switch self {
        case .unreachable: "Check host and port, and whether the server runs."
        case .refused:
            "Check role and password: the latter is read from PGPASSWORD or ~/.pgpass (mode 600), and the server's "
                + "pg_hba.conf says who may come in from where."
        case .encryption(_, let detail): Self.remedy(forEncryption: detail)
        case .noDatabase:
            "Make it, as in `createdb --encoding UTF8 --template template0 --owner ROLE NAME`, or correct the address."
        case .malformed: "Expected is postgres://USER@HOST/DATABASE."
        case .missingRights(_, _, let statements): "An administrator runs: \(statements.joined(separator: " "))"
        case .belongsToAnother(_, let role, let owner):
            "Name the role \(owner) in the store's address. For reading with SQL, whoever runs the engines adds an analyst: "
                + "`pulse store analysts --add \(role)`."
        case .readsOnly(_, _, let owner):
            "Read with psql or any other SQL client; for pulse, name the engines' role (\(owner)) in the store's address."
        case .serverTooOld: "Use a newer server."
        case .otherEncoding: "Make a database with `createdb --encoding UTF8 --template template0`."
        case .writtenByNewer: "Update pulse."
        case .replica: "Name the server that leads, or all of them: the one that leads is found."
        }
    }

    // MARK: Encryption

    /// The words are libpq's and the server's (`fe-connect.c`, `fe-secure-openssl.c`, `auth.c`).
    private static func isAboutEncryption(_ text: String) -> Bool {
        ["does not support SSL", "certificate", "private key file", "no encryption", "SSL off"].contains {
            text.contains($0)
        }
    }

    /// Which setting of the address is to be changed (manual, "SSL Support").
    private static func remedy(forEncryption detail: String) -> String {
        let remedies = [
            (
                "does not support SSL",
                "Turn TLS on at the server (ssl = on in postgresql.conf); on a network that you trust, write "
                    + "sslmode=disable in the address."
            ),
            (
                "root certificate file",
                "Put the certificate of the authority there, or name its file with sslrootcert=FILE in the address."
            ),
            (
                "does not match host name",
                "Write the host as its certificate names it; sslmode=verify-ca does not compare names."
            ),
            (
                "certificate verify failed",
                "Name the file with the certificate of the authority that signed the server's with sslrootcert=FILE in "
                    + "the address; sslmode=require encrypts without looking who answers."
            ),
            ("no encryption", "Write sslmode=require, or better sslmode=verify-full, in the address."),
            ("SSL off", "Write sslmode=require, or better sslmode=verify-full, in the address."),
        ]
        return remedies.first { detail.contains($0.0) }?.1
            ?? "Look at sslmode, sslrootcert, sslcert and sslkey in the address."
    }
}
