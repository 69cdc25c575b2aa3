import Dispatch
import Foundation
import PulseDomain
import PulseEngine
import PulseHTTP
import PulseMeasuring
import PulseSandbox
import Synchronization

/// A simulated Jira on a loopback port that makes each answer once and sends it from memory ever after: what a load has
/// to wait for is the network's own work, not the simulation's. What has no room in memory is made each time.
///
/// It is a process of its own, so that neither its memory nor its processor time is that of the load.
final class PageServer: Sendable {
    private let sandbox: Sandbox
    private let listener: Int32
    let port: UInt16
    private let pages = Mutex<[String: Page]>([:])
    private let keptBytes = Mutex(0)
    /// Enough for some 200,000 issues.
    private static let limitOfKeptBytes = 4 << 30
    private let revision = Mutex(0)

    /// An answer as it goes over the wire.
    fileprivate struct Page {
        var bytes: [UInt8]
        /// Where the first issue's summary begins; `nil` on pages without issues.
        var summary: Int?
    }

    /// `GET /revision/3` makes it the third revision of the world: the first issue of each page has another summary.
    private static let revisions = "/revision/"

    init(issues: Int) throws {
        let options = World.options(issues: issues, pullRequests: 1, cacheInMegabytes: 0)
        sandbox = Sandbox(options, time: SystemClock(), quotas: .unlimited)
        (listener, port) = try Self.listen()
    }

    /// Answers until standard input ends.
    func run() {
        print("port \(port)")
        fflush(nil)
        Thread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread { [self] in
                    serve(connection)
                    close(connection)
                }.start()
            }
        }.start()
        while readLine() != nil {}
    }

    private static func listen() throws -> (Int32, UInt16) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) == 0 && Glibc.listen(listener, 64) == 0
                    && getsockname(listener, address, &size) == 0
            }
        }
        guard isBound else { throw BenchError("No port of the loopback interface can be listened on.") }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    // MARK: One connection

    private func serve(_ connection: Int32) {
        var received: [UInt8] = []
        while let request = Self.next(connection, &received) {
            guard let answer = answer(to: request) else { return }
            var sent = 0
            while sent < answer.count {
                let count = answer[sent...].withUnsafeBytes {
                    send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                sent += count
            }
        }
    }

    private struct Request {
        var method: String
        var target: String
        var headers: HTTPHeaders
        var body: [UInt8]
    }

    /// The next request; `nil` once there is none.
    private static func next(_ connection: Int32, _ received: inout [UInt8]) -> Request? {
        while true {
            if let (request, length) = request(in: received) {
                received.removeFirst(length)
                return request
            }
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            received += buffer[..<count]
        }
    }

    private static func request(in bytes: [UInt8]) -> (Request, Int)? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        var headers = HTTPHeaders()
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers.append(String(parts[0]), String(parts[1])) }
        }
        let length = end.upperBound + (headers["Content-Length"].flatMap { Int($0) } ?? 0)
        guard bytes.count >= length else { return nil }
        return (
            Request(
                method: String(words[0]), target: String(words[1]), headers: headers,
                body: Array(bytes[end.upperBound..<length])), length
        )
    }

    // MARK: Answers

    private func answer(to request: Request) -> [UInt8]? {
        if request.target.hasPrefix(Self.revisions), let number = Int(request.target.dropFirst(Self.revisions.count)) {
            revise(to: number)
            return Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8)
        }
        let key = "\(request.method) \(request.target) \(String(decoding: request.body, as: UTF8.self))"
        if let known = pages.withLock({ $0[key]?.bytes }) { return known }
        guard let response = ask(request) else { return nil }
        var text = "HTTP/1.1 \(response.status) OK\r\nContent-Length: \(response.body.count)\r\n"
        for field in response.headers where !["date", "content-length"].contains(field.name.lowercased()) {
            text += "\(field.name): \(field.value)\r\n"
        }
        let head = Array((text + "\r\n").utf8)
        var page = Page(bytes: head + response.body, summary: nil)
        guard response.status == 200 else { return page.bytes }
        if request.target.contains("/search/jql") {
            page.summary = page.bytes.firstRange(of: Array(#""summary":""#.utf8))?.upperBound
        }
        let revision = revision.withLock { $0 }
        page.revise(to: revision)
        let made = page
        let hasRoom = keptBytes.withLock { kept in
            guard kept + made.bytes.count <= Self.limitOfKeptBytes else { return false }
            kept += made.bytes.count
            return true
        }
        if hasRoom { pages.withLock { $0[key] = made } }
        return made.bytes
    }

    private func revise(to number: Int) {
        revision.withLock { $0 = number }
        pages.withLock { pages in
            for key in pages.keys { pages[key]?.revise(to: number) }
        }
    }

    /// The simulation's answer; it answers without waiting, and this thread is no one else's.
    private func ask(_ request: Request) -> HTTPResponse? {
        guard let method = HTTPMethod(rawValue: request.method) else { return nil }
        let question = HTTPRequest(
            method: method, url: sandbox.options.jira.url + request.target, headers: request.headers,
            body: request.body.isEmpty ? nil : request.body, maximumBodySizeInBytes: .max)
        let answered = DispatchSemaphore(value: 0)
        let answer = Answer()
        Task.detached { [sandbox] in
            let response = try? await sandbox.send(question)
            answer.response.withLock { $0 = response }
            answered.signal()
        }
        answered.wait()
        return answer.response.withLock { $0 }
    }

    private final class Answer: Sendable {
        let response = Mutex<HTTPResponse?>(nil)
    }
}

extension PageServer.Page {
    /// Revision 0 is the world as it was made.
    fileprivate mutating func revise(to number: Int) {
        guard let summary, number > 0 else { return }
        bytes[summary] = UInt8(ascii: "A") + UInt8(number % 26)
    }
}
