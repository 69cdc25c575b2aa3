import PulseDomain
import PulseSimulation
import Testing

@testable import PulseControl

@Suite(.timeLimit(.minutes(1))) struct HostileTests {
    struct Garbage: Sendable, CustomTestStringConvertible {
        var name: String
        /// Whether it comes behind a proper greeting.
        var isGreeted = true
        var bytes: [UInt8]
        var code = "control.broken"
        var testDescription: String { name }

        static func json(_ name: String, isGreeted: Bool = true, _ text: String, code: String = "control.broken")
            -> Garbage
        {
            Garbage(name: name, isGreeted: isGreeted, bytes: Frame.wrap(text.utf8), code: code)
        }
    }

    static let garbage: [Garbage] = [
        Garbage(name: "HTTP", isGreeted: false, bytes: Array("GET / HTTP/1.1\r\n\r\n".utf8)),
        Garbage(name: "nothing but zeros", bytes: [0, 0, 0, 0, 0, 0, 0, 0]),
        Garbage(name: "the largest size", bytes: [255, 255, 255, 255]),
        Garbage(name: "one byte more than a request", bytes: [0, 64, 0, 1]),
        Garbage(name: "more than a greeting", isGreeted: false, bytes: [0, 0, 16, 1]),
        Garbage(name: "not UTF-8", bytes: Frame.wrap([0xFF, 0xFE, 0x80])),
        .json("not JSON", "hello"),
        .json("another value", "[]"),
        .json("an unknown message", #"{"shutdown":{}}"#),
        .json("an unknown call", #"{"call":{"id":1,"_1":{"drop":{}}}}"#),
        .json("a call without its arguments", #"{"call":{"id":1,"_1":{"jobDetail":{}}}}"#),
        .json("a number that is none", #"{"cancel":{"id":1e400}}"#),
        .json("deep nesting", String(repeating: "[", count: 100_000)),
        .json("deep nesting of objects", String(repeating: #"{"call":"#, count: 20_000)),
        .json("a call without a greeting", isGreeted: false, #"{"call":{"id":1,"_1":{"overview":{}}}}"#),
        .json("a second greeting", #"{"hello":{"_0":{"protocol":\#(Greeting.currentProtocol),"version":"x"}}}"#),
        .json(
            "another protocol", isGreeted: false, #"{"hello":{"_0":{"protocol":99,"version":"9.9","more":[1]}}}"#,
            code: "control.protocol"),
    ]

    @Test(arguments: garbage)
    func `what is no message ends its own link and nothing else`(garbage: Garbage) async throws {
        try await withServer { server in
            let other = try await server.connect()
            let peer = try RawPeer(server.socketPath)
            if garbage.isGreeted { try peer.send(.hello(.test)) }
            peer.send(garbage.bytes)
            let messages = await Array(try peer.messages().all())
            #expect(messages.first == .hello(Greeting(version: "server")))
            guard case .refused(let failure) = messages.last else {
                Issue.record("not refused: \(messages)")
                return
            }
            #expect(failure.code == garbage.code)
            #expect(try await other.overview() == Samples.overview)
            #expect(try await server.connect().audit(limit: 1) == [Samples.audited])
        }
    }

    @Test func `a number in use is refused`() async throws {
        let end = Counter()
        var operations = ScriptedOperations()
        operations.onPerform = { _ in
            await end.reaches(1)
            return .accepted("Done.")
        }
        try await withServer(operations) { server in
            let peer = try RawPeer(server.socketPath)
            let call = ClientMessage.call(id: 7, .perform(Samples.request))
            try peer.send(.hello(.test), call, call)
            guard case .refused(let failure) = await Array(try peer.messages().all()).last else {
                Issue.record("not refused")
                return
            }
            #expect(failure.code == "control.broken")
            end.add()
        }
    }

    @Test(arguments: ["", "a part of a greeting", "a part of a call"])
    func `a client that leaves something unfinished is dropped after a while`(what: String) async throws {
        try await withServer { server in
            let peer = try RawPeer(server.socketPath)
            let messages = try peer.messages()
            // The patience with a greeting.
            await server.time.sleeps(1)
            switch what {
            case "a part of a greeting": peer.send([0, 0])
            case "a part of a call":
                try peer.send(.hello(.test))
                peer.send([0, 0, 1])
            default: break
            }
            let quick = try await server.connect()
            #expect(try await quick.overview() == Samples.overview)
            if what == "a part of a call" {
                // The greeting is no longer owed, but the call is, and has its own time.
                server.time.advance(by: .seconds(10))
                await server.time.sleeps(4)
                #expect(try await quick.overview() == Samples.overview)
            }
            server.time.advance(by: .seconds(10))
            guard case .refused(let failure) = await messages.all().last else {
                Issue.record("not refused")
                return
            }
            #expect(failure.code == "control.silent")
            #expect(try await quick.overview() == Samples.overview)
        }
    }

    @Test func `a client that was greeted may be quiet for ever`() async throws {
        try await withServer { server in
            let client = try await server.connect()
            for hour in 1...3 {
                server.time.advance(by: .hours(hour))
                #expect(try await client.overview() == Samples.overview)
            }
        }
    }

    @Test func `there are so many clients and no more, and a place is free again when one goes`() async throws {
        try await withServer(limits: ControlServerLimits(clients: 2)) { server in
            let first = try await server.connect()
            do {
                let second = try await server.connect()
                let refused = await failure { try await server.connect() }
                #expect(refused?.code == "control.clients")
                #expect(refused?.sentence.hasPrefix("2 consoles") == true)
                #expect(try await second.overview() == Samples.overview)
            }
            // The second one's thread closes its socket in its own time.
            var third: ControlClient?
            while third == nil { third = try? await server.connect() }
            #expect(try await third?.overview() == Samples.overview)
            #expect(try await first.overview() == Samples.overview)
        }
    }

    @Test func `calls beyond those allowed at once are read when others are done`() async throws {
        let (arrived, end, inside) = (Counter(), Counter(), HighWater())
        var operations = ScriptedOperations()
        operations.onAudit = { _, _ in
            inside.enter()
            arrived.add()
            await end.reaches(1)
            inside.leave()
            return []
        }
        try await withServer(operations, limits: ControlServerLimits(callsPerClient: 3)) { server in
            let peer = try RawPeer(server.socketPath)
            try peer.send(.hello(.test))
            for number in 1...50 { try peer.send(.call(id: number, .audit(before: nil, limit: number))) }
            await arrived.reaches(3)
            #expect(try await server.connect().overview() == Samples.overview)
            #expect(arrived.count == 3)
            end.add()
            let answers = await Array(try peer.messages().first(51)).dropFirst()
            #expect(Set(answers) == Set((1...50).map { .answer(id: $0, .audit([])) }))
            #expect(inside.most == 3)
        }
    }

    @Test func `another user's process is turned away`() async throws {
        try await withFolder { folder in
            let address = SocketAddress(path: "\(folder)/s")
            var limits = SocketLoop.Limits(firstFrame: 100, frame: 100)
            limits.user += 1
            limits.greeting = Coding.frame(ServerMessage.hello(Greeting(version: "server")))
            limits.refusalOfOthers = Coding.frame(.refused(ControlError.otherUser.failure))
            let loop = try SocketLoop(limits: limits) { _ in }
            try loop.start(listener: try address.listening())
            let messages = await Array(try RawPeer(address.path).messages().all())
            #expect(messages == [.refused(ControlError.otherUser.failure)])
            loop.post(.stop(goodbye: []))
            await loop.ended()
        }
    }
}
