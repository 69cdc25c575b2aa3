import PulseHTTP
import PulseTestServer
import Testing

/// Bodies that are taken while they arrive.
@Suite(.timeLimit(.minutes(1))) struct StreamTests {
    let transport = CurlTransport(configuration: .init(proxy: .none))
    static let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"

    @Test func `pieces are delivered while the body is still being sent`() async throws {
        let gate = Gate()
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write(Self.head + "data: 1\n\n")
            gate.pass()
            connection.write("data: 2\n\n")
        }
        let response = try await transport.stream(HTTPRequest(url: server.url()))
        #expect(response.status == 200)
        #expect(response.headers["content-type"] == "text/event-stream")
        #expect(response.version == "HTTP/1.1")
        #expect(response.url == server.url())
        var pieces = response.body.makeAsyncIterator()
        #expect(try await pieces.next() == Array("data: 1\n\n".utf8))
        gate.open()
        #expect(try await pieces.next() == Array("data: 2\n\n".utf8))
        #expect(try await pieces.next() == nil)
        #expect(try await pieces.next() == nil)
        #expect(server.requests.first?.header("Accept-Encoding") == nil)
    }

    @Test func `a consumer that lags gets every byte in order`() async throws {
        let size = 1 << 20
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
            connection.write((0..<size).lazy.map { UInt8(truncatingIfNeeded: $0 / 251 &+ $0) })
            connection.waitForClose()
        }
        let transport = CurlTransport(configuration: .init(proxy: .none, streamBufferSizeInBytes: 20_000))
        let response = try await transport.stream(HTTPRequest(url: server.url(), maximumBodySizeInBytes: 1))
        var place = 0
        var isRight = true
        var largest = 0
        for try await piece in response.body {
            for byte in piece {
                isRight = isRight && byte == UInt8(truncatingIfNeeded: place / 251 &+ place)
                place += 1
            }
            largest = max(largest, piece.count)
            await Task.yield()
        }
        #expect(place == size)
        #expect(isRight)
        #expect(largest <= 20_000)
    }

    @Test func `a server is made to wait while nobody takes its stream`() async throws {
        let stalled = Signal()
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write(Self.head)
            // Far more than the buffers of both ends hold, so the end is reached only when somebody reads.
            for _ in 0..<512 where !connection.write([UInt8](repeating: 7, count: 64 << 10)) { return }
            stalled.fire()
        }
        let response = try await transport.stream(HTTPRequest(url: server.url()))
        // Other exchanges go on beside a stream that stands still.
        let other = try TestServer { connection in
            while connection.request() != nil { connection.respond() }
        }
        for _ in 0..<50 { _ = try await transport.send(HTTPRequest(url: other.url())) }
        var count = 0
        for try await piece in response.body { count += piece.count }
        await stalled.wait()
        #expect(count == 32 << 20)
    }

    @Test func `a stream that breaks off says so after what did arrive, and again`() async throws {
        let gate = Gate()
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            gate.pass()
        }
        let response = try await transport.stream(HTTPRequest(url: server.url()))
        var pieces = response.body.makeAsyncIterator()
        #expect(try await pieces.next() == Array("abc".utf8))
        gate.open()
        for _ in 1...2 {
            do throws(HTTPError) {
                _ = try await pieces.next()
                Issue.record("no error")
            } catch {
                #expect(error.code == "http.connection_lost")
            }
        }
    }

    @Test func `a stream outlives the time-out of its head`() async throws {
        let gate = Gate()
        let server = try TestServer { connection in
            guard let request = connection.request() else { return }
            if request.target == "/silent" { return connection.waitForClose() }
            connection.write(Self.head)
            gate.pass()
            connection.write("late")
        }
        let response = try await transport.stream(HTTPRequest(url: server.url(), timeout: .seconds(2)))
        // This takes longer than what the stream was given for its head.
        let error = await failure { () throws(HTTPError) in
            try await transport.send(HTTPRequest(url: server.url("/silent"), timeout: .seconds(3)))
        }
        #expect(error?.code == "http.timed_out")
        gate.open()
        var pieces = response.body.makeAsyncIterator()
        #expect(try await pieces.next() == Array("late".utf8))
    }

    @Test func `a stream without a head ends with its time-out`() async throws {
        let server = try TestServer.silent()
        let error = await failure { () throws(HTTPError) in
            try await transport.stream(HTTPRequest(url: server.url(), timeout: .milliseconds(30)))
        }
        #expect(error == .timedOut(.init(host: "127.0.0.1", curlCode: 28), phase: .waiting))
    }

    @Test func `a stream that stands still ends with its stall time-out`() async throws {
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write(Self.head)
            connection.waitForClose()
        }
        let response = try await transport.stream(HTTPRequest(url: server.url()), stallTimeout: .milliseconds(1))
        var pieces = response.body.makeAsyncIterator()
        let error = await failure { () throws(HTTPError) in try await pieces.next() }
        #expect(error == .timedOut(.init(host: "127.0.0.1", curlCode: 28), phase: .receiving))
    }

    @Test func `letting go of a stream closes its connection`() async throws {
        let closed = Signal()
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write(Self.head + "data: 1\n\n")
            connection.waitForClose()
            closed.fire()
        }
        for try await _ in try await transport.stream(HTTPRequest(url: server.url())).body { break }
        await closed.wait()
    }

    @Test func `cancelling a consumer that waits ends it and closes the connection`() async throws {
        let begun = Signal()
        let closed = Signal()
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write(Self.head + "x")
            connection.waitForClose()
            closed.fire()
        }
        let response = try await transport.stream(HTTPRequest(url: server.url()))
        let task = Task {
            var pieces = response.body.makeAsyncIterator()
            _ = try await pieces.next()
            begun.fire()
            return try await pieces.next()
        }
        await begun.wait()
        task.cancel()
        await #expect(throws: HTTPError.cancelled(.init(host: "127.0.0.1"))) { try await task.value }
        await closed.wait()
    }

    @Test func `cancelling before the head ends the exchange`() async throws {
        let arrived = Signal()
        let closed = Signal()
        let server = try TestServer.silent(arrived: arrived, closed: closed)
        let task = Task {
            await failure { () throws(HTTPError) in try await transport.stream(HTTPRequest(url: server.url())) }
        }
        await arrived.wait()
        task.cancel()
        #expect(await task.value == .cancelled(.init(host: "127.0.0.1")))
        await closed.wait()
    }

    @Test func `a stream is redirected before it begins`() async throws {
        let server = try TestServer { connection in
            while let request = connection.request() {
                if request.target == "/old" {
                    connection.respond("307 Moved", headers: ["Location: /new"], "not this")
                } else {
                    connection.respond("200 OK", "this")
                }
            }
        }
        let response = try await transport.stream(HTTPRequest(url: server.url("/old")))
        #expect(response.url == server.url("/new"))
        var body: [UInt8] = []
        for try await piece in response.body { body += piece }
        #expect(body == Array("this".utf8))
    }
}
