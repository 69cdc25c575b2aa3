import Glibc

/// Where a control socket is: a path of any length.
struct SocketAddress: Hashable, Sendable {
    let path: String

    /// What fits into `sun_path` beside the closing zero (unix(7)).
    static let longestPath = 107

    /// Calls `body` with the address as the system takes it.
    ///
    /// A path that is too long is reached through its folder's descriptor, as `/proc/self/fd/7/name` (proc(5)).
    func withSystemAddress(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(SystemError) -> Int32 {
        guard path.utf8.count > Self.longestPath else { return try Self.withShortPath(path, body) }
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let folder = open(String(path[..<slash]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw SystemError("open") }
        defer { close(folder) }
        return try Self.withShortPath("/proc/self/fd/\(folder)\(path[slash...])", body)
    }

    private static func withShortPath(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(SystemError) -> Int32 {
        let bytes = Array(path.utf8)
        guard bytes.count <= longestPath, !bytes.contains(0) else { throw SystemError("bind", ENAMETOOLONG) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// A stream socket that neither blocks nor is inherited by child processes.
    static func makeSocket() throws(SystemError) -> Descriptor {
        let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let number = socket(AF_UNIX, Int32(type), 0)
        guard number >= 0 else { throw SystemError("socket") }
        return Descriptor(number)
    }

    /// A connection to whoever listens there.
    func connected() throws(SystemError) -> Descriptor {
        let descriptor = try Self.makeSocket()
        while true {
            let outcome = try withSystemAddress { connect(descriptor.number, $0, $1) }
            if outcome == 0 { return descriptor }
            guard errno == EINTR else { throw SystemError("connect") }
        }
    }

    /// A listening socket that only this user can open. The path must be free.
    func listening() throws(SystemError) -> Descriptor {
        let descriptor = try Self.makeSocket()
        // Before `bind`, this sets the mode that the file is made with (unix(7)), so there is no moment of being open.
        guard fchmod(descriptor.number, 0o600) == 0 else { throw SystemError("fchmod") }
        guard try withSystemAddress({ bind(descriptor.number, $0, $1) }) == 0 else { throw SystemError("bind") }
        guard listen(descriptor.number, 64) == 0 else {
            let failure = SystemError("listen")
            unlink(path)
            throw failure
        }
        return descriptor
    }
}
