import PulseDomain
import PulseStore
import PulseTerminal

/// `pulse store status` and `verify` for a person.
enum StoreStatusText {
    static func text(_ status: StoreStatus, _ output: Output) -> String {
        let newer = status.schema < status.knownSchema ? " (\(status.knownSchema) with the next start)" : ""
        var facts = [
            ["store", status.location], ["database", status.database], ["schema", "\(status.schema)\(newer)"],
            ["tenant", status.tenant.rawValue],
            ["tenants", status.tenants.map(\.rawValue).joined(separator: ", ")],
        ]
        if let bytes = status.bytes { facts.append(["size", size(bytes)]) }
        if status.isReplica {
            facts.append([
                "replica", status.lag.map { "behind by \(TimeArguments.text($0))" } ?? "nothing replayed yet",
            ])
        }
        if let reads = status.reads { facts.append(["reads", reads.sentence]) }
        let rows = status.tables.map { table in
            [table.name, Figures.count(table.rows), table.bytes.map(size) ?? ""]
        }
        let tables = TextTable(["TABLE", "ROWS", "SIZE"], numbers: [1, 2], rows: rows)
        return TextTable(["WHAT", "FOUND"], rows: facts).text(output, empty: "") + "\n"
            + tables.text(output, empty: "There are no tables.")
    }

    /// A line for each area, and what is wrong; with `isVerbose` one for each check.
    static func text(_ findings: [StoreAudit.Finding], _ output: Output, isVerbose: Bool) -> String {
        let signs = output.glyphs == .unicode ? ("✓", "✗") : ("ok", "!!")
        let rows =
            isVerbose
            ? findings.map { [$0.problems.isEmpty ? signs.0 : signs.1, $0.what, found($0)] }
            : StoreAudit.Area.allCases.compactMap { area -> [String]? in
                let those = findings.filter { $0.area == area }
                guard !those.isEmpty else { return nil }
                let problems = those.flatMap(\.problems)
                return [
                    problems.isEmpty ? signs.0 : signs.1, area.rawValue,
                    problems.isEmpty ? summary(of: those) : problems.joined(separator: " "),
                ]
            }
        let wrong = findings.count { !$0.problems.isEmpty }
        let checks = findings.count.counted("check")
        let verdict = wrong == 0 ? "\(checks) found nothing wrong" : "\(wrong) of \(checks) found something wrong"
        return TextTable(["", "WHAT", "FOUND"], rows: rows).text(output, least: 200, empty: "")
            + verdict + (isVerbose ? ".\n" : "; --verbose lists each.\n")
    }

    private static func found(_ finding: StoreAudit.Finding) -> String {
        let isRight = finding.problems.isEmpty
        let looked = finding.rows.map { "\(Figures.count($0)) \($0.noun("row"))" } ?? "whole"
        let found = isRight ? [looked] + finding.notes : finding.problems + finding.notes
        return found.joined(separator: isRight ? ": " : " ")
    }

    private static func summary(of findings: [StoreAudit.Finding]) -> String {
        let rows = findings.compactMap(\.rows)
        guard !rows.isEmpty else { return "whole" }
        let notes = findings.count { !$0.notes.isEmpty }
        let count = rows.reduce(0, +)
        return "\(Figures.count(count)) \(count.noun("row")) in \(findings.count.counted("check"))"
            + (notes == 0 ? "" : "; \(notes) of them \(notes.noun("tells", "tell")) of something that was not loaded")
    }

    static func size(_ bytes: Int) -> String {
        bytes < 10 << 20 ? "\(Figures.count(bytes >> 10)) kB" : "\(Figures.count(bytes >> 20)) MB"
    }
}

extension JSONObject {
    init(_ status: StoreStatus) {
        self = [
            "store": status.location, "database": status.database, "schema": status.schema,
            "known_schema": status.knownSchema, "tenant": status.tenant.rawValue,
            "tenants": status.tenants.map(\.rawValue), "bytes": status.bytes, "is_replica": status.isReplica,
            "lag_seconds": status.lag?.inSeconds, "reads": status.reads.map(JSONObject.init),
            "tables": status.tables.map { table in
                ["table": table.name, "rows": table.rows, "bytes": table.bytes] as JSONObject
            },
        ]
    }

    init(_ report: StoreCopy.Report, from: String, to: String, tenant: TenantID) {
        self = [
            "from": from, "to": to, "tenant": tenant.rawValue, "is_same": report.isSame,
            "was_complete": report.wasComplete, "was_resumed": report.wasResumed,
            "tables": report.tables.map { table in
                [
                    "table": table.table, "source_rows": table.sourceRows, "target_rows": table.targetRows,
                    "is_same": table.isSame,
                ] as JSONObject
            },
        ]
    }
}
