package import PulseDomain
import Synchronization

/// Log lines on their way to the store, where they get their sequence.
package final class LogBuffer: Sendable {
    private let lines = Mutex<[LogLine]>([])
    private let time: any TimeSource
    /// Lines that may wait; older ones are kept, newer ones counted and told.
    private static let capacity = 10_000

    package init(time: any TimeSource) { self.time = time }

    package func add(
        _ level: LogLevel, job: JobID? = nil, partition: PartitionKey? = nil, _ message: String,
        _ facts: [LogLine.Fact] = [], correlation: CorrelationID? = nil
    ) {
        let line = LogLine(
            at: time.now, level: level, job: job, partition: partition, message: message, facts: facts,
            correlation: correlation)
        lines.withLock { if $0.count < Self.capacity { $0.append(line) } }
    }

    func take() -> [LogLine] {
        lines.withLock { lines in
            defer { lines = [] }
            return lines
        }
    }

    /// Puts lines back that could not be stored.
    func giveBack(_ taken: [LogLine]) {
        lines.withLock { $0 = Array((taken + $0).suffix(Self.capacity)) }
    }
}
