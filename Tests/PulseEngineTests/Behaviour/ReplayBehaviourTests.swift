import Foundation
import PulseConfiguration
import PulseConnectors
import PulseDomain
import PulseEngine
import PulseHTTP
import PulseSandbox
import PulseSimulation
import PulseStore
import PulseTestTurns
import Testing

@testable import PulseAssembly

/// Quarantined records after the cause was mended.
@Suite(.long) struct ReplayBehaviourTests {
    typealias Pulse = SimulatedPulse

    /// A connector that cannot read some issues until it is mended, as one with a mistake in its mapping.
    struct Faulty: ForwardingConnector {
        var base: any Connector
        var isMended: Locked<Bool>

        func content(of page: RawPage, walk: Walk) throws -> PageContent {
            var content = try base.content(of: page, walk: walk)
            guard !isMended.value, walk.partition.stream == "issues",
                let root = try JSONSerialization.jsonObject(with: Data(page.body)) as? [String: Any],
                let issues = root["issues"] as? [[String: Any]]
            else { return content }
            let payloads = Self.elements(of: "issues", in: page.body)
            for (record, issue) in issues.enumerated() {
                guard let id = issue["id"] as? String, id.hasSuffix("3"), let number = Int32(exactly: record) else {
                    continue
                }
                content.batches = content.batches.map { $0.removing(records: [number]) }
                content.childSets.removeAll { $0.owner == id }
                content.rejected.append(
                    RejectedRecord(
                        recordID: id, code: "test.unreadable", reason: "The connector cannot read it yet.",
                        payload: payloads[record]))
            }
            return content
        }

        /// The elements of a list of objects, byte for byte: connectors keep what they reject as it came.
        private static func elements(of name: String, in body: [UInt8]) -> [[UInt8]] {
            let opening = Array("\"\(name)\":[".utf8)
            guard let start = body.indices.first(where: { body[$0...].starts(with: opening) }) else { return [] }
            var (found, depth, begin, isText, isEscaped) = ([[UInt8]](), 0, 0, false, false)
            for index in body.indices.dropFirst(start + opening.count) {
                switch body[index] {
                case _ where isEscaped: isEscaped = false
                case UInt8(ascii: "\\") where isText: isEscaped = true
                case UInt8(ascii: "\""): isText.toggle()
                case _ where isText: break
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    if depth == 0 { begin = index }
                    depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    depth -= 1
                    if depth < 0 { return found }
                    if depth == 0 { found.append(Array(body[begin...index])) }
                default: break
                }
            }
            return found
        }

        func content(ofRejected record: RejectedRecord, at cursor: Cursor, walk: Walk) throws -> PageContent {
            guard isMended.value else {
                throw Failure(.badRecord, code: "test.unreadable", "The connector cannot read it yet.", remedy: "")
            }
            return try base.content(ofRejected: record, at: cursor, walk: walk)
        }
    }

    /// A connector that forgets what the schema requires of some records until it is mended: nothing but the rows shows
    /// that there is a mistake.
    struct Forgetful: ForwardingConnector {
        var base: any Connector
        var isMended: Locked<Bool>
        /// A required column of a table, which it leaves empty in the records of the rows whose ids end so.
        var table: TableName
        var column: Int
        var ending: String

        func content(of page: RawPage, walk: Walk) throws -> PageContent {
            forgetting(try base.content(of: page, walk: walk))
        }
        func content(ofRejected record: RejectedRecord, at cursor: Cursor, walk: Walk) throws -> PageContent {
            forgetting(try base.content(ofRejected: record, at: cursor, walk: walk))
        }

        private func forgetting(_ content: PageContent) -> PageContent {
            guard !isMended.value else { return content }
            var content = content
            content.batches = content.batches.map { $0.table.name == table ? forgetting($0) : $0 }
            return content
        }

        private func forgetting(_ batch: RowBatch) -> RowBatch {
            var copy = RowBatch(batch.table)
            for row in 0..<batch.count {
                copy.beginRow(record: Int(batch.records[row]))
                var isBad = false
                if case .text(let id) = batch.value(row: row, column: 0) { isBad = id.hasSuffix(ending) }
                for position in batch.table.columns.indices where !(isBad && position == column) {
                    switch batch.value(row: row, column: position) {
                    case .null: break
                    case .integer(let value): copy.set(position, integer: value)
                    case .real(let value): copy.set(position, real: value)
                    case .text(let value): copy.set(position, text: value)
                    }
                }
            }
            return copy
        }
    }

