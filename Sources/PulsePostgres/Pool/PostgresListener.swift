import CLibpq
import Foundation
import Glibc
import Synchronization

/// Hears what is notified on a channel (PostgreSQL manual, "LISTEN"), on a connection and thread of its own, which it
/// makes anew for as long as it takes when the server is gone.
package final class PostgresListener: Sendable {
    private let isEnded = Mutex(false)
    /// A pipe: what is written to it ends the wait.
    private let (waiting, waker): (Int32, Int32)

    /// `heard` is called on the listener's thread with each notification's payload, and with `nil` when some may have
    /// been missed: after every connection.
    package init(
        _ settings: PostgresSettings, channel: String, heard: @escaping @Sendable (_ payload: String?) -> Void
    ) {
        var ends: [Int32] = [-1, -1]
        // Without descriptors there is no wake-up: the end is noticed when the wait is over.
        pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (waiting, waker) = (ends[0], ends[1])
        let thread = Thread { [self] in
            listen(settings, channel: channel, heard: heard)
            for end in [waiting, waker] { close(end) }
        }
        thread.name = "postgres-listen"
        thread.start()
    }

    /// Ends soon; nothing is heard afterwards.
    package func end() {
        isEnded.withLock { isEnded in
            guard !isEnded else { return }
            isEnded = true
            write(waker, [1], 1)
        }
    }

    private func listen(_ settings: PostgresSettings, channel: String, heard: (String?) -> Void) {
        var pause = 0.1
        while !isEnded.withLock({ $0 }) {
            do {
                let connection = try PostgresConnection(settings)
                try connection.execute("LISTEN \(channel)")
                pause = 0.1
                heard(nil)
                try follow(connection, heard)
            } catch {
                // It is lost or cannot be made: those who listen look by themselves now and then, and are told when it
                // is there again.
                wait(for: nil, seconds: Double.random(in: 0...pause))
                // It is the first to know that the server is there again: everybody hears of it from here.
                pause = min(2, pause * 2)
            }
        }
    }

    /// Returns when it was told to end; throws when the connection broke.
    private func follow(_ connection: PostgresConnection, _ heard: (String?) -> Void) throws {
        while !isEnded.withLock({ $0 }) {
            for payload in try connection.notifications() { heard(payload) }
            wait(for: connection, seconds: 60)
        }
    }

    private func wait(for connection: PostgresConnection?, seconds: Double) {
        var descriptors = [pollfd(fd: waiting, events: Int16(POLLIN), revents: 0)]
        if let connection {
            descriptors.append(pollfd(fd: connection.socket, events: Int16(POLLIN), revents: 0))
        }
        poll(&descriptors, nfds_t(descriptors.count), Int32(seconds * 1_000))
    }
}

extension PostgresConnection {
    var socket: Int32 { PQsocket(handle) }

    /// The payloads of notifications that have arrived. Throws `PostgresError` when the connection is broken.
    func notifications() throws -> [String] {
        guard PQconsumeInput(handle) == 1 else { throw failure() }
        var payloads: [String] = []
        while let notification = PQnotifies(handle) {
            defer { PQfreemem(notification) }
            if let text = notification.pointee.extra { payloads.append(String(cString: text)) }
        }
        return payloads
    }
}
