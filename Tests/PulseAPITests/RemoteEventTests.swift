import PulseAPI
import PulseDomain
import PulseHTTP
import PulseTestServer
import Synchronization
import Testing

/// The event stream over loopback, cut and taken up again.
@Suite(.timeLimit(.minutes(1))) struct RemoteEventTests {
    let transport = CurlTransport(configuration: .init(proxy: .none))
    let time = QuickTime()

    static let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"

    private func remote(_ server: TestServer, _ tokens: TokenKeeper = TokenKeeper(constant: "good")) -> RemoteOperations
    {
        RemoteOperations(
            APIClient(base: server.url(), transport: transport, tokens: tokens, time: time, random: { 0.5 }))
    }

    private static func bytes(_ event: OperationsEvent, _ number: Int) -> [UInt8] {
        let shape = EventShape(event)
        return ServerSentEvent(name: shape.name, data: shape.data, id: "1-\(number)").bytes
    }

    private static func line(_ number: Int) -> OperationsEvent {
        var line = Samples.lines[0]
        line.sequence = Int64(number)
        return .log(line)
    }

    @Test func `every kind of event arrives as it was sent`() async throws {
        let gate = Gate()
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write(Self.head + ": heartbeat\n\nevent: hello\ndata: {}\n\n")
            for (number, event) in Samples.events.enumerated() { connection.write(Self.bytes(event, number)) }
            gate.pass()
        }
        defer { gate.open() }
        let remote = remote(server)
        var received: [OperationsEvent] = []
        for await event in try await remote.events() {
            received.append(event)
            if received.count == Samples.events.count { break }
        }
        #expect(received == Samples.events)
        #expect(remote.client.monitor.status.state == .live)
        #expect(remote.client.monitor.status.staleSince == nil)
    }

    @Test func `a stream that is cut a hundred times loses nothing`() async throws {
        let cuts = Tally()
        let server = try TestServer { connection in
            guard let request = connection.request() else { return }
            let first =
                request.header("Last-Event-ID").flatMap { $0.split(separator: "-").last }.flatMap { Int($0) } ?? 0
            connection.write(Self.head)
            let cut = cuts.add()
            for number in (first + 1)...(first + 3) { connection.write(Self.bytes(Self.line(number), number)) }
            // In the middle of the next event, elsewhere each time.
            connection.write(Self.bytes(Self.line(first + 4), first + 4).prefix(cut % 90))
            if cut % 2 == 0 { connection.reset() }
        }
        let remote = remote(server)
        var sequences: [Int64] = []
        for await event in try await remote.events() {
            guard case .log(let line) = event else { continue }
            sequences.append(line.sequence)
            if cuts.count > 100, sequences.count > 300 { break }
        }
        // A reset may take what was on its way; then it is sent again, and nothing is missed or told twice.
        #expect(sequences == Array(1...Int64(sequences.count)))
        #expect(cuts.count > 100)
    }

    @Test func `while the server is away the console knows since when, why, and when it is tried again`() async throws {
        let refusals = Tally()
        let server = try TestServer { connection in
            guard connection.request() != nil else { return }
            let number = refusals.add()
            if number == 1 || number == 5 {
                connection.write(Self.head)
                connection.write(Self.bytes(Self.line(number), number))
                if number == 5 { connection.waitForClose() }
            } else {
                connection.respond("503 Service Unavailable", "")
            }
        }
        let remote = remote(server)
        let seen = Mutex<[ConnectionStatus]>([])
        let statuses = remote.client.monitor.statuses()
        let watching = Task {
            for await status in statuses { seen.withLock { $0.append(status) } }
        }
        var events: [OperationsEvent] = []
        for await event in try await remote.events() {
            events.append(event)
            if events.count == 2 { break }
        }
        watching.cancel()
        #expect(events == [Self.line(1), Self.line(5)])
        // Half of 1, 2, 4 and 8 seconds, with the tenth that is always waited.
        #expect(time.sleeps == [0.55, 1.1, 2.2, 4.4].map { .seconds($0) })
        #expect(remote.client.monitor.status.state == .live)
        #expect(server.requests.last?.header("Last-Event-ID") == "1-1")
        for status in seen.withLock({ $0 }) {
            guard case .reconnecting(let next, let attempt, let because) = status.state else { continue }
            #expect(status.staleSince == Samples.at && next > Samples.at && !because.sentence.isEmpty)
            #expect((1...4).contains(attempt))
        }
    }

    @Test func `a stream that told no id begins anew with a gap`() async throws {
        let count = Tally()
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write(Self.head)
            if count.add() == 2 { connection.waitForClose() }
        }
        var events = try await remote(server).events().makeAsyncIterator()
        #expect(await events.next() == .gap)
        #expect(server.requests.last?.header("Last-Event-ID") == nil)
    }

    @Test func `a session that is over ends the stream, and says so`() async throws {
        let count = Tally()
        let server = try TestServer { connection in
            while connection.request() != nil {
                if count.add() == 1 {
                    connection.write(Self.head)
                    return
                }
                connection.send(APIAnswer(Problem.unauthenticated))
            }
        }
        let remote = remote(server)
        var events = try await remote.events().makeAsyncIterator()
        #expect(await events.next() == nil)
        #expect(remote.client.monitor.status.state == .ended(because: Problem.unauthenticated.failure))
        let again = await #expect(throws: Failure.self) { try await remote.events() }
        #expect(again?.kind == .unauthorised)
    }

    @Test func `a reader that goes lets the stream go`() async throws {
        let closed = PulseTestServer.Signal()
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write(Self.head)
            connection.waitForClose()
            closed.fire()
        }
        let remote = remote(server)
        let task = Task {
            for await _ in try await remote.events() {}
        }
        // The head has arrived when the status is live.
        for await status in remote.client.monitor.statuses() where status.state == .live { break }
        task.cancel()
        try await task.value
        await closed.wait()
    }
}
