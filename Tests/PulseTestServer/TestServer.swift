import Foundation
import Glibc
import Synchronization

/// A server on a loopback port that does what a test tells it, byte by byte. One thread a connection.
package final class TestServer: Sendable {
    package typealias Behaviour = @Sendable (Connection) -> Void

    /// A request as it came over the wire.
    package struct Received: Sendable, Equatable {
        package var method: String
        package var target: String
        package var lines: [String]
        package var body: [UInt8]

        package func header(_ name: String) -> String? {
            let prefix = name.lowercased() + ":"
            return lines.first { $0.lowercased().hasPrefix(prefix) }
                .map { $0.dropFirst(prefix.count).trimmingCharacters(in: .whitespaces) }
        }
    }

    private struct State {
        var open: Set<Int32> = []
        var connections = 0
        var requests: [Received] = []
        var isStopped = false
    }

    package let port: UInt16
    private let listener: Int32
    private let state = Mutex(State())

    /// A server that reads a request and never answers; `arrived` tells that it was read, `closed` that the client hung up.
    package static func silent(arrived: Signal? = nil, closed: Signal? = nil) throws -> TestServer {
        try TestServer { connection in
            _ = connection.request()
            arrived?.fire()
            connection.waitForClose()
            closed?.fire()
        }
    }

    package init(_ behaviour: @escaping Behaviour) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.listener = listener
        port = try Self.bindAndListen(listener)
        let thread = Thread { [weak self] in
            while true {
                let descriptor = accept(listener, nil, nil)
                // Else programs that tests start would hold the connection open.
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                guard descriptor >= 0, let self, self.admit(descriptor) else { return }
                Thread { [self] in
                    let connection = Connection(descriptor: descriptor, server: self)
                    behaviour(connection)
                    connection.close()
                }.start()
            }
        }
        thread.start()
    }

    deinit {
        stop()
    }

    /// Closes everything; threads that wait for a client end.
    package func stop() {
        state.withLock { state in
            guard !state.isStopped else { return }
            state.isStopped = true
            for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
            shutdown(listener, Int32(SHUT_RDWR))
            Glibc.close(listener)
        }
    }

    package func url(_ path: String = "/", host: String = "127.0.0.1", user: String = "") -> String {
        "http://\(user)\(host):\(port)\(path)"
    }

    package var connectionCount: Int { state.withLock { $0.connections } }
    package var requests: [Received] { state.withLock { $0.requests } }

    fileprivate func note(_ request: Received) { state.withLock { $0.requests.append(request) } }

    fileprivate func closeOnce(_ descriptor: Int32) {
        state.withLock { state in
            if state.open.remove(descriptor) != nil { Glibc.close(descriptor) }
        }
    }

    private func admit(_ descriptor: Int32) -> Bool {
        state.withLock { state in
            guard !state.isStopped else {
                Glibc.close(descriptor)
                return false
            }
            state.open.insert(descriptor)
            state.connections += 1
            return true
        }
    }

    package struct SocketFailure: Error {
        package let number: Int32
    }

    /// Gives a socket a free loopback port and, unless told otherwise, lets it listen there.
    package static func bindAndListen(_ descriptor: Int32, listens: Bool = true) throws -> UInt16 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(descriptor, address, length) == 0, !listens || listen(descriptor, 256) == 0 else {
                    return Int32(-1)
                }
                return getsockname(descriptor, address, &length)
            }
        }
        guard code == 0 else { throw SocketFailure(number: errno) }
        return UInt16(bigEndian: address.sin_port)
    }
}

/// One accepted connection, used by its own thread only.
package final class Connection {
    private let descriptor: Int32
    private let server: TestServer
    private var buffer: [UInt8] = []

    fileprivate init(descriptor: Int32, server: TestServer) {
        self.descriptor = descriptor
        self.server = server
    }

    /// The next request, body included; `nil` when the client has gone.
    package func request() -> TestServer.Received? {
        let end = Array("\r\n\r\n".utf8)
        var place = buffer.firstRange(of: end)
        while place == nil {
            guard receive() else { return nil }
            place = buffer.firstRange(of: end)
        }
        guard let place else { return nil }
        var lines = String(decoding: buffer[..<place.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let first = lines.removeFirst().split(separator: " ").map(String.init)
        var received = TestServer.Received(method: first[0], target: first[1], lines: lines, body: [])
        let length = received.header("Content-Length").flatMap(Int.init) ?? 0
        buffer.removeSubrange(..<place.upperBound)
        while buffer.count < length { guard receive() else { return nil } }
        received.body = Array(buffer[..<length])
        buffer.removeSubrange(..<length)
        server.note(received)
        return received
    }

    /// Sends the bytes as they are.
    ///
    /// - Returns: `false` when the client has gone.
    @discardableResult
    package func write(_ bytes: some Sequence<UInt8>) -> Bool {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    @discardableResult
    package func write(_ text: String) -> Bool { write(text.utf8) }

    /// A complete answer on a connection that stays open.
    @discardableResult
    package func respond(_ status: String = "200 OK", headers: [String] = [], _ body: String = "") -> Bool {
        let lines = ["HTTP/1.1 \(status)"] + headers + ["Content-Length: \(body.utf8.count)"]
        return write(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// Waits until the client has sent anything.
    package func waitForBytes() { _ = receive() }

    /// Waits until the client has closed its end.
    package func waitForClose() {
        while receive() {}
    }

    /// Ends the connection with a TCP reset.
    package func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    package func close() { server.closeOnce(descriptor) }

    private func receive() -> Bool {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count > 0 else { return false }
        buffer += piece[..<count]
        return true
    }
}
