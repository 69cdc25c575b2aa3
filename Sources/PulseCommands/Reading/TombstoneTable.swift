import PulseDomain

/// What censuses found gone, for a person.
enum TombstoneTable {
    static func text(_ findings: [TombstoneFinding], _ output: Output) -> String {
        let table = TextTable(
            ["NUMBER", "JOB", "PARTITION", "GONE", "OF", "AT", "STATE"], numbers: [0, 3, 4],
            rows: findings.map { finding in
                [
                    "\(finding.id)", finding.partition.job.rawValue, finding.partition.key.rawValue,
                    "\(finding.records)", "\(finding.known)", finding.at.iso8601, state(of: finding),
                ]
            })
        return table.text(output, empty: "No census has found anything gone.")
    }

    static func text(_ rows: [TombstoneRow], _ output: Output) -> String {
        let table = TextTable(
            ["TABLE", "ID", "CALLED", "MARKED AT"],
            rows: rows.map { [$0.table.rawValue, $0.id, $0.label ?? "", $0.deletedAt?.iso8601 ?? "not marked"] })
        return table.text(output, empty: "")
    }

    private static func state(of finding: TombstoneFinding) -> String {
        if let undone = finding.undoneAt { return "undone at \(undone.iso8601)" }
        return finding.isHeld ? "waits for someone: pulse tombstones confirm \(finding.id)" : "marked"
    }
}

extension JSONObject {
    /// An element of `pulse tombstones --json`.
    init(_ finding: TombstoneFinding) {
        self = [
            "id": finding.id,
            "job": finding.partition.job.rawValue,
            "partition": finding.partition.key.rawValue,
            "records": finding.records,
            "known": finding.known,
            "at": finding.at.iso8601,
            "is_held": finding.isHeld,
            // `held`, `applied` or `undone`.
            "state": finding.state.rawValue,
            "undone_at": finding.undoneAt?.iso8601,
        ]
    }

    /// An element of `pulse tombstones show --json`.
    init(_ row: TombstoneRow) {
        self = [
            "table": row.table.rawValue,
            "id": row.id,
            // What people call it.
            "label": row.label,
            // `null` while the finding waits for someone.
            "deleted_at": row.deletedAt?.iso8601,
        ]
    }
}
