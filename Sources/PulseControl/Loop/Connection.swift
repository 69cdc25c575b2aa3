import Glibc

/// One connection of a loop: what arrived, what waits, what is owed. Lives on the loop's thread.
struct Connection {
    let descriptor: Descriptor
    private let limits: SocketLoop.Limits
    private var reader = FrameReader()
    var outgoing: OutgoingQueue
    /// Frames that were delivered and whose work is not done.
    var unsettled = 0
    /// Frames that arrived whole.
    private(set) var received = 0
    /// Whether a timer runs for what the other end owes.
    var isWatched = false

    init(_ descriptor: Descriptor, limits: SocketLoop.Limits) {
        self.descriptor = descriptor
        self.limits = limits
        outgoing = OutgoingQueue(eventLimitInBytes: limits.eventBytes)
    }

    /// Whether the other end has begun something (its greeting, a frame) and not finished it.
    var owes: Bool { (received == 0 && limits.isGreetingOwed) || (reader.isInsideFrame && mayDeliver) }

    private var mayDeliver: Bool { unsettled < limits.unsettled }

    /// Nothing is read while the other end does not take its answers or has too much under way.
    var isReading: Bool { mayDeliver && outgoing.sizeInBytes <= limits.waitingBytes }

    /// What poll(2) is to look for.
    var interest: Int16 {
        Int16((isReading ? POLLIN : 0) | (outgoing.isEmpty ? 0 : POLLOUT))
    }

    /// The next frame that may be delivered; `nil` when there is none.
    mutating func nextFrame() throws(FrameViolation) -> [UInt8]? {
        guard mayDeliver else { return nil }
        let limit = received == 0 ? limits.firstFrame : limits.frame
        guard let frame = try reader.next(upTo: limit) else { return nil }
        received += 1
        unsettled += 1
        return frame
    }

    /// Reads once into `buffer`.
    ///
    /// - Returns: `false` when the other end is gone.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        let count = recv(descriptor.number, buffer.baseAddress, buffer.count, 0)
        if count > 0 {
            reader.append(buffer[..<count])
            return true
        }
        return count < 0 && (errno == EAGAIN || errno == EINTR)
    }

    /// Writes as much as the socket takes now.
    mutating func flush() {
        while !outgoing.isEmpty {
            let count = outgoing.writeNext { send(descriptor.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count > 0 { continue }
            if errno == EINTR { continue }
            if errno != EAGAIN {
                // What it said last (why it closed) may still be unread, so the link is not given up here.
                outgoing.discard()
            }
            return
        }
    }
}
