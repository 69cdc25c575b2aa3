import Foundation
import Glibc
import PulseTestServer
import Synchronization

/// Passes bytes on to a port of this machine, and breaks all connections with a reset again and again: wherever in an
/// answer or an event the bytes happen to be.
package final class CuttingProxy: Sendable {
    private struct State {
        var open: Set<Int32> = []
        var cuts = 0
        /// After how many it only passes on.
        var wanted: Int
        /// Bytes towards the client since the last cut, and after how many the next one comes.
        var passed = 0
        var next: Int
        var random: UInt64
        /// After so many bytes more than 500 the next cut comes at the latest.
        var range = 16_000
        var isStopped = false
    }

    package let port: UInt16
    private let target: UInt16
    private let listener: Int32
    private let state: Mutex<State>

    package var url: String { "http://127.0.0.1:\(port)" }
    /// How often connections were cut.
    package var cuts: Int { state.withLock { $0.cuts } }
    package var isDone: Bool { state.withLock { $0.cuts >= $0.wanted } }

    /// - Parameter cuts: After so many it only passes on.
    package init(to target: Int, cuts: Int, seed: UInt64 = 1) throws {
        self.target = UInt16(target)
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        port = try TestServer.bindAndListen(listener)
        state = Mutex(State(wanted: cuts, next: 3_000, random: seed))
        let thread = Thread { [weak self, listener] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0, let self, let server = self.connect() else {
                    if client >= 0 { Glibc.close(client) }
                    guard client >= 0 else { return }
                    continue
                }
                Thread { [self] in self.pump(client, server) }.start()
            }
        }
        thread.start()
    }

    deinit { stop() }

    package func stop() {
        state.withLock { state in
            guard !state.isStopped else { return }
            state.isStopped = true
            for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
            shutdown(listener, Int32(SHUT_RDWR))
            Glibc.close(listener)
        }
    }

    private func connect() -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = target.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if code == 0 { return descriptor }
        Glibc.close(descriptor)
        return nil
    }

    /// Cuts so many times from now on, each within so many bytes after the first 500.
    package func begin(cuts: Int, within range: Int) {
        state.withLock { state in
            (state.wanted, state.range) = (state.cuts + cuts, range)
            (state.passed, state.next) = (0, 500 + range / 2)
        }
    }

    /// Breaks all connections now.
    package func cut() {
        state.withLock { state in
            state.cuts += 1
            Self.reset(state.open)
        }
    }

    private static func reset(_ descriptors: Set<Int32>) {
        for descriptor in descriptors {
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
            shutdown(descriptor, Int32(SHUT_RD))
        }
    }

    /// Runs on a thread of its own until either side has gone or the connection is cut.
    private func pump(_ client: Int32, _ server: Int32) {
        let isAdmitted = state.withLock { state in
            guard !state.isStopped else { return false }
            state.open.formUnion([client, server])
            return true
        }
        defer {
            state.withLock { state in
                state.open.subtract([client, server])
                Glibc.close(client)
                Glibc.close(server)
            }
        }
        guard isAdmitted else { return }
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            var watched = [
                pollfd(fd: client, events: Int16(POLLIN), revents: 0),
                pollfd(fd: server, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&watched, 2, -1) > 0 || errno == EINTR else { return }
            for (from, to) in [(0, server), (1, client)] where watched[from].revents != 0 {
                let count = recv(watched[from].fd, &buffer, buffer.count, 0)
                guard count > 0 else { return }
                let (kept, isCut) = from == 1 ? take(count) : (count, false)
                guard write(buffer[..<kept], to: to) else { return }
                if isCut { return }
            }
        }
    }

    /// How many of the bytes are still passed on, and whether everything is cut then.
    private func take(_ count: Int) -> (kept: Int, isCut: Bool) {
        state.withLock { state in
            guard state.cuts < state.wanted, state.passed + count >= state.next else {
                state.passed += count
                return (count, false)
            }
            let kept = state.next - state.passed
            state.cuts += 1
            state.passed = 0
            // Numerical Recipes' generator: the same cuts every time.
            state.random = state.random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            state.next = 500 + Int(state.random >> 33) % state.range
            Self.reset(state.open)
            return (max(0, kept), true)
        }
    }

    private func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
