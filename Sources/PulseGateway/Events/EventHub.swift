import NIOCore
import PulseAPI
import PulseDomain
import Synchronization

/// Hears the events of one engine once and passes them on to any number of streams.
///
/// Each event is written once and shared. What was sent lately is kept, so that a stream that broke off goes on where
/// it was; what cannot be promised is told as a gap.
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
        /// The newest ones, without holes, oldest first.
        var kept: [Frame] = []
        var keptInBytes = 0
        var streams: [Int: EventQueue] = [:]
        var nextStream = 0
        var isClosed = false
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
                for await event in try await operations.events() {
                    wait = .milliseconds(500)
                    if event == .gap {
                        breakOff()
                    } else {
                        let shape = EventShape(event)
                        publish(shape.name, shape.data)
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

    /// - Parameter data: one line of JSON.
    func publish(_ name: String, _ data: [UInt8]) {
        let (queues, bytes, gap) = state.withLock { state -> ([EventQueue], ByteBuffer, ByteBuffer) in
            state.last += 1
            let bytes = Self.frame(name, data, id: Self.id(state.epoch, state.last))
            state.kept.append(Frame(number: state.last, bytes: bytes))
            state.keptInBytes += bytes.readableBytes
            while state.kept.count > limits.kept || state.keptInBytes > limits.keptInBytes, !state.kept.isEmpty {
                state.keptInBytes -= state.kept.removeFirst().bytes.readableBytes
            }
            return (Array(state.streams.values), bytes, Self.gap(state.epoch, state.last))
        }
        for queue in queues { queue.offer(bytes, orElse: gap) }
    }

    /// Something may have been missed: a new epoch begins, and everybody is told to look again.
    private func breakOff() {
        let (queues, gap) = state.withLock { state in
            state.epoch = max(state.epoch + 1, time.now.seconds)
            state.last = 0
            state.kept = []
            state.keptInBytes = 0
            return (Array(state.streams.values), Self.gap(state.epoch, 0))
        }
        for queue in queues { queue.replace(by: gap) }
    }

    // MARK: Streams

    /// A stream from now on, or from behind the event of that id as far as it is kept. `nil` when there are too many,
    /// or the hub is closed.
    func open(after id: String?) -> (number: Int, queue: EventQueue)? {
        state.withLock { state in
            guard !state.isClosed, state.streams.count < limits.streams else { return nil }
            let queue = EventQueue(limit: limits.waiting)
            let hello = EventHello(version: "1.0", heartbeat: limits.heartbeat)
            queue.offer(Self.frame("hello", hello.json, id: Self.id(state.epoch, state.last)), orElse: ByteBuffer())
            if let id {
                if let missed = Self.missed(since: id, in: state), missed.count < limits.waiting {
                    for frame in missed { queue.offer(frame.bytes, orElse: Self.gap(state.epoch, state.last)) }
                } else {
                    queue.offer(Self.gap(state.epoch, state.last), orElse: ByteBuffer())
                }
            }
            state.nextStream += 1
            state.streams[state.nextStream] = queue
            return (state.nextStream, queue)
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
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let epoch = Int64(parts[0]), let number = Int64(parts[1]), epoch == state.epoch,
            number <= state.last
        else { return nil }
        let first = state.last - Int64(state.kept.count)
        guard number >= first else { return nil }
        return state.kept.dropFirst(Int(number - first))
    }

    // MARK: Bytes

    private static func id(_ epoch: Int64, _ number: Int64) -> String { "\(epoch)-\(number)" }

    private static func gap(_ epoch: Int64, _ number: Int64) -> ByteBuffer {
        frame("gap", Array("{}".utf8), id: id(epoch, number))
    }

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
