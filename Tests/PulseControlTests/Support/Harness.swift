import Foundation
import Glibc
import PulseDomain
import PulseSimulation

@testable import PulseControl

/// A folder that is gone after the test.
func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pulse-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
}

/// A server that runs while the body does, and what a test needs to reach it.
struct Running: Sendable {
    let socketPath: String
    let time: ManualTime
    let stop: StopSignal
    /// Raised when the server has ended.
    let ended: Counter

    func connect(_ limits: ControlClientLimits = ControlClientLimits()) async throws -> ControlClient {
        try await ControlClient.connect(to: socketPath, version: "client", time: time, limits: limits)
    }
}

func withServer(
    _ operations: any Operations = ScriptedOperations(), limits: ControlServerLimits = ControlServerLimits(),
    translating: @escaping @Sendable (any Error) -> Failure? = { _ in nil },
    _ body: @escaping @Sendable (Running) async throws -> Void
) async throws {
    try await withFolder { folder in
        let time = ManualTime()
        let server = try ControlServer(
            operations: operations, socketPath: "\(folder)/run/a.sock", version: "server", time: time, limits: limits,
            translating: translating)
        let running = Running(socketPath: server.socketPath, time: time, stop: StopSignal(), ended: Counter())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await withThrowingTaskGroup(of: Void.self) { inner in
                    inner.addTask { try await server.run() }
                    inner.addTask { await running.stop.wait() }
                    try await inner.next()
                    inner.cancelAll()
                    try await inner.waitForAll()
                }
                running.ended.add()
            }
            group.addTask {
                defer { running.stop.raise() }
                try await body(running)
            }
            try await group.waitForAll()
        }
    }
}

/// What a call throws, as a `Failure`; `nil` when it returns or throws something else.
func failure<Value>(of call: () async throws -> Value) async -> Failure? {
    do {
        _ = try await call()
        return nil
    } catch {
        return error as? Failure
    }
}

/// An end of a connection that sends whatever a test wants, and reads only when told to.
struct RawPeer {
    private let descriptor: Descriptor

    init(_ path: String) throws { descriptor = try SocketAddress(path: path).connected() }

    /// Small enough to fit into the socket's buffer.
    func send(_ bytes: [UInt8]) { _ = Glibc.send(descriptor.number, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }

    func send(_ messages: ClientMessage...) throws {
        for message in messages { send(try Coding.frame(message)) }
    }

    /// Reads from now on. The messages end when the server closes the link.
    func messages() throws -> AsyncStream<ServerMessage> {
        let (stream, continuation) = AsyncStream.makeStream(of: ServerMessage.self)
        let loop = try SocketLoop(limits: SocketLoop.Limits(firstFrame: Frame.largest, frame: Frame.largest)) {
            report in
            switch report {
            case .frame(_, let content):
                if let message = try? Coding.decode(ServerMessage.self, content) { continuation.yield(message) }
            case .closed, .broke: continuation.finish()
            case .opened, .owes: break
            }
        }
        continuation.onTermination = { _ in loop.post(.stop(goodbye: [])) }
        try loop.start(connection: descriptor)
        return stream
    }
}

extension AsyncStream {
    /// Everything up to the end.
    func all() async -> [Element] {
        var elements: [Element] = []
        for await element in self { elements.append(element) }
        return elements
    }

    func first(_ count: Int) async -> [Element] {
        var elements: [Element] = []
        for await element in self {
            elements.append(element)
            if elements.count == count { break }
        }
        return elements
    }
}

extension Greeting {
    static let test = Greeting(version: "raw")
}
