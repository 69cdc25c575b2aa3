import Foundation
import Glibc

/// A socket that sends what it is told, byte by byte; its blocking calls stay off the tasks' threads.
final class RawClient: Sendable {
    private let descriptor: Int32

    struct Refused: Error {}

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let (socket, length) = (descriptor, socklen_t(MemoryLayout<sockaddr_in>.size))
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, length) }
        }
        guard code == 0 else { throw Refused() }
    }

    deinit { close(descriptor) }

    func send(_ text: String) async {
        let descriptor = descriptor
        await Self.onThread {
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Reads until the text has come; what came until then, or until the end.
    func receive(until mark: String) async -> String {
        let descriptor = descriptor
        return await Self.onThread {
            var text = ""
            var piece = [UInt8](repeating: 0, count: 4_096)
            while !text.contains(mark) {
                let count = recv(descriptor, &piece, piece.count, 0)
                guard count > 0 else { return text }
                text += String(decoding: piece[..<count], as: UTF8.self)
            }
            return text
        }
    }

    private static func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread { continuation.resume(returning: body()) }.start()
        }
    }
}
