import NIOCore
import PulseAPI
import PulseDomain
import Synchronization

/// Hears the events of one engine once and passes them on to any number of streams.
///
/// Each event is written once and shared. What was sent lately is kept, so that a stream that broke off goes on where
/// it was. Beyond that, and over restarts and other gateways, the lines of the log go on from the store; of everything
/// else only the present counts, and a gap tells to look at it.
///
/// An id is `EPOCH-NUMBER-LINE`: continuity is promised within an epoch, and LINE is the last line of the log that was
/// passed on before.
final class EventHub: Sendable {
    struct Limits: Sendable, Hashable {
        /// Events that are kept for streams that come back.
        var kept = 2_048
        var keptInBytes = 4 << 20
        /// Events that wait for one stream; beyond, they are replaced by one gap.
        var waiting = 256
        var streams = 2_000
        var heartbeat = Duration.seconds(15)
    }

    private struct Frame {
        var number: Int64
        var bytes: ByteBuffer
    }

    private struct State {
        /// Continuity is promised within an epoch.
        var epoch: Int64
        var last: Int64 = 0
        /// Of the lines of the log: the last one's sequence.
        var line: Int64 = 0
        /// The newest ones, without holes, oldest first.
        var kept: [Frame] = []
        var keptInBytes = 0
        var streams: [Int: EventQueue] = [:]
        var nextStream = 0
        var isClosed = false

        /// Of the newest event.
        var id: String { EventHub.id(epoch, last, line) }
    }

    private let operations: any Operations
    private let time: any TimeSource
    private let limits: Limits
    private let state: Mutex<State>

    init(_ operations: any Operations, time: any TimeSource, limits: Limits = Limits()) {
        self.operations = operations
        self.time = time
        self.limits = limits
        state = Mutex(State(epoch: time.now.seconds))
    }

    // MARK: Hearing