    private static func engine(
        _ clock: SimulationExecutor, _ sandbox: Sandbox, of kind: SourceKind = .jira,
        wrapping wrap: (any Connector) -> any Connector
    ) async throws -> (Engine, any Store) {
        var configuration = Demo.configuration(for: sandbox.options)
        configuration.sources.runOnce()
        configuration.sources.removeAll { $0.kind != kind }
        let chosen = configuration.sources[0]
        var source = try SourceAssembly.source(chosen, transport: sandbox, token: Demo.token(for: sandbox.options))
        source.connector = wrap(source.connector)
        let store = try await SQLiteStore.open(.memory, tenant: "demo", options: .init(execution: .inline))
        let engine = try Engine(
            store: store, sources: [source], definitions: try SourceAssembly.jobs(of: chosen, source: source),
            time: clock, settings: EngineSettings(),
            status: EngineStatus(
                holder: "test", tenant: "demo", store: store.location, version: "0", startedAt: clock.now))
        try await engine.open()
        try await engine.run(untilIdle: true)
        return (engine, store)
    }

    @Test func `replayed after the mending they are loaded, as if they had never been rejected`() async throws {
        try await SimulatedPulse.simulate { clock in
            let sandbox = Sandbox(.tiny, time: ProviderTime(clock))
            let isMended = Locked(false)
            let (engine, store) = try await Self.engine(clock, sandbox) { Faulty(base: $0, isMended: isMended) }
            let entries = try await engine.quarantine(QuarantineFilter(job: Pulse.issues))
            try #require(entries.count >= 3)
            let ids = entries.map(\.id)
            let requests = sandbox.report().requests
            // Too early: they stay, with the reason.
            let early = try await engine.perform(.test(.replay(ids)))
            #expect(
                early
                    == .accepted(
                        "0 of \(ids.count) quarantined records are loaded. \(ids.count) were rejected again and stay in "
                            + "quarantine."))
            isMended.change { $0 = true }
            let first = try await engine.perform(.test(.replay([ids[0]])))
            #expect(first == .accepted("1 of 1 quarantined record is loaded."))
            let rest = try await engine.perform(.test(.replay(ids)))
            #expect(
                rest
                    == .accepted(
                        "\(ids.count - 1) of \(ids.count) quarantined records are loaded. 1 was not waiting any more.")
            )
            #expect(sandbox.report().requests == requests)
            #expect(try await engine.overview().jobs.allSatisfy { $0.quarantined == 0 })
            let (_, never) = try await Self.engine(clock, sandbox) { $0 }
            let (have, want) = (try await TableDump.rows(of: store), try await TableDump.rows(of: never))
            #expect(Set(have).symmetricDifference(want).sorted() == [])
        }
    }

    @Test(arguments: [
        (SourceKind.jira, WorkItemColumns.table, WorkItemColumns.title.rawValue, "3"),
        (.jira, WorkItemCommentColumns.table, WorkItemCommentColumns.workItemID.rawValue, "1"),
        (.github, PullRequestColumns.table, PullRequestColumns.title.rawValue, ""),
        (.github, CommitColumns.table, CommitColumns.hash.rawValue, "a"),
    ])
    func `records that the schema does not take are replayed from what the source sent`(
        _ kind: SourceKind, _ table: TableName, _ column: Int, _ ending: String
    ) async throws {
        try await SimulatedPulse.simulate { clock in
            let sandbox = Sandbox(.tiny, time: ProviderTime(clock))
            let isMended = Locked(false)
            let (engine, store) = try await Self.engine(clock, sandbox, of: kind) {
                Forgetful(base: $0, isMended: isMended, table: table, column: column, ending: ending)
            }
            let entries = try await engine.quarantine(QuarantineFilter())
            let ids = entries.map(\.id)
            try #require(!ids.isEmpty)
            #expect(entries.allSatisfy { $0.record.code == "row.required_missing" })
            let requests = sandbox.report().requests
            let early = try await engine.perform(.test(.replay(ids)))
            guard case .accepted(let told) = early else {
                Issue.record("\(early)")
                return
            }
            #expect(told.hasPrefix("0 of \(ids.count) quarantined records are loaded."))
            isMended.change { $0 = true }
            let late = try await engine.perform(.test(.replay(ids)))
            #expect(late == .accepted("\(ids.count) of \(ids.count) quarantined records are loaded."))
            #expect(sandbox.report().requests == requests)
            let (_, never) = try await Self.engine(clock, sandbox, of: kind) { $0 }
            let (have, want) = (try await TableDump.rows(of: store), try await TableDump.rows(of: never))
            #expect(Set(have).symmetricDifference(want).sorted() == [])
        }
    }
}
