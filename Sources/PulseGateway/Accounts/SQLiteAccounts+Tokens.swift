import Foundation
import GRDB
import PulseAPI
import PulseDomain

extension SQLiteAccounts {
    // MARK: Refresh families

    func begin(_ family: RefreshFamily, token: [UInt8]) async throws {
        try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO refresh_families (id, user, tenant, created_at, expires_at) VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [
                    family.id, family.user, family.tenant.rawValue, family.createdAt.microseconds,
                    family.expiresAt.microseconds,
                ])
            try Self.insert(token, of: family.id, in: db)
        }
    }

    func rotate(_ token: [UInt8], to next: RefreshSuccessor, at now: Instant) async throws -> RefreshOutcome {
        try await write { db in
            // The write transaction is exclusive: of two that present the same token, one comes first.
            let found = try Row.fetchOne(
                db,
                sql: """
                    SELECT f.*, t.spent_at, t.salt, t.proof, (
                        SELECT s.spent_at IS NULL FROM refresh_tokens s WHERE s.digest = t.successor
                    ) AS has_fresh_successor
                    FROM refresh_tokens t JOIN refresh_families f ON f.id = t.family WHERE t.digest = ?
                    """, arguments: [Data(token)])
            guard let row = found else { return .unknown }
            let family = RefreshFamily(
                id: row["id"], user: row["user"], tenant: TenantID(rawValue: row["tenant"]),
                createdAt: Instant(microseconds: row["created_at"]),
                expiresAt: Instant(microseconds: row["expires_at"]))
            guard (row["ended_at"] as Int64?) == nil, family.expiresAt > now else { return .unknown }
            if let spentAt = (row["spent_at"] as Int64?).map({ Instant(microseconds: $0) }) {
                if let salt = Self.saltToRepeat(row, spentAt, next, at: now) { return .repeated(family, salt: salt) }
                try Self.end("id = ?", family.id, at: now, because: "a refresh token was used twice", in: db)
                return .reused(family)
            }
            try db.execute(
                sql: "UPDATE refresh_tokens SET spent_at = ?, salt = ?, proof = ?, successor = ? WHERE digest = ?",
                arguments: [
                    now.microseconds, Data(next.salt), next.proof.map { Data($0) }, Data(next.digest), Data(token),
                ])
            try Self.insert(next.digest, of: family.id, in: db)
            return .rotated(family)
        }
    }

    /// The salt of a token that was spent a moment ago by who presents it now, and whose successor nobody has used.
    private static func saltToRepeat(
        _ row: Row, _ spentAt: Instant, _ next: RefreshSuccessor, at now: Instant
    ) -> [UInt8]? {
        guard let proof = next.proof, let kept = row["proof"] as Data?, Array(kept) == proof,
            row["has_fresh_successor"] as Bool? == true, now >= spentAt, now - spentAt < RefreshSuccessor.grace,
            let salt = row["salt"] as Data?
        else { return nil }
        return Array(salt)
    }

    func endFamily(_ id: String, at now: Instant, because reason: String) async throws {
        try await write { db in try Self.end("id = ?", id, at: now, because: reason, in: db) }
    }

    func endFamilies(of user: String, at now: Instant, because reason: String) async throws {
        try await write { db in try Self.end("user = ?", user, at: now, because: reason, in: db) }
    }

    func isAlive(_ family: String, at now: Instant) async throws -> Bool {
        try await read { db in
            try Bool.fetchOne(
                db, sql: "SELECT ended_at IS NULL AND expires_at > ? FROM refresh_families WHERE id = ?",
                arguments: [now.microseconds, family]) ?? false
        }
    }

    func expiry(ofFamily id: String) async throws -> Instant? {
        try await read { db in
            try Int64.fetchOne(db, sql: "SELECT expires_at FROM refresh_families WHERE id = ?", arguments: [id])
                .map { Instant(microseconds: $0) }
        }
    }

    private static func insert(_ token: [UInt8], of family: String, in db: Database) throws {
        try db.execute(
            sql: "INSERT INTO refresh_tokens (digest, family) VALUES (?, ?)", arguments: [Data(token), family])
    }

    private static func end(
        _ condition: String, _ value: String, at now: Instant, because reason: String, in db: Database
    ) throws {
        try db.execute(
            sql: "UPDATE refresh_families SET ended_at = ?, ended_because = ? WHERE ended_at IS NULL AND \(condition)",
            arguments: [now.microseconds, reason, value])
    }

    // MARK: Personal tokens

    /// So long, and so many of a user, expired tokens are remembered: who uses one is told that it expired.
    static let expiredTokensKept = Duration.days(90)
    private static let mostExpiredTokens = 50

    func add(_ token: StoredToken, digest: [UInt8]) async throws {
        try await write { db in
            try db.execute(
                sql: """
                    DELETE FROM personal_tokens WHERE id IN (
                        SELECT id FROM personal_tokens WHERE user = ? AND expires_at <= ?
                        ORDER BY expires_at DESC LIMIT -1 OFFSET ?
                    )
                    """, arguments: [token.user, token.createdAt.microseconds, Self.mostExpiredTokens])
            try db.execute(
                sql: """
                    INSERT INTO personal_tokens (id, digest, user, tenant, name, scope, created_at, expires_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    token.id, Data(digest), token.user, token.tenant.rawValue, token.name, token.scope.rawValue,
                    token.createdAt.microseconds, token.expiresAt.microseconds,
                ])
        }
    }

    func tokens(of user: String) async throws -> [StoredToken] {
        try await read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM personal_tokens WHERE user = ? ORDER BY created_at DESC, id",
                arguments: [user]
            ).compactMap(Self.token)
        }
    }

    func token(digest: [UInt8], at now: Instant) async throws -> StoredToken? {
        let found = try await read { db in
            try Row.fetchOne(
                db, sql: "SELECT * FROM personal_tokens WHERE digest = ?", arguments: [Data(digest)]
            ).flatMap(Self.token)
        }
        guard var token = found, token.expiresAt > now else { return found }
        let isRecent = token.lastUsedAt.map { now - $0 < .minutes(1) } ?? false
        if !isRecent {
            token.lastUsedAt = now
            try await write { [token] db in
                try db.execute(
                    sql: "UPDATE personal_tokens SET last_used_at = ? WHERE id = ?",
                    arguments: [now.microseconds, token.id])
            }
        }
        return token
    }

    func removeToken(_ id: String, of user: String) async throws -> Bool {
        try await write { db in
            try db.execute(sql: "DELETE FROM personal_tokens WHERE id = ? AND user = ?", arguments: [id, user])
            return db.changesCount > 0
        }
    }

    /// `nil` for a scope that this Pulse does not know: such a token is good for nothing.
    @Sendable private static func token(_ row: Row) -> StoredToken? {
        guard let scope = TokenScope(rawValue: row["scope"]) else { return nil }
        return StoredToken(
            id: row["id"], user: row["user"], tenant: TenantID(rawValue: row["tenant"]), name: row["name"],
            scope: scope, createdAt: Instant(microseconds: row["created_at"]),
            expiresAt: Instant(microseconds: row["expires_at"]),
            lastUsedAt: (row["last_used_at"] as Int64?).map { Instant(microseconds: $0) })
    }
}
