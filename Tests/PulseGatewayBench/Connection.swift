import Glibc
import PulseMeasuring

/// One kept HTTP/1.1 connection to this machine, used by one thread: what measures has to cost little.
final class Connection {
    let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 256 << 10)
    /// Bytes of the answer that is under way.
    private var filled = 0
    private var head: Head?
    private var bodyRange = 0..<0

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

    /// Sends a request and waits for the whole answer.
    func exchange(_ request: [UInt8]) throws -> (status: Int, body: ArraySlice<UInt8>) {
        try send(request)
        while true {
            if let status = try take() { return (status, body) }
        }
    }

    /// Takes what has arrived, or waits for it; the status once the answer is whole.
    func take() throws -> Int? {
        if filled == buffer.count { buffer.append(contentsOf: [UInt8](repeating: 0, count: buffer.count)) }
        let count = buffer.withUnsafeMutableBytes { bytes in
            read(descriptor, bytes.baseAddress.map { $0 + filled }, bytes.count - filled)
        }
        guard count > 0 else { throw BenchError("The server ended a connection.") }
        filled += count
        head = try head ?? buffer.withUnsafeBytes { try Head(UnsafeRawBufferPointer(rebasing: $0[..<filled])) }
        guard let head, filled >= head.length + head.bodyLength else { return nil }
        bodyRange = head.length..<head.length + head.bodyLength
        filled = 0
        self.head = nil
        return head.status
    }

    /// Of the answer that was taken last.
    private var body: ArraySlice<UInt8> { buffer[bodyRange] }

    /// What an answer's first lines tell of it.
    private struct Head {
        let status: Int
        /// Bytes up to the body.
        let length: Int
        let bodyLength: Int

        /// `nil` while it is not whole. Looks at bytes in place: the client shares its processor with the server, so
        /// that each of its microseconds is missing there, and answers with many headers would look slow.
        init?(_ bytes: UnsafeRawBufferPointer) throws {
            guard let begin = bytes.baseAddress else { return nil }
            let end = begin + bytes.count
            var line = begin
            var told: Int?
            while let newline = memchr(line, 10, end - line) {
                let next = UnsafeRawPointer(newline) + 1
                guard next - line > 2 else {
                    (status, length) = (Self.number(begin + 9), next - begin)
                    guard let told = told ?? (status == 204 ? 0 : nil) else {
                        throw BenchError("An answer of status \(status) does not tell its length.")
                    }
                    bodyLength = told
                    return
                }
                if strncasecmp(line.assumingMemoryBound(to: CChar.self), Self.lengthField, Self.lengthField.utf8.count)
                    == 0
                {
                    told = Self.number(line + Self.lengthField.utf8.count)
                }
                line = next
            }
            return nil
        }

        private static let lengthField = "content-length:"

        /// What follows it is no digit, in a line that has an end.
        private static func number(_ text: UnsafeRawPointer) -> Int { atol(text.assumingMemoryBound(to: CChar.self)) }
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
