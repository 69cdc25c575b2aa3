import Foundation
import Glibc
import PulseTestServer
import Testing

@testable import PulseHTTP

/// What becomes of exchanges that go wrong.
@Suite(.timeLimit(.minutes(1))) struct FailureTests {
    let transport = CurlTransport(configuration: .init(proxy: .none))

    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let behaviour: TestServer.Behaviour

        init(_ description: String, sends text: String) {
            testDescription = description
            behaviour = { connection in
                _ = connection.request()
                connection.write(text)
            }
        }

        init(_ description: String, _ behaviour: @escaping TestServer.Behaviour) {
            testDescription = description
            self.behaviour = behaviour
        }
    }

    static let losses = [
        Fault("no answer at all", sends: ""),
        Fault("a body shorter than announced", sends: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"),
        Fault(
            "a chunked body without its end",
            sends: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
        Fault("a chunk cut off", sends: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhello"),
        Fault("a chunk size that is none", sends: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello"),
        Fault("a head cut off", sends: "HTTP/1.1 200 OK\r\nContent-Le"),
        Fault("no status line", sends: "what do you want?\r\n\r\n"),
        Fault("an invalid status line", sends: "HTTP/1.1 fine\r\n\r\n"),
        Fault(
            "a body that is not what its encoding says",
            sends: "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nplain text"),
        Fault("a reset before the answer") { connection in
            _ = connection.request()
            connection.reset()
        },
        Fault("a reset within the body") { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello")
            connection.reset()
        },
    ]

    @Test(arguments: losses)
    func `a broken answer is a lost connection, never a short body`(fault: Fault) async throws {
        let server = try TestServer(fault.behaviour)
        let error = await failure { () throws(HTTPError) in try await transport.send(HTTPRequest(url: server.url())) }
        guard case .connectionLost(let origin, let detail) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(origin.host == "127.0.0.1")
        #expect(origin.curlCode != nil)
        #expect(!detail.isEmpty)
    }

    @Test func `a kept connection that died is replaced for a request that may be repeated`() async throws {
        let server = try TestServer { connection in
            // The second request on a connection is read and dropped, as by a server that closes at that moment.
            guard connection.request() != nil else { return }
            connection.respond()
            _ = connection.request()
        }
        for method in [HTTPMethod.get, .get, .put] {
            let request = HTTPRequest(method: method, url: server.url(), body: method == .put ? [1] : nil)
            #expect(try await transport.send(request).status == 200)
        }
        #expect(server.requests.map(\.method) == ["GET", "GET", "GET", "PUT", "PUT"])
    }

    @Test(arguments: [[UInt8]("x".utf8), []])
    func `a request that must not be repeated is sent once`(body: [UInt8]) async throws {
        let server = try TestServer { connection in
            guard let first = connection.request() else { return }
            if first.method == "POST" { return }
            connection.respond()
            _ = connection.request()
        }
        _ = try await transport.send(HTTPRequest(url: server.url()))
        let error = await failure { () throws(HTTPError) in
            try await transport.send(HTTPRequest(method: .post, url: server.url(), body: body))
        }
        #expect(error?.code == "http.connection_lost")
        #expect(server.requests.map(\.method) == ["GET", "POST"])
    }

    @Test(arguments: ["", "Content-Length: 99999999999\r\n", "Transfer-Encoding: chunked\r\n"])
    func `an endless body ends at the limit`(framing: String) async throws {
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\n\(framing)\r\n")
            let piece =
                framing.hasPrefix("T")
                ? Array("2000\r\n".utf8) + [UInt8](repeating: 65, count: 8_192) + [13, 10]
                : [UInt8](repeating: 65, count: 8_192)
            while connection.write(piece) {}
        }
        let request = HTTPRequest(url: server.url(), maximumBodySizeInBytes: 1 << 20)
        let error = await failure { () throws(HTTPError) in try await transport.send(request) }
        #expect(error == .bodyTooLarge(.init(host: "127.0.0.1"), limitInBytes: 1 << 20))
    }

    @Test(arguments: ["Content-Length: 5\r\n\r\n12345", "Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n"])
    func `a body of exactly the limit is whole`(rest: String) async throws {
        let server = try TestServer { connection in
            while connection.request() != nil { connection.write("HTTP/1.1 200 OK\r\n\(rest)") }
        }
        let fits = HTTPRequest(url: server.url(), maximumBodySizeInBytes: 5)
        #expect(try await transport.send(fits).body.count == 5)
        let error = await failure { () throws(HTTPError) in
            try await transport.send(HTTPRequest(url: server.url(), maximumBodySizeInBytes: 4))
        }
        #expect(error?.code == "http.body_too_large")
    }

    @Test func `a small body that unpacks to a large one ends at the limit`() async throws {
        let bomb = try gzippedZeros(count: 32 << 20)
        #expect(bomb.count < 64 << 10)
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\n\r\n")
            connection.write(bomb)
            connection.waitForClose()
        }
        let request = HTTPRequest(url: server.url(), maximumBodySizeInBytes: 1 << 20)
        let error = await failure { () throws(HTTPError) in try await transport.send(request) }
        #expect(error == .bodyTooLarge(.init(host: "127.0.0.1"), limitInBytes: 1 << 20))
    }

    @Test func `an endless head ends`() async throws {
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\n")
            var number = 0
            while connection.write("X-\(number): \(String(repeating: "v", count: 1_000))\r\n") { number += 1 }
        }
        let error = await failure { () throws(HTTPError) in try await transport.send(HTTPRequest(url: server.url())) }
        #expect(error == .other(.init(host: "127.0.0.1"), detail: "its header fields are larger than 262144 bytes"))
    }

    @Test func `a head of a hundred kilobytes is read`() async throws {
        let server = try TestServer { connection in
            _ = connection.request()
            connection.respond("200 OK", headers: (0..<100).map { "X-\($0): \(String(repeating: "v", count: 1_000))" })
            connection.waitForClose()
        }
        let response = try await transport.send(HTTPRequest(url: server.url()))
        #expect(response.headers["x-99"]?.count == 1_000)
    }

    @Test func `a port where nobody listens cannot be connected to`() async throws {
        // Bound and not listening, so nobody else can take the port meanwhile.
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        let port = try TestServer.bindAndListen(descriptor, listens: false)
        let error = await failure { () throws(HTTPError) in
            try await transport.send(HTTPRequest(url: "http://127.0.0.1:\(port)/"))
        }
        #expect(error == .cannotConnect(.init(host: "127.0.0.1", curlCode: 7)))
    }

    @Test func `a host that does not exist cannot be resolved`() async throws {
        let error = await failure { () throws(HTTPError) in
            try await transport.send(HTTPRequest(url: "http://Nonexistent.invalid/"))
        }
        #expect(error == .cannotResolveHost(.init(host: "nonexistent.invalid", curlCode: 6)))
    }

    @Test func `a server that does not answer is given up after the time-out`() async throws {
        let server = try TestServer.silent()
        let error = await failure { () throws(HTTPError) in
            try await transport.send(HTTPRequest(url: server.url(), timeout: .milliseconds(50)))
        }
        #expect(error == .timedOut(.init(host: "127.0.0.1", curlCode: 28), phase: .waiting))
    }

    @Test func `an answer that does not end is given up after the time-out`() async throws {
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello")
            connection.waitForClose()
        }
        let error = await failure { () throws(HTTPError) in
            try await transport.send(HTTPRequest(url: server.url(), timeout: .seconds(2)))
        }
        #expect(error == .timedOut(.init(host: "127.0.0.1", curlCode: 28), phase: .receiving))
    }

    @Test func `a body that stands still is given up after the stall time-out`() async throws {
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
            connection.waitForClose()
        }
        let transport = CurlTransport(configuration: .init(proxy: .none, stallTimeout: .milliseconds(1)))
        let error = await failure { () throws(HTTPError) in try await transport.send(HTTPRequest(url: server.url())) }
        #expect(error == .timedOut(.init(host: "127.0.0.1", curlCode: 28), phase: .receiving))
    }

    @Test func `waiting for a connection counts as part of the time-out`() async throws {
        let server = try TestServer.silent()
        let transport = CurlTransport(configuration: .init(proxy: .none, maximumConnectionsPerHost: 1))
        await withTaskGroup(of: HTTPError?.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    await failure { () throws(HTTPError) in
                        try await transport.send(HTTPRequest(url: server.url(), timeout: .milliseconds(60)))
                    }
                }
            }
            for await error in group { #expect(error?.code == "http.timed_out") }
        }
    }

    @Test(arguments: [
        "", "example.com", "/relative", "ftp://example.com/", "file:///etc/passwd", "http://", "http:///path",
        "http://exa mple.com/", "http://example.com/a b", "http://example.com/\r\nX-Evil: 1", "http://example.com/\0",
        "http://example.com/ü", "http://example.com:99999/", "mailto:a@b.c",
    ])
    func `what is no absolute http URL is refused before anything is sent`(url: String) async {
        let error = await failure { () throws(HTTPError) in try await transport.send(HTTPRequest(url: url)) }
        #expect(error == .unsupportedURL(.init(host: "")))
    }

    @Test func `no error tells user name, password or query`() async throws {
        var seen: [String] = []
        for fault in Self.losses {
            let server = try TestServer(fault.behaviour)
            let url = server.url("/p?token=querysecret", user: "someuser:passsecret@")
            let error = await failure { () throws(HTTPError) in try await transport.send(HTTPRequest(url: url)) }
            seen.append(try #require(error?.description))
        }
        let error = await failure { () throws(HTTPError) in
            try await transport.send(HTTPRequest(url: "http://someuser:passsecret@nonexistent.invalid/?querysecret"))
        }
        seen.append(try #require(error?.description))
        for text in seen {
            for secret in ["someuser", "passsecret", "querysecret"] { #expect(!text.contains(secret)) }
        }
    }

    @Test func `what a server or libcurl says is made harmless before it is repeated`() {
        let said = "Failed at http://h/x for someuser:passsecret?querysecret via proxyuser:proxysecret\u{1B}[2J\r\nü"
        let text = EasyHandle.harmless(
            said, secrets: ["someuser", "passsecret", "querysecret"],
            proxy: .url("http://proxyuser:proxysecret@proxy.example:3128"))
        #expect(text == "Failed at (address) for ***:***?*** via ***:***?[2J???")
        #expect(EasyHandle.harmless(String(repeating: "x", count: 500), secrets: [], proxy: .none).count == 200)
    }

    private func gzippedZeros(count: Int) throws -> [UInt8] {
        let file = FileManager.default.temporaryDirectory.appending(path: "pulse-http-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(count: count).write(to: file)
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/gzip")
        process.arguments = ["-9", "-c", file.path]
        process.standardOutput = output
        try process.run()
        let bytes = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        return bytes
    }

    @Test(arguments: [
        ("necessary data rewind wasn't possible", "it was closed while the request was being sent"),
        ("Send failed: Broken pipe", "Send failed: Broken pipe"),
    ])
    func `what is about the inside of libcurl is said in our words`(said: String, told: String) {
        #expect(EasyHandle.plainWords(for: said) == told)
    }
}
