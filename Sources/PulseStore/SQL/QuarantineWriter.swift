import Foundation
import PulseDomain

/// Puts rejected records into quarantine.
struct QuarantineWriter {
    let db: any SQLSession
    let tenant: TenantID

    /// Adds the records that are not there yet: rejecting the same record of the same content again changes nothing,
    /// and a record that was rejected with other content takes the place of the one that waits.
    ///
    /// - Parameter onFirstChange: called before the first entry that is written.
    func add(
        _ records: [RejectedRecord], from page: RawPage, pageID: Int64?, run: RunID, at now: Instant,
        onFirstChange: () -> Void
    ) throws {
        for record in records {
            let known = try db.rows(
                """
                SELECT id, state, code = ?5 AND payload = ?6 AS is_same FROM quarantine
                WHERE tenant = ?1 AND job = ?2 AND partition = ?3 AND record_id IS NOT DISTINCT FROM ?4
                    AND state IN ('waiting', 'discarded')
                """,
                [
                    tenant.rawValue, page.partition.job.rawValue, page.partition.key.rawValue, record.recordID,
                    record.code, record.payload,
                ])
            if try known.contains(where: { try $0["is_same"] }) { continue }
            onFirstChange()
            let waiting = try known.first { try $0["state"] as String == QuarantineState.waiting.rawValue }
            if let waiting, record.recordID != nil {
                try db.run(
                    """
                    UPDATE quarantine
                    SET run = ?, page_id = ?, cursor = ?, code = ?, reason = ?, payload = ?, at = ?
                    WHERE tenant = ? AND id = ?
                    """,
                    [
                        run.rawValue, pageID, page.cursor.json, record.code, record.reason, record.payload, now,
                        tenant.rawValue, waiting["id"] as Int64,
                    ])
            } else {
                try db.run(
                    """
                    INSERT INTO quarantine
                        (tenant, id, job, source, stream, partition, run, page_id, cursor, record_id, code, reason,
                        payload, state, at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?)
                    """,
                    [
                        tenant.rawValue, db.nextNumber(.quarantine, of: tenant), page.partition.job.rawValue,
                        page.partition.source.rawValue, page.partition.stream.rawValue, page.partition.key.rawValue,
                        run.rawValue, pageID, page.cursor.json, record.recordID, record.code, record.reason,
                        record.payload, now,
                    ])
            }
        }
    }
}
