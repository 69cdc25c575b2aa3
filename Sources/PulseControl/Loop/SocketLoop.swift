import Glibc
import Synchronization

/// Which connection of a loop.
typealias ConnectionID = Int

/// Carries frames between sockets and tasks on a thread of its own, so that no task ever waits for a socket.
///
/// Tasks ``post(_:)`` orders from anywhere; what happens is reported on the thread, in order. The thread ends on
/// ``Order/stop(goodbye:)``, or when its only connection ends and it does not listen.
final class SocketLoop: Sendable {
    struct Limits: Sendable {
        /// The largest first frame, and the largest of those after it, in bytes.
        var firstFrame: Int
        var frame: Int
        /// Connections at once; what is told to those beyond.
        var connections = 1
        var refusal: [UInt8] = []
        /// Whose processes are let in, and what is told to others.
        var user = geteuid()
        var refusalOfOthers: [UInt8] = []
        /// Sent first on every accepted connection.
        var greeting: [UInt8] = []
        /// Whether the other end has to send something by itself.
        var isGreetingOwed = false
        /// Frames of a connection that may be under way at once; more are not read.
        var unsettled = Int.max
        /// Nothing is read from a connection while more bytes than this wait to be written to it.
        var waitingBytes = 1 << 20
        /// Events are dropped for a gap while more bytes than this wait.
        var eventBytes = 4 << 20
        /// What is told to who sends what is no frame, before the link is closed.
        var farewell: @Sendable (FrameViolation) -> [UInt8] = { _ in [] }
    }

    enum Order: Sendable {
        /// `settles`: the frame answers one that was delivered.
        case send(ConnectionID, [UInt8], settles: Bool)
        case event(ConnectionID, [UInt8], stream: Int, gap: [UInt8])
        /// The last frame of an event stream.
        case endStream(ConnectionID, [UInt8], stream: Int)
        /// A delivered frame is done and has no answer.
        case settle(ConnectionID)
        /// Drops the connection if it still owes what it owed when it had sent so many frames.
        case expire(ConnectionID, received: Int, farewell: [UInt8])
        case close(ConnectionID, farewell: [UInt8])
        case stop(goodbye: [UInt8])
    }

    enum Report: Sendable {
        case opened(ConnectionID)
        case frame(ConnectionID, [UInt8])
        /// The other end has begun something and not finished it; it has sent so many frames. Answered by `expire`.
        case owes(ConnectionID, received: Int)
        /// Reported once for each that was opened, unless the loop is stopped.
        case closed(ConnectionID, FrameViolation?)
        /// The thread cannot go on, and what the system said.
        case broke(SystemError)
    }

    private struct State {
        var orders: [Order] = []
        var hasEnded = false
        var waitingForEnd: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    /// A byte written to the first makes the second readable.
    private let bell: (ring: Descriptor, hear: Descriptor)
    let limits: Limits
    let report: @Sendable (Report) -> Void

    /// - Parameter report: Called on the loop's thread; must not block.
    init(limits: Limits, report: @escaping @Sendable (Report) -> Void) throws(SystemError) {
        var pair: [Int32] = [-1, -1]
        let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        guard socketpair(AF_UNIX, Int32(type), 0, &pair) == 0 else { throw SystemError("socketpair") }
        bell = (Descriptor(pair[0]), Descriptor(pair[1]))
        self.limits = limits
        self.report = report
    }

    /// Starts the thread on a listening socket, or on one connection, which gets the id 0.
    func start(listener: Descriptor? = nil, connection: Descriptor? = nil) throws(SystemError) {
        let start = Unmanaged.passRetained(LoopStart(loop: self, listener: listener, connection: connection))
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, LoopStart.body, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw SystemError("pthread_create", code)
        }
        // The thread is running and nobody joins it, so this cannot fail.
        pthread_detach(thread)
    }

    /// Takes an order; dropped when the thread has ended.
    func post(_ order: Order) {
        let isFirst = state.withLock { state in
            guard !state.hasEnded else { return false }
            state.orders.append(order)
            return state.orders.count == 1
        }
        // A failure means that a bell full of bytes rings anyway.
        if isFirst { _ = send(bell.ring.number, [1], 1, Int32(MSG_NOSIGNAL)) }
    }

    /// Waits until the thread has ended and its sockets are closed.
    func ended() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.hasEnded { state.waitingForEnd.append(continuation) }
                return state.hasEnded
            }
            if isOver { continuation.resume() }
        }
    }

    // MARK: For the thread

    var bellNumber: Int32 { bell.hear.number }

    /// What was ordered since the last time.
    func takeOrders() -> [Order] {
        var bytes: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0]
        while recv(bell.hear.number, &bytes, bytes.count, 0) == bytes.count {}
        return state.withLock { state in
            defer { state.orders = [] }
            return state.orders
        }
    }

    func end() {
        let waiting = state.withLock { state in
            state.hasEnded = true
            state.orders = []
            defer { state.waitingForEnd = [] }
            return state.waitingForEnd
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// What the thread is given.
private final class LoopStart: Sendable {
    let loop: SocketLoop
    let listener: Descriptor?
    let connection: Descriptor?

    init(loop: SocketLoop, listener: Descriptor?, connection: Descriptor?) {
        self.loop = loop
        self.listener = listener
        self.connection = connection
    }

    static let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
        guard let context else { return nil }
        let loop = run(Unmanaged<LoopStart>.fromOpaque(context).takeRetainedValue())
        loop.end()
        return nil
    }

    /// In a function of its own, so that the sockets are closed before the end is told.
    private static func run(_ start: LoopStart) -> SocketLoop {
        // Signals are for the main thread and for those who ask for them.
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
        var thread = LoopThread(loop: start.loop, listener: start.listener, connection: start.connection)
        thread.run()
        return start.loop
    }
}
