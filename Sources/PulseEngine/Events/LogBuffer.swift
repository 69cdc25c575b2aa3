package import PulseDomain
import Synchronization

/// Log lines on their way to the store, where they get their sequence.
package final class LogBuffer: Sendable {
    private struct State {
        var lines: [LogLine] = []
        var lost = 0
    }

    private let state = Mutex(State())
    private let followers = Mutex<[AsyncStream<LogLine>.Continuation]>([])
    private let time: any TimeSource
    /// Lines that may wait; older ones are kept, newer ones counted and told.
    private static let capacity = 10_000

    package init(time: any TimeSource) { self.time = time }

    var isEmpty: Bool { state.withLock { $0.lines.isEmpty } }

    /// `engine`: `nil` for the one whose buffer it is.
    package func add(
        _ level: LogLevel, engine: String? = nil, job: JobID? = nil, partition: PartitionKey? = nil, _ message: String,
        _ facts: [LogLine.Fact] = [], correlation: CorrelationID? = nil
    ) {
        let line = LogLine(
            at: time.now, level: level, engine: engine, job: job, partition: partition, message: message, facts: facts,
            correlation: correlation)
        state.withLock { state in
            if state.lines.count < Self.capacity { state.lines.append(line) } else { state.lost += 1 }
            // In the order of the store's.
            tell(line)
        }
    }

    /// The lines as they are added, whether or not the store takes them; ends with ``end()``.
    ///
    /// One who reads too slowly loses the newest.
    package func follow() -> AsyncStream<LogLine> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: LogLine.self, bufferingPolicy: .bufferingOldest(Self.capacity))
        followers.withLock { $0.append(continuation) }
        return stream
    }

    /// Tells followers a line that reached the store by another way.
    func tell(_ line: LogLine) {
        followers.withLock { followers in
            for follower in followers { follower.yield(line) }
        }
    }

    /// Nothing more comes: followers read what is left, and end.
    package func end() {
        let ended = followers.withLock { followers in
            defer { followers = [] }
            return followers
        }
        for follower in ended { follower.finish() }
    }

    /// Everything that waits, with a line about those that found no room.
    func take() -> [LogLine] {
        let now = time.now
        return state.withLock { state in
            defer { state = State() }
            guard state.lost > 0 else { return state.lines }
            return state.lines + [
                LogLine(
                    at: now, level: .warning, message: "Log lines were lost: the store did not take them.",
                    facts: [.init("lines", "\(state.lost)")])
            ]
        }
    }

    /// Puts lines back that could not be stored.
    func giveBack(_ taken: [LogLine]) {
        state.withLock { state in
            let all = taken + state.lines
            state.lost += max(0, all.count - Self.capacity)
            state.lines = Array(all.prefix(Self.capacity))
        }
    }
}
