import Glibc

/// A file descriptor that is closed with its last reference.
final class Descriptor: Sendable {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { close(number) }

    /// The user at the other end of a connected Unix-domain socket; `nil` when the system does not tell.
    ///
    /// SO_PEERCRED fills `struct ucred`: process, user and group, 32 bits each (unix(7)).
    var peerUser: uid_t? {
        var credentials: [Int32] = [0, 0, 0]
        let size = credentials.count * MemoryLayout<Int32>.size
        var length = socklen_t(size)
        guard getsockopt(number, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0, Int(length) == size else {
            return nil
        }
        return uid_t(bitPattern: credentials[1])
    }
}

/// A failed call of the system: which, and `errno`.
struct SystemError: Error, Hashable {
    var call: String
    var code: Int32

    init(_ call: String, _ code: Int32 = errno) {
        self.call = call
        self.code = code
    }

    /// What the system says of the code: `Permission denied`.
    var text: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
