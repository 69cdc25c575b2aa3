package import PulseDomain
import PulseStore

/// Reads that screens and scripts leaf through.
extension Engine {
    package func runs(_ filter: RunFilter) async throws -> [JobRun] {
        if let job = filter.job, entries[job] == nil { throw Self.unknown(job) }
        let stored = try await translated { try await store.reader.runs(filter) }
        let now = time.now
        return stored.map { run in
            // What runs now knows more of itself than the store does.
            if let present = entries[run.job]?.status(at: now).run, present.id == run.id {
                return JobRun(job: run.job, run: present)
            }
            return JobRun(job: run.job, run: RunStatus(run))
        }
    }

    package func sources() async throws -> [SourceStatus] {
        let jobs = Dictionary(grouping: entries.map(\.definition.id), by: \.source)
        return configuredSources.map { source in
            SourceStatus(id: source.id, kind: source.kind, identity: source.identity, jobs: jobs[source.id] ?? [])
        }
    }

    package func tables() async throws -> [TableStatus] {
        try await translated {
            var tables: [TableStatus] = []
            for table in UnifiedSchema.tables {
                tables.append(TableStatus(name: table.name, rows: try await store.rowCount(of: table.name)))
            }
            return tables
        }
    }

    package func rows(_ filter: RowFilter) async throws -> [DataRow] {
        try await translated { try await store.reader.rows(filter).map { DataRow(values: $0) } }
    }
}
