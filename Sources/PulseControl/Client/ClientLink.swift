import Glibc
import PulseDomain

/// A client's connection: its thread, and who waits for what comes from it. Closed with the last reference.
final class ClientLink: Sendable {
    let switchboard: Switchboard
    private let loop: SocketLoop

    /// Connects and greets. Never waits: the server's greeting comes later.
    init(socketPath: String, version: String) throws(Failure) {
        let descriptor = try Self.connect(socketPath)
        guard descriptor.peerUser == geteuid() else { throw ControlError.otherUser.failure }
        let switchboard = Switchboard()
        self.switchboard = switchboard
        do {
            let hello = try Coding.frame(ClientMessage.hello(Greeting(version: version)))
            let limits = SocketLoop.Limits(firstFrame: Frame.largest, frame: Frame.largest)
            loop = try Self.loop(limits) { Self.take($0, switchboard, version) }
            loop.post(.send(0, hello, settles: false))
            try Self.start(loop, descriptor)
        } catch {
            throw error.failure
        }
    }

    deinit { loop.post(.stop(goodbye: [])) }

    func send(_ frame: [UInt8]) { loop.post(.send(0, frame, settles: false)) }

    /// Tells the server that nobody waits for the call.
    func cancel(_ number: Int) {
        // A number always has a short JSON form.
        if let frame = try? Coding.frame(.cancel(id: number)) { send(frame) }
    }

    private static func loop(
        _ limits: SocketLoop.Limits, report: @escaping @Sendable (SocketLoop.Report) -> Void
    ) throws(ControlError) -> SocketLoop {
        do {
            return try SocketLoop(limits: limits, report: report)
        } catch {
            throw .socketFailed("of this client", call: error.call, error.text)
        }
    }

    private static func start(_ loop: SocketLoop, _ descriptor: Descriptor) throws(ControlError) {
        do {
            try loop.start(connection: descriptor)
        } catch {
            throw .socketFailed("of this client", call: error.call, error.text)
        }
    }

    private static func connect(_ socketPath: String) throws(Failure) -> Descriptor {
        do {
            return try SocketAddress(path: socketPath).connected()
        } catch {
            switch error.code {
            case ENOENT, ECONNREFUSED, ENOTDIR: throw ControlError.nobodyThere(socketPath).failure
            case EAGAIN: throw ControlError.busy(socketPath).failure
            case EACCES, EPERM: throw ControlError.otherUser.failure
            default: throw ControlError.socketFailed(socketPath, call: error.call, error.text).failure
            }
        }
    }

    /// What the thread reports. A message that makes no sense ends the link for those who wait; the server is left.
    private static func take(_ report: SocketLoop.Report, _ switchboard: Switchboard, _ version: String) {
        switch report {
        case .frame(_, let content):
            do {
                try switchboard.take(try Coding.decode(ServerMessage.self, content), version: version)
            } catch {
                switchboard.end(error.failure)
            }
        case .closed(_, let violation?): switchboard.end(ControlError.broken(violation.text).failure)
        case .closed(_, nil): switchboard.end(ControlError.holderEnded.failure)
        case .broke(let error): switchboard.end(ControlError.broken("\(error.call) failed, \(error.text)").failure)
        case .opened, .owes: break
        }
    }
}
