import PulseDomain
import PulseStore

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
        return table.text(width: output.width, isBold: output.usesColor, empty: "No census has found anything gone.")
    }

    fileprivate static func state(of finding: TombstoneFinding) -> String {
        if let undone = finding.undoneAt { return "undone at \(undone.iso8601)" }
        return finding.isHeld ? "waits for someone: pulse tombstones confirm \(finding.id)" : "marked"
    }
}

/// An element of `pulse tombstones --json`.
struct TombstoneJSON: Encodable {
    var id: Int64
    var job: String
    var partition: String
    var records: Int
    var known: Int
    var at: String
    var isHeld: Bool
    @Null var undoneAt: String?

    init(_ finding: TombstoneFinding) {
        id = finding.id
        job = finding.partition.job.rawValue
        partition = finding.partition.key.rawValue
        records = finding.records
        known = finding.known
        at = finding.at.iso8601
        isHeld = finding.isHeld
        undoneAt = finding.undoneAt?.iso8601
    }
}
