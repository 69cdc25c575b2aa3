import Foundation
import Glibc
import Testing

/// A TCP server on the loopback that answers whatever is sent first with the same bytes, to one client.
struct OneAnswer {
    let port: Int

    init(_ answer: String) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        try #require(listener >= 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) == 0 && listen(listener, 1) == 0
                    && getsockname(listener, address, &size) == 0
            }
        }
        try #require(bound)
        port = Int(UInt16(bigEndian: address.sin_port))
        let bytes = Array(answer.utf8)
        Thread.detachNewThread {
            let client = accept(listener, nil, nil)
            var asked = [UInt8](repeating: 0, count: 64)
            _ = read(client, &asked, asked.count)
            _ = write(client, bytes, bytes.count)
            for descriptor in [client, listener] { close(descriptor) }
        }
    }
}
