package import PulseDomain
import PulseJSON

/// The facts of a log line: an object whose members are in the line's order.
private struct Facts: Wire {
    var facts: [LogLine.Fact]

    static var schema: Schema { .dictionary(of: .string()) }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in for fact in facts { writer.member(fact.name, fact.value) } }
    }

    static func read(_ tree: JSONTree) throws(WireError) -> Facts {
        guard case .object(let members) = tree else { throw WireError("is \(tree.kind), not an object") }
        var facts: [LogLine.Fact] = []
        for member in members {
            do throws(WireError) {
                facts.append(LogLine.Fact(member.name, try String.read(member.value)))
            } catch {
                throw error.within(member.name)
            }
        }
        return Facts(facts: facts)
    }
}

extension LogLine: WireObject {
    package static let about = "One line of the engine's log. The message is a constant sentence; facts are beside it."
    package static let example = LogLine(
        sequence: 90_210, at: Example.instant, level: .info, job: Example.job, partition: "PAY",
        message: "A page was loaded.", facts: [Fact("records", "100"), Fact("took", "0.21 s")],
        correlation: Example.correlation)

    package static func map(_ f: inout Fields<LogLine>) throws(WireError) -> LogLine {
        LogLine(
            sequence: try f("sequence", { $0.sequence }, "Grows with every line of a store."),
            at: try f("at", { $0.at }), level: try f("level", { $0.level }),
            engine: try f("engine", { $0.engine }, "The engine that wrote it; null of what commands wrote."),
            job: try f("job", { $0.job }),
            partition: try f("partition", { $0.partition }), message: try f("message", { $0.message }),
            facts: try f("facts", { Facts(facts: $0.facts) }, "In a fixed order, without secrets.").facts,
            correlation: try f("correlation", { $0.correlation }))
    }
}

extension AuditEntry: WireObject {
    package static let about = "A command, carried out or refused, or an automatic act."
    package static let example = AuditEntry(
        sequence: 311, at: Example.instant, by: Example.ada, action: "pause", subject: "jira-main/issues",
        reason: "Jira is being upgraded.", outcome: "The run pauses at the next page boundary.", isRefused: false,
        correlation: Example.correlation)

    package static func map(_ f: inout Fields<AuditEntry>) throws(WireError) -> AuditEntry {
        AuditEntry(
            sequence: try f("sequence", { $0.sequence }), at: try f("at", { $0.at }), by: try f("by", { $0.by }),
            action: try f("action", { $0.action }), subject: try f("subject", { $0.subject }),
            reason: try f("reason", { $0.reason }), outcome: try f("outcome", { $0.outcome }),
            isRefused: try f("is_refused", { $0.isRefused }), correlation: try f("correlation", { $0.correlation }))
    }
}

extension Alert: WireObject {
    package static let about = "Something that a person should know."
    package static let example = Alert(
        id: "job_failed:jira-main/issues", kind: .jobFailed, severity: .critical,
        sentence: "The job jira-main/issues has failed.", because: "The token was refused.", next: nil,
        since: Example.instant, job: Example.job, source: "jira-main", remedies: [.retry(Example.job)])

    package static func map(_ f: inout Fields<Alert>) throws(WireError) -> Alert {
        Alert(
            id: try f("id", { $0.id }, "Stable while it lasts."), kind: try f("kind", { $0.kind }),
            severity: try f("severity", { $0.severity }), sentence: try f("sentence", { $0.sentence }),
            because: try f("because", { $0.because }),
            next: try f("next", { $0.next }, "What happens next by itself; null when nothing does."),
            nextAt: try f("next_at", { $0.nextAt }), since: try f("since", { $0.since }),
            job: try f("job", { $0.job }), source: try f("source", { $0.source }),
            remedies: try f("remedies", { $0.remedies }, "Commands that help, the best one first."),
            acknowledgedBy: try f("acknowledged_by", { $0.acknowledgedBy }))
    }
}

extension QuarantineEntry: WireObject {
    package static let about = "A record that could not be loaded, with what is needed to understand and replay it."
    package static let example = QuarantineEntry(
        id: 17, partition: Example.partition, run: RunID(1_204), cursor: Cursor(json: "{\"token\":\"CAEaAggC\"}"),
        record: RejectedRecord(
            recordID: "10042", code: "jira.issue.no_project", reason: "The issue has no project.",
            payload: Array("{\"id\":\"10042\"}".utf8)), at: Example.instant, replays: 1)

    package static func map(_ f: inout Fields<QuarantineEntry>) throws(WireError) -> QuarantineEntry {
        QuarantineEntry(
            id: try f("id", { $0.id }), partition: try PartitionID.map(&f) { $0.partition },
            run: try f("run", { $0.run }),
            cursor: try f("cursor", { $0.cursor }, "The position of the page that it came from."),
            record: RejectedRecord(
                recordID: try f("record", { $0.record.recordID }, "The provider's id, where it could be read."),
                code: try f("code", { $0.record.code }), reason: try f("reason", { $0.record.reason }),
                payload: try f(
                    "payload_base64", { WireBytes($0.record.payload) }, "The record as it came."
                ).bytes),
            state: try f("state", { $0.state }), at: try f("at", { $0.at }),
            replays: try f("replays", { $0.replays }, "How often a replay was tried."))
    }
}

extension CensusScope: WireObject {
    package static let about = "Which rows a census is about."
    package static let example = CensusScope(table: "work_items", column: "project", value: "10001")

    package static func map(_ f: inout Fields<CensusScope>) throws(WireError) -> CensusScope {
        CensusScope(
            table: try f("table", { $0.table }),
            column: try f("column", { $0.column }, "Null: all rows of the source."),
            value: try f("value", { $0.value }))
    }
}

extension TombstoneFinding: WireObject {
    package static let about = "What a census found gone."
    package static let example = TombstoneFinding(
        id: 5, partition: Example.partition, run: RunID(1_204), scope: .example, records: 41, known: 44,
        at: Example.instant, isHeld: true)

    package static func map(_ f: inout Fields<TombstoneFinding>) throws(WireError) -> TombstoneFinding {
        f.derived("state", { $0.state })
        f.derived("is_implausible", { $0.isImplausible }, "A lost permission is likelier than deletions.")
        return TombstoneFinding(
            id: try f("id", { $0.id }), partition: try PartitionID.map(&f) { $0.partition },
            run: try f("run", { $0.run }), scope: try f("scope", { $0.scope }),
            records: try f("records", { $0.records }, "Records gone, without what they own."),
            known: try f("known", { $0.known }, "Of how many."), at: try f("at", { $0.at }),
            isHeld: try f("is_held", { $0.isHeld }, "Held back until confirmed."),
            undoneAt: try f("undone_at", { $0.undoneAt }))
    }
}

extension TombstoneRow: WireObject {
    package static let about = "A row that a finding is about."
    package static let example = TombstoneRow(
        finding: 5, table: "work_items", id: "10042", label: "PAY-12", deletedAt: Example.instant)

    package static func map(_ f: inout Fields<TombstoneRow>) throws(WireError) -> TombstoneRow {
        TombstoneRow(
            finding: try f("finding", { $0.finding }), table: try f("table", { $0.table }),
            id: try f("id", { $0.id }, "The provider's own id."),
            label: try f("label", { $0.label }, "What people call it."),
            deletedAt: try f("deleted_at", { $0.deletedAt }, "Null while the finding is held."))
    }
}
