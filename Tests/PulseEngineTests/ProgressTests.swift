import PulseConnectors
import PulseDomain
import PulseStore
import Testing

@testable import PulseEngine

@Suite struct ProgressTests {
    private static let run = RunID(7)

    /// A partition whose newest checkpoint is of `run`, `nil` without one.
    private static func partition(
        _ key: PartitionKey, _ state: PartitionStatus.State, of run: RunID? = run, extracted: Int = 0,
        expected: Int? = nil
    ) -> PartitionStatus {
        var partition = PartitionStatus(key: key, title: key.rawValue, state: state)
        partition.checkpoint = run.map {
            var checkpoint = Checkpoint(
                partition: PartitionID(tenant: "acme", source: "jira", stream: "issues", key: key), run: $0,
                mode: .full,
                cursor: nil, savedAt: .epoch)
            checkpoint.counts.extracted = extracted
            checkpoint.expected = expected
            return checkpoint
        }
        return partition
    }

    private static func progress(_ partitions: [PartitionStatus], extracted: Int = 0) -> Progress {
        var snapshot = RunMetrics.Snapshot()
        snapshot.partitions = Dictionary(uniqueKeysWithValues: partitions.map { ($0.key, $0) })
        snapshot.counts.extracted = extracted
        return Progress(snapshot, of: run)
    }

    @Test func `what there is in all is known when every partition of the run has said it`() {
        let first = Self.partition("PAY", .running, extracted: 40, expected: 100)
        let all = Self.progress([first, Self.partition("OPS", .running, extracted: 10, expected: 50)])
        #expect(all == Progress(done: 50, expected: 150, partitionsTotal: 2) && all.share == 50.0 / 150)
        let some = Self.progress([first, Self.partition("OPS", .pending, of: nil)])
        #expect(some == Progress(done: 40, partitionsTotal: 2) && some.share == 0)
    }

    @Test(arguments: [PartitionStatus.State.pending, .running])
    func `what an earlier run counted of a partition is nothing that this one has done or expects`(
        state: PartitionStatus.State
    ) {
        let done = Self.partition("PAY", .complete, extracted: 100, expected: 100)
        // It looked for changes, and found three.
        let earlier = Self.partition("OPS", state, of: RunID(6), extracted: 3, expected: 3)
        let progress = Self.progress([done, earlier])
        #expect(progress == Progress(done: 100, partitionsDone: 1, partitionsTotal: 2) && progress.share == 0.5)
        // One that needs nothing of this run adds nothing to it.
        let skipped = Self.partition("WEB", .complete, of: RunID(6), extracted: 900)
        #expect(
            Self.progress([done, skipped])
                == Progress(
                    done: 100, expected: 100, partitionsDone: 2, partitionsTotal: 2))
    }

    @Test func `records that were read before a partition was begun anew are done`() {
        let again = Self.partition("PAY", .running, extracted: 5, expected: 20)
        #expect(Self.progress([again], extracted: 30) == Progress(done: 30, expected: 30, partitionsTotal: 1))
        #expect(Self.progress([], extracted: 30) == Progress(done: 30))
    }
}
