import Glibc
import PulseDomain
import PulseSimulation
import Testing

@testable import PulseControl

@Suite(.timeLimit(.minutes(1))) struct LinkTests {
    @Test func `when the server ends, waiting calls say so, streams end and the socket is gone`() async throws {
        let arrived = Counter()
        var operations = ScriptedOperations()
        operations.onOverview = {
            arrived.add()
            await StopSignal().wait()
            throw CancellationError()
        }
        operations.onEvents = { AsyncStream.makeStream(of: OperationsEvent.self).stream }
        try await withServer(operations) { server in
            let client = try await server.connect()
            let events = try await client.events()
            async let call = failure { try await client.overview() }
            async let rest = events.all()
            await arrived.reaches(1)
            server.stop.raise()
            #expect(await call?.code == "control.ended")
            #expect(await rest == [])
            await server.ended.reaches(1)
            #expect(access(server.socketPath, F_OK) != 0)
            let later = await failure { try await client.audit(limit: 1) }
            #expect(later?.code == "control.ended")
            #expect(later?.sentence == "The Pulse process that ran the engine has ended.")
        }
    }

    @Test func `when the server is killed, waiting calls say so`() async throws {
        try await withFakeServer(greeting: Coding.frame(ServerMessage.hello(.test))) { server in
            let client = try await server.connect()
            async let call = failure { try await client.overview() }
            await server.frames.reaches(2)
            server.loop.post(.close(1, farewell: []))
            #expect(await call?.code == "control.ended")
        }
    }

    @Test func `a server of another protocol is told by its version`() async throws {
        let greeting = Frame.wrap(#"{"hello":{"_0":{"protocol":7,"version":"8.1","x":null}}}"#.utf8)
        try await withFakeServer(greeting: greeting) { server in
            let failed = await failure { try await server.connect() }
            #expect(failed?.code == "control.protocol")
            let ours = Greeting.currentProtocol
            #expect(
                failed?.sentence.contains("version 8.1 speaks control protocol 7, version client speaks \(ours)")
                    == true)
        }
    }

    @Test(arguments: [Frame.wrap("{}".utf8), [0, 0, 0, 0], [255, 255, 255, 255], Frame.wrap([0xFF])])
    func `a server that makes no sense ends the link with a sentence`(bytes: [UInt8]) async throws {
        try await withFakeServer(greeting: bytes) { server in
            #expect(await failure { try await server.connect() }?.code == "control.broken")
        }
    }

    @Test func `a server that does not greet is given up after ten seconds`() async throws {
        try await withFakeServer(greeting: []) { server in
            async let outcome = failure { try await server.connect() }
            await server.time.sleeps(1)
            server.time.advance(by: .seconds(10))
            #expect(await outcome?.code == "control.timed_out")
        }
    }

    @Test func `where nobody listens, that is said`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/s"
            let absent = await failure {
                try await ControlClient.connect(to: path, version: "1", time: ManualTime())
            }
            #expect(absent?.code == "control.nobody")
            _ = try SocketAddress(path: path).listening()
            let left = await failure { try await ControlClient.connect(to: path, version: "1", time: ManualTime()) }
            #expect(left?.code == "control.nobody")
        }
    }

    // MARK: A server that sends what a test wants

    struct FakeServer: Sendable {
        let loop: SocketLoop
        let path: String
        let time: ManualTime
        /// Frames that arrived.
        let frames: Counter

        func connect() async throws -> ControlClient {
            try await ControlClient.connect(to: path, version: "client", time: time)
        }
    }

    private func withFakeServer(
        greeting: [UInt8], _ body: (FakeServer) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            let address = SocketAddress(path: "\(folder)/s")
            var limits = SocketLoop.Limits(firstFrame: Frame.largest, frame: Frame.largest, connections: 8)
            limits.greeting = greeting
            let frames = Counter()
            let loop = try SocketLoop(limits: limits) { if case .frame = $0 { frames.add() } }
            try loop.start(listener: try address.listening())
            let server = FakeServer(loop: loop, path: address.path, time: ManualTime(), frames: frames)
            try await body(server)
            loop.post(.stop(goodbye: []))
            await loop.ended()
        }
    }
}
