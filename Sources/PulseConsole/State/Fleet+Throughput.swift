import PulseDomain

extension Fleet {
    /// One sample for each second up to `end`, oldest first: an engine with nothing to do sends none, which is none done.
    func timeline(until end: Instant) -> [ThroughputSample] {
        let throughput = throughput.last.map { $0.at > end } == true ? throughput.filter { $0.at <= end } : throughput
        guard let last = throughput.last else { return [] }
        // A second of the person is that many of the engine, whose clock samples carry.
        let step = max(0.01, engine?.clockRate ?? 1)
        var samples: [ThroughputSample] = []
        samples.reserveCapacity(throughput.count)
        func fill(to instant: Instant, from start: Instant) {
            let missing = Int(((instant - start).inSeconds / step).rounded())
            guard missing > 0 else { return }
            for index in 1...min(missing, Self.sampleLimit) {
                samples.append(
                    ThroughputSample(at: start + .seconds(step * Double(index)), records: 0, requests: 0, bytes: 0))
            }
        }
        for sample in throughput {
            // Samples come a little early and a little late; only what is surely missing counts.
            if let former = samples.last, (sample.at - former.at).inSeconds > step * 2.5 {
                fill(to: sample.at - .seconds(step), from: former.at)
            }
            samples.append(sample)
        }
        if (end - last.at).inSeconds > step * 2.5 { fill(to: end - .seconds(step), from: last.at) }
        return Array(samples.suffix(Self.sampleLimit))
    }
}

extension ConsoleState {
    /// What was loaded and asked for, a second each, up to now; where it is not kept up to date, up to when it was.
    var throughputTimeline: [ThroughputSample] {
        fleet.timeline(until: fleet.staleness?.asOf ?? now)
    }
}
