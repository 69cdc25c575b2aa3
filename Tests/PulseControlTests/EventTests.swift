import PulseDomain
import PulseSimulation
import Testing

@testable import PulseControl

@Suite(.timeLimit(.minutes(1))) struct EventTests {
    /// Operations whose event streams a test feeds: each stream gets all of `events` and then waits, or ends.
    private func operations(_ events: [OperationsEvent], ends: Bool, closed: Counter = Counter()) -> ScriptedOperations
    {
        var operations = ScriptedOperations()
        operations.onEvents = {
            let (stream, continuation) = AsyncStream.makeStream(of: OperationsEvent.self)
            continuation.onTermination = { _ in closed.add() }
            for event in events { continuation.yield(event) }
            if ends { continuation.finish() }
            return stream
        }
        return operations
    }

    @Test func `events arrive in order and the stream ends with the engine's`() async throws {
        let events = (0..<1_000).map { Self.line($0) } + Samples.events
        try await withServer(operations(events, ends: true)) { server in
            let client = try await server.connect()
            #expect(try await client.events().all() == events)
            #expect(try await client.overview() == Samples.overview)
        }
    }

    @Test func `several readers hear everything, beside calls`() async throws {
        let events = (0..<200).map { Self.line($0) }
        try await withServer(operations(events, ends: true)) { server in
            let clients = [try await server.connect(), try await server.connect()]
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for client in clients {
                    for _ in 0..<4 { group.addTask { try await client.events().all() == events } }
                    group.addTask { try await client.overview() == Samples.overview }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }

    @Test func `the engine is told when nobody has the stream any more`() async throws {
        let closed = Counter()
        try await withServer(operations([.gap], ends: false, closed: closed)) { server in
            let client = try await server.connect()
            #expect(try await client.events().first(1) == [.gap])
            await closed.reaches(1)
            let reader = Task { try await client.events().first(2) }
            reader.cancel()
            _ = try? await reader.value
            // A stream that was opened all the same has been closed before this is answered.
            #expect(try await client.overview() == Samples.overview)
        }
    }

    @Test func `the engine is told when a client with a stream goes away`() async throws {
        let closed = Counter()
        try await withServer(operations([.gap], ends: false, closed: closed)) { server in
            do {
                let peer = try RawPeer(server.socketPath)
                try peer.send(.hello(.test), .call(id: 1, .events))
                let heard = await Array(try peer.messages().first(3))
                #expect(heard.last == .event(id: 1, .gap))
            }
            await closed.reaches(1)
        }
    }

    @Test func `a slow reader gets a gap where events were lost, and what comes later`() async throws {
        let count = 4_000
        let sent = Counter()
        let goOn = Counter()
        var operations = ScriptedOperations()
        operations.onEvents = {
            let lines = Lines()
            return AsyncStream { await lines.next(after: count, sent, goOn) }
        }
        try await withServer(operations, limits: ControlServerLimits(waitingEventBytes: 20_000)) { server in
            let slow = try RawPeer(server.socketPath)
            try slow.send(.hello(.test), .call(id: 1, .events))
            await sent.reaches(1)
            // Answered behind all events by the same thread: they are kept or lost by now.
            let quick = try await server.connect()
            #expect(try await quick.overview() == Samples.overview)
            let messages = try slow.messages()
            var numbers: [Int64] = []
            var gaps = 0
            for await message in messages {
                guard case .event(1, let event) = message else { continue }
                if case .log(let line) = event { numbers.append(line.sequence) }
                if event == .gap {
                    gaps += 1
                    goOn.add()
                }
                if numbers.last == Int64(count) { break }
            }
            #expect(gaps == 1)
            #expect(numbers.count < count)
            #expect(numbers.dropLast() == ArraySlice(0..<Int64(numbers.count - 1)))
        }
    }

    @Test func `one client may have so many streams and no more`() async throws {
        let limits = ControlServerLimits(streamsPerClient: 2)
        try await withServer(operations([.gap], ends: false), limits: limits) { server in
            let client = try await server.connect()
            let streams = [try await client.events(), try await client.events()]
            #expect(await failure { try await client.events() }?.code == "control.streams")
            withExtendedLifetime(streams) {}
        }
    }

    static func line(_ number: Int) -> OperationsEvent {
        var line = Samples.line
        line.sequence = Int64(number)
        line.message = String(repeating: "x", count: 200)
        return .log(line)
    }
}

/// Events numbered from 0; behind the last one it says so, waits, and gives one more.
private actor Lines {
    private var given = 0

    func next(after count: Int, _ sent: Counter, _ goOn: Counter) async -> OperationsEvent? {
        if given == count {
            sent.add()
            await goOn.reaches(1)
        }
        guard given <= count else { return nil }
        defer { given += 1 }
        return EventTests.line(given)
    }
}
