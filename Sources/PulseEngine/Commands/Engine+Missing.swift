import PulseDomain
import PulseStore

extension Engine {
    /// What a command names that there is not, in the same words for every kind; `nil` when all of it is there.
    func missing(for command: Command) async throws -> CommandPreview.Refusal? {
        func none(_ thing: String, _ list: String, count: Int = 1) -> CommandPreview.Refusal {
            .init(
                because: "There \(count.noun("is", "are")) no \(thing).",
                instead: "`pulse \(list)` lists those there are.")
        }
        if let job = command.job, entries[job] == nil { return none("job called \(job)", "jobs") }
        switch command {
        case .rewind(let job, let key, let sequence):
            let checkpoints = try await store.checkpoints(of: job, partition: key, limit: 10_000)
            return checkpoints.contains { $0.sequence == sequence }
                ? nil : none("checkpoint \(sequence) of \(key) in \(job)", "checkpoints \(job)")
        case .skipPartition(let job, let key):
            return try await store.partitions(of: job).contains { $0.key == key }
                ? nil : none("partition \(key) of \(job)", "checkpoints \(job)")
        case .replay(let ids), .discard(let ids):
            var unknown: [Int64] = []
            for id in ids where try await store.quarantineEntry(id) == nil { unknown.append(id) }
            guard !unknown.isEmpty else { return nil }
            let numbers = unknown.prefix(10).map(String.init).joined(separator: ", ")
            let records = unknown.count.noun("record")
            return none("quarantined \(records) \(numbers)", "quarantine list --all", count: unknown.count)
        case .undoTombstones(let finding), .confirmTombstones(let finding):
            return try await store.tombstone(finding) == nil ? none("finding \(finding)", "tombstones") : nil
        case .acknowledge(let alert):
            return alerts.contains { $0.id == alert } ? nil : none("alert \(alert)", "alerts")
        default: return nil
        }
    }
}
