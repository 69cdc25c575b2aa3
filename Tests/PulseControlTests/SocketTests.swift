import Foundation
import Glibc
import PulseDomain
import PulseSimulation
import Testing

@testable import PulseControl

@Suite(.timeLimit(.minutes(1))) struct SocketTests {
    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    private func server(_ path: String) throws -> ControlServer {
        try ControlServer(operations: ScriptedOperations(), socketPath: path, version: "1", time: ManualTime())
    }

    @Test func `folder and socket are closed to others, also a folder that was open`() async throws {
        try await withFolder { folder in
            let new = try server("\(folder)/a/b/c.sock")
            #expect(mode("\(folder)/a/b") == 0o700)
            #expect(mode(new.socketPath) == 0o600)
            try FileManager.default.createDirectory(atPath: "\(folder)/open", withIntermediateDirectories: true)
            chmod("\(folder)/open", 0o777)
            let second = try server("\(folder)/open/c.sock")
            #expect(mode("\(folder)/open") == 0o700)
            #expect(mode(second.socketPath) == 0o600)
        }
    }

    @Test func `a server that is never run removes its socket, and only its own`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/s"
            do { _ = try server(path) }
            #expect(access(path, F_OK) != 0)
            var first: ControlServer? = try server(path)
            #expect(first?.socketPath == path)
            unlink(path)
            try Data().write(to: URL(fileURLWithPath: path))
            first = nil
            #expect(access(path, F_OK) == 0)
        }
    }

    @Test func `a socket that a dead process left is replaced`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/s"
            do { _ = try SocketAddress(path: path).listening() }
            #expect(access(path, F_OK) == 0)
            let second = try server(path)
            #expect(mode(second.socketPath) == 0o600)
        }
    }

    @Test func `a living process' socket and other files are left alone`() async throws {
        try await withFolder { folder in
            let first = try server("\(folder)/s")
            #expect(throws: ControlError.alreadyServed(first.socketPath)) { try server(first.socketPath) }
            #expect(access(first.socketPath, F_OK) == 0)
            try Data("mine".utf8).write(to: URL(fileURLWithPath: "\(folder)/file"))
            #expect(throws: ControlError.notASocket("\(folder)/file")) { try server("\(folder)/file") }
            #expect(throws: ControlError.self) { try server("\(folder)/file/below/s") }
        }
    }

    @Test func `a path longer than the system takes works`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/\(String(repeating: "long", count: 40))/s.sock"
            #expect(path.utf8.count > SocketAddress.longestPath)
            let time = ManualTime()
            let server = try ControlServer(
                operations: ScriptedOperations(), socketPath: path, version: "1", time: time)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                let client = try await ControlClient.connect(to: path, version: "1", time: time)
                #expect(try await client.overview() == Samples.overview)
                group.cancelAll()
            }
            #expect(access(path, F_OK) != 0)
        }
    }

    @Test func `a server runs once`() async throws {
        try await withFolder { folder in
            let server = try server("\(folder)/s")
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await server.run() }
                group.cancelAll()
            }
            let again = await failure { try await server.run() }
            #expect(again?.code == "control.run_twice")
        }
    }

    @Test func `a store has one short socket name, whichever way it is spelt`() async throws {
        try await withFolder { folder in
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: folder)
            let path = ControlSocket.path(forDatabase: "\(folder)/pulse.db", in: "/run/user/1/pulse")
            #expect(ControlSocket.path(forDatabase: "\(folder)/link/pulse.db", in: "/run/user/1/pulse") == path)
            #expect(ControlSocket.path(forDatabase: "\(folder)/./pulse.db", in: "/run/user/1/pulse") == path)
            #expect(ControlSocket.path(forDatabase: "\(folder)/other.db", in: "/run/user/1/pulse") != path)
            #expect(path.utf8.count == "/run/user/1/pulse/".utf8.count + 21)
        }
    }
}
