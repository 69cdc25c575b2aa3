import PulsePostgresCluster
import Testing

@testable import PulsePostgres

@Suite struct FarewellTests {
    /// Whether what the server says as it ends a transaction is read before anything else is asked, as by a process that
    /// was stopped while an answer was on its way.
    @Test(arguments: [true, false])
    func `a transaction that the server ended for standing idle is told as that, whenever it is heard`(
        isReadBefore: Bool
    )
        async throws
    {
        let settings = PostgresSettings(connection: try await PostgresCluster.shared().makeDatabase())
        let pool = PostgresPool(settings)
        let seen = try await pool.withConnection { connection -> PostgresError? in
            let own = try connection.query("SELECT pg_backend_pid()::bigint AS it").first?.value("it") ?? .null
            try connection.execute("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 1")
            let other = try PostgresConnection(settings)
            while try other.query("SELECT pg_sleep(0.01) FROM pg_stat_activity WHERE pid = $1", [own]).count > 0 {}
            if isReadBefore { _ = try connection.notifications() }
            do {
                try connection.query("SELECT 1")
                return nil
            } catch {
                return error as? PostgresError
            }
        }
        let told = seen ?? nil
        #expect(told?.kind == .conflict && told?.state == PostgresError.idleInTransaction)
        await pool.close()
    }
}