    /// Passes events on until the task is cancelled. An engine that goes away is asked again.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.beat() }
            group.addTask { await self.hear() }
            await group.waitForAll()
        }
    }

    private func hear() async {
        var wait = Duration.milliseconds(500)
        while !Task.isCancelled {
            do {
                let events = try await operations.events()
                // So that an id tells from the first on where the log stands.
                let newest = try await operations.logs(job: nil, after: nil, limit: 1).last?.sequence ?? 0
                state.withLock { $0.line = max($0.line, newest) }
                for await event in events {
                    wait = .milliseconds(500)
                    if event == .gap {
                        breakOff()
                    } else {
                        let shape = EventShape(event)
                        var line: Int64?
                        if case .log(let log) = event { line = log.sequence }
                        publish(shape.name, shape.data, line: line)
                    }
                }
            } catch {
                // Told by the gap and by /health/ready; here it is only asked again.
            }
            breakOff()
            guard (try? await time.sleep(for: wait)) != nil else { return }
            wait = min(wait * 2, .seconds(15))
        }
    }

    /// Keeps connections alive and notices those that are gone.
    private func beat() async {
        let comment = ByteBuffer(string: ":\n\n")
        while (try? await time.sleep(for: limits.heartbeat)) != nil {
            for queue in state.withLock({ Array($0.streams.values) }) { queue.offerIfIdle(comment) }
        }
    }

    /// - Parameters:
    ///   - data: one line of JSON.
    ///   - line: Of a line of the log: its sequence.
    func publish(_ name: String, _ data: [UInt8], line: Int64? = nil) {
        let (queues, bytes, gap) = state.withLock { state -> ([EventQueue], ByteBuffer, ByteBuffer) in
            state.last += 1
            if let line { state.line = max(state.line, line) }
            let bytes = Self.frame(name, data, id: state.id)
            state.kept.append(Frame(number: state.last, bytes: bytes))
            state.keptInBytes += bytes.readableBytes
            while state.kept.count > limits.kept || state.keptInBytes > limits.keptInBytes, !state.kept.isEmpty {
                state.keptInBytes -= state.kept.removeFirst().bytes.readableBytes
            }
            return (Array(state.streams.values), bytes, Self.gap(state))
        }
        for queue in queues { queue.offer(bytes, orElse: gap) }
    }

    /// Where the events stand. It changes with each one.
    struct Mark: Sendable, Hashable {
        fileprivate var epoch: Int64
        fileprivate var last: Int64
    }

    var mark: Mark { state.withLock { Mark(epoch: $0.epoch, last: $0.last) } }

    /// Something may have been missed: a new epoch begins, and everybody is told to look again.
    private func breakOff() {
        let (queues, gap) = state.withLock { state in
            state.epoch = max(state.epoch + 1, time.now.seconds)
            state.last = 0
            state.kept = []
            state.keptInBytes = 0
            return (Array(state.streams.values), Self.gap(state))
        }
        for queue in queues { queue.replace(by: gap) }
    }

    // MARK: Streams

    /// A stream from now on, or from behind the event of that id as far as it is kept. `nil` when there are too many,
    /// or the hub is closed.
    ///
    /// - Parameter lines: What the store has of the log behind `id`, where the hub does not keep what followed it.
    func open(after id: String?, lines: [LogLine] = []) -> (number: Int, queue: EventQueue)? {
        state.withLock { state in
            guard !state.isClosed, state.streams.count < limits.streams else { return nil }
            let queue = EventQueue(limit: limits.waiting)
            let hello = EventHello(version: "1.0", heartbeat: limits.heartbeat)
            // Until what was missed has arrived, a stream that breaks off again goes on where it did before.
            let begin = id.map { Self.parts($0) == nil ? Self.outside(0) : $0 } ?? state.id
            queue.offer(Self.frame("hello", hello.json, id: begin), orElse: ByteBuffer())
            if let id {
                if let missed = Self.missed(since: id, in: state), missed.count < limits.waiting {
                    for frame in missed { queue.offer(frame.bytes, orElse: Self.gap(state)) }
                } else if let last = lines.last {
                    state.line = max(state.line, last.sequence)
                    for line in lines {
                        let shape = EventShape(.log(line))
                        queue.offer(
                            Self.frame(shape.name, shape.data, id: Self.outside(line.sequence)), orElse: ByteBuffer())
                    }
                    queue.offer(Self.gap(state), orElse: ByteBuffer())
                } else {
                    queue.offer(Self.gap(state), orElse: ByteBuffer())
                }
            }
            state.nextStream += 1
            state.streams[state.nextStream] = queue
            return (state.nextStream, queue)
        }
    }

    /// A stream from behind the event of that id; what of the log is not kept here any more is read from the store.
    /// `nil` as above. Throws `Failure` when the store cannot be asked.
    func open(after id: String) async throws -> (number: Int, queue: EventQueue)? {
        // Few rounds: a log that grows quicker than it is read is looked at anew, as the gap says.
        for _ in 0..<3 {
            guard let line = line(behind: id) else { break }
            let lines = try await operations.logs(job: nil, after: line, limit: limits.waiting / 2)
            guard lines.count < limits.waiting / 2 else { break }
            // A line that was passed on meanwhile would be missing between these and what follows.
            if (lines.last?.sequence ?? line) >= state.withLock(\.line) { return open(after: id, lines: lines) }
        }
        return open(after: id, lines: [])
    }

    /// The last line of the log before an event whose followers are not kept; `nil` when they are, or the id tells
    /// none.
    private func line(behind id: String) -> Int64? {
        state.withLock { state in
            if let missed = Self.missed(since: id, in: state), missed.count < limits.waiting { return nil }
            return Self.parts(id).flatMap { $0.line > 0 ? $0.line : nil }
        }
    }

    func close(_ stream: Int) { state.withLock { $0.streams[stream] = nil } }

    /// Ends every stream after what waits for it was sent; no new ones begin.
    func close() {
        let queues = state.withLock { state in
            state.isClosed = true
            defer { state.streams = [:] }
            return Array(state.streams.values)
        }
        for queue in queues { queue.end() }
    }

    var streamCount: Int { state.withLock { $0.streams.count } }

    /// The events behind `id`; `nil` when some of them are not kept, or it is of another epoch.
    private static func missed(since id: String, in state: State) -> ArraySlice<Frame>? {
        guard let (epoch, number, _) = parts(id), epoch == state.epoch, number <= state.last else { return nil }
        let first = state.last - Int64(state.kept.count)
        guard number >= first else { return nil }
        return state.kept.dropFirst(Int(number - first))
    }

    // MARK: Bytes

    private static func id(_ epoch: Int64, _ number: Int64, _ line: Int64) -> String { "\(epoch)-\(number)-\(line)" }

    /// Of a line that was read from the store: of no epoch, so that the store is read again behind it.
    private static func outside(_ line: Int64) -> String { id(0, 0, line) }

    private static func parts(_ id: String) -> (epoch: Int64, number: Int64, line: Int64)? {
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let epoch = Int64(parts[0]), let number = Int64(parts[1]), let line = Int64(parts[2])
        else { return nil }
        return (epoch, number, line)
    }

    private static func gap(_ state: State) -> ByteBuffer { frame("gap", Array("{}".utf8), id: state.id) }

    /// `data` is one line.
    private static func frame(_ name: String, _ data: [UInt8], id: String) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(data.count + 64)
        buffer.writeString("id: \(id)\nevent: \(name)\ndata: ")
        buffer.writeBytes(data)
        buffer.writeString("\n\n")
        return buffer
    }
}
