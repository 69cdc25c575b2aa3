import Glibc
import PulseMeasuring

/// One kept HTTP/1.1 connection to this machine, used by one thread: what measures has to cost little.
final class Connection {
    let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 256 << 10)

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            throw BenchError("Port \(port) cannot be reached: \(String(cString: strerror(errno)))")
        }
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    static func get(_ path: String, token: String? = nil) -> [UInt8] {
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        return Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(authorization)\r\n".utf8)
    }

    static func post(_ path: String, _ body: String, token: String?) -> [UInt8] {
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        return Array(
            """
            POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\(authorization)\
            Content-Length: \(body.utf8.count)\r\n\r\n\(body)
            """.utf8)
    }

    func send(_ request: [UInt8]) throws {
        var sent = 0
        while sent < request.count {
            let count = request[sent...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw BenchError("A request could not be sent.") }
            sent += count
        }
    }

    /// Sends a request and takes the whole answer, whose head tells its length.
    func exchange(_ request: [UInt8]) throws -> (status: Int, body: ArraySlice<UInt8>) {
        try send(request)
        var filled = 0
        var head: (status: Int, begin: Int, end: Int)?
        while true {
            if filled == buffer.count { buffer.append(contentsOf: [UInt8](repeating: 0, count: buffer.count)) }
            let count = buffer.withUnsafeMutableBytes { bytes in
                read(descriptor, bytes.baseAddress.map { $0 + filled }, bytes.count - filled)
            }
            guard count > 0 else { throw BenchError("The server ended a connection.") }
            filled += count
            if head == nil { head = try Self.head(buffer, filled) }
            if let head, filled >= head.end { return (head.status, buffer[head.begin..<head.end]) }
        }
    }

    private static func head(_ bytes: [UInt8], _ filled: Int) throws -> (status: Int, begin: Int, end: Int)? {
        guard let end = bytes[..<filled].firstRange(of: Array("\r\n\r\n".utf8))?.lowerBound else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let length = lines.dropFirst().compactMap { line -> Int? in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { return nil }
            return Int(parts[1].drop { $0 == " " })
        }.first
        guard let length = length ?? (status == 204 ? 0 : nil) else {
            throw BenchError("An answer of status \(status) does not tell its length.")
        }
        return (status, end + 4, end + 4 + length)
    }
}

/// Nanoseconds of a clock that all processes of the machine share.
func nanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

extension [Int64] {
    /// Of sorted nanoseconds, in milliseconds.
    func quantile(_ share: Double) -> Double {
        isEmpty ? .nan : Double(self[Swift.min(count - 1, Int(Double(count) * share))]) / 1e6
    }
}
