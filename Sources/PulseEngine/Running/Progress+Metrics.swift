import PulseDomain

extension Progress {
    /// How far a run is, as its worker counts it. How much there is in all is known when every partition that is not done
    /// has said so in this run.
    init(_ live: RunMetrics.Snapshot, of run: RunID) {
        // Nothing is known of partitions before they are listed.
        guard !live.partitions.isEmpty else {
            self.init(done: live.counts.extracted)
            return
        }
        self.init(partitionsTotal: live.partitions.count)
        var (sum, knowsAll) = (0, true)
        for partition in live.partitions.values {
            // What is not reached yet stands where an earlier run left it: that one may have looked for changes only.
            let checkpoint = partition.checkpoint.flatMap { $0.run == run ? $0 : nil }
            done += checkpoint?.counts.extracted ?? 0
            switch partition.state {
            case .complete, .skipped:
                partitionsDone += 1
                sum += checkpoint?.counts.extracted ?? 0
            case .pending, .running, .waiting, .failed:
                if let count = checkpoint?.expected { sum += count } else { knowsAll = false }
            }
        }
        // A partition that was begun anew has counts of its new walk only; the run has read what was before, too.
        done = max(done, live.counts.extracted)
        if knowsAll { expected = max(sum, done) }
    }
}
