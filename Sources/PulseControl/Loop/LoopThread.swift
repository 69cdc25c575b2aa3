import Glibc

/// The thread's side of a ``SocketLoop``: waits with poll(2), reads, writes, accepts.
struct LoopThread {
    private let loop: SocketLoop
    private let listener: Descriptor?
    private var connections: [ConnectionID: Connection] = [:]
    private var lastID = 0
    private var isStopped = false
    /// The system had no descriptor to give: accepting is tried again after a second, or when a connection ends.
    private var isAcceptingPaused = false
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

    init(loop: SocketLoop, listener: Descriptor?, connection: Descriptor?) {
        self.loop = loop
        self.listener = listener
        if let connection { connections[0] = Connection(connection, limits: loop.limits) }
    }

    mutating func run() {
        defer { buffer.deallocate() }
        while !isStopped && (listener != nil || !connections.isEmpty) {
            var polls = [pollfd(fd: loop.bellNumber, events: Int16(POLLIN), revents: 0)]
            if let listener, !isAcceptingPaused {
                polls.append(pollfd(fd: listener.number, events: Int16(POLLIN), revents: 0))
            }
            let offset = polls.count
            let ids = connections.keys.sorted()
            for id in ids {
                guard let connection = connections[id] else { continue }
                polls.append(pollfd(fd: connection.descriptor.number, events: connection.interest, revents: 0))
            }
            let count = poll(&polls, nfds_t(polls.count), isAcceptingPaused ? 1_000 : -1)
            if count < 0 {
                if errno == EINTR { continue }
                return loop.report(.broke(SystemError("poll")))
            }
            if count == 0 { isAcceptingPaused = false }
            if polls[0].revents != 0 { for order in loop.takeOrders() { carryOut(order) } }
            if isStopped { return }
            for (index, id) in ids.enumerated() { attend(id, polls[offset + index].revents) }
            if offset == 2, polls[1].revents != 0 { acceptAll() }
        }
    }

    // MARK: Orders

    private mutating func carryOut(_ order: SocketLoop.Order) {
        switch order {
        case .send(let id, let frame, let settles):
            connections[id]?.outgoing.add(frame)
            if settles { connections[id]?.unsettled -= 1 }
            advance(id)
        case .event(let id, let frame, let stream, let gap):
            connections[id]?.outgoing.add(event: frame, stream: stream, gap: gap)
            advance(id)
        case .endStream(let id, let frame, let stream):
            connections[id]?.outgoing.forget(stream: stream)
            connections[id]?.outgoing.add(frame)
            advance(id)
        case .settle(let id):
            connections[id]?.unsettled -= 1
            advance(id)
        case .expire(let id, let received, let farewell):
            guard let connection = connections[id] else { return }
            if connection.owes && connection.received == received { return close(id, farewell: farewell) }
            connections[id]?.isWatched = false
            watch(id)
        case .close(let id, let farewell):
            close(id, farewell: farewell)
        case .stop(let goodbye):
            isStopped = true
            for id in connections.keys {
                connections[id]?.outgoing.add(goodbye)
                connections[id]?.flush()
            }
            connections = [:]
        }
    }

    /// Writes what waits, and delivers what had to wait for it.
    private mutating func advance(_ id: ConnectionID) {
        connections[id]?.flush()
        if connections[id]?.isReading == true { deliver(id) }
    }

    private mutating func close(_ id: ConnectionID, farewell: [UInt8] = [], because violation: FrameViolation? = nil) {
        guard connections[id] != nil else { return }
        if !farewell.isEmpty {
            connections[id]?.outgoing.add(farewell)
            connections[id]?.flush()
        }
        connections[id] = nil
        isAcceptingPaused = false
        loop.report(.closed(id, violation))
    }

    // MARK: Sockets

    private mutating func attend(_ id: ConnectionID, _ events: Int16) {
        guard events != 0, let connection = connections[id] else { return }
        let isGone = Int32(events) & (POLLHUP | POLLERR | POLLNVAL) != 0
        if Int32(events) & POLLOUT != 0 { connections[id]?.flush() }
        if connection.isReading && (isGone || Int32(events) & POLLIN != 0) {
            guard connections[id]?.read(into: buffer) == true else { return close(id) }
            deliver(id)
        } else if isGone {
            close(id)
        } else if Int32(events) & POLLOUT != 0 {
            deliver(id)
        }
    }

    private mutating func deliver(_ id: ConnectionID) {
        do {
            while let frame = try connections[id]?.nextFrame() { loop.report(.frame(id, frame)) }
            watch(id)
        } catch {
            close(id, farewell: loop.limits.farewell(error), because: error)
        }
    }

    private mutating func watch(_ id: ConnectionID) {
        guard let connection = connections[id], connection.owes, !connection.isWatched else { return }
        connections[id]?.isWatched = true
        loop.report(.owes(id, received: connection.received))
    }

    private mutating func acceptAll() {
        guard let listener else { return }
        while true {
            let number = accept(listener.number, nil, nil)
            guard number >= 0 else {
                switch errno {
                case EINTR, ECONNABORTED: continue
                case EMFILE, ENFILE, ENOMEM, ENOBUFS: isAcceptingPaused = true
                default: break
                }
                return
            }
            let descriptor = Descriptor(number)
            // A child process that is started between the two calls inherits the connection; it then ends with the child.
            _ = fcntl(number, F_SETFD, FD_CLOEXEC)
            _ = fcntl(number, F_SETFL, O_NONBLOCK)
            admit(descriptor)
        }
    }

    private mutating func admit(_ descriptor: Descriptor) {
        var connection = Connection(descriptor, limits: loop.limits)
        guard descriptor.peerUser == loop.limits.user else {
            connection.outgoing.add(loop.limits.refusalOfOthers)
            return connection.flush()
        }
        guard connections.count < loop.limits.connections else {
            connection.outgoing.add(loop.limits.refusal)
            return connection.flush()
        }
        lastID += 1
        connection.outgoing.add(loop.limits.greeting)
        connection.flush()
        connections[lastID] = connection
        loop.report(.opened(lastID))
        watch(lastID)
    }
}
