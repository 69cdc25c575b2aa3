import PulseHTTP
import PulseTestServer
import Testing

/// Who no longer waits is told at once, and leaves nothing behind.
@Suite(.timeLimit(.minutes(1))) struct CancellationTests {
    let transport = CurlTransport(configuration: .init(proxy: .none))
    static let cancelled = HTTPError.cancelled(.init(host: "127.0.0.1"))

    @Test func `a cancelled request returns though the server never answers, and its connection is closed`()
        async throws
    {
        let arrived = Signal()
        let closed = Signal()
        let server = try TestServer.silent(arrived: arrived, closed: closed)
        let task = Task {
            await failure { () throws(HTTPError) in try await transport.send(HTTPRequest(url: server.url())) }
        }
        await arrived.wait()
        task.cancel()
        #expect(await task.value == Self.cancelled)
        await closed.wait()
    }

    @Test func `a request of a cancelled task is not sent`() async throws {
        let server = try TestServer { connection in
            while connection.request() != nil { connection.respond() }
        }
        let begin = Signal()
        let task = Task {
            await begin.wait()
            return await failure { () throws(HTTPError) in
                try await transport.send(HTTPRequest(url: server.url("/never")))
            }
        }
        task.cancel()
        begin.fire()
        #expect(await task.value == Self.cancelled)
        _ = try await transport.send(HTTPRequest(url: server.url("/later")))
        #expect(server.requests.map(\.target) == ["/later"])
    }

    @Test func `one cancelled request does not disturb the others`() async throws {
        let arrived = Signal()
        let gate = Gate()
        let server = try TestServer { connection in
            while connection.request() != nil {
                arrived.fire()
                gate.pass()
                connection.respond("200 OK", "x")
            }
        }
        let tasks = (0..<8).map { _ in Task { try await transport.send(HTTPRequest(url: server.url())).status } }
        for _ in tasks { await arrived.wait() }
        for task in tasks.prefix(4) { task.cancel() }
        for task in tasks.prefix(4) { await #expect(throws: Self.cancelled) { try await task.value } }
        gate.open()
        for task in tasks.suffix(4) { #expect(try await task.value == 200) }
    }

    @Test func `cancelling at any moment resumes every request exactly once`() async throws {
        let server = try TestServer { connection in
            while connection.request() != nil { connection.respond("200 OK", "x") }
        }
        // A continuation that is resumed twice stops the program, and one that is not keeps the group waiting.
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<400 {
                group.addTask {
                    let task = Task {
                        await failure { () throws(HTTPError) in try await transport.send(HTTPRequest(url: server.url()))
                        }
                    }
                    for _ in 0..<(number % 20) { await Task.yield() }
                    task.cancel()
                    let error = await task.value
                    return error == nil || error == Self.cancelled
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes == Array(repeating: true, count: 400))
        #expect(try await transport.send(HTTPRequest(url: server.url())).status == 200)
    }

    @Test func `shutting down fails what is in flight and everything later`() async throws {
        let arrived = Signal()
        let closed = Signal()
        let server = try TestServer.silent(arrived: arrived, closed: closed)
        let task = Task {
            await failure { () throws(HTTPError) in try await transport.send(HTTPRequest(url: server.url())) }
        }
        await arrived.wait()
        await transport.shutdown()
        #expect(await task.value == Self.cancelled)
        await closed.wait()
        let later = await failure { () throws(HTTPError) in try await transport.send(HTTPRequest(url: server.url())) }
        #expect(later == Self.cancelled)
        #expect(server.requests.count == 1)
        await transport.shutdown()
    }

    @Test func `a transport that was never used can be shut down`() async {
        await CurlTransport().shutdown()
    }

    @Test func `the last reference to a transport closes its connections`() async throws {
        let closed = Signal()
        let server = try TestServer { connection in
            while connection.request() != nil { connection.respond() }
            closed.fire()
        }
        var transport: CurlTransport? = CurlTransport(configuration: .init(proxy: .none))
        _ = try await transport?.send(HTTPRequest(url: server.url()))
        transport = nil
        await closed.wait()
    }
}
