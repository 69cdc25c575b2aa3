import Glibc
package import PulseDomain
import Synchronization

/// Lets other processes of the same user, on the same machine, drive what this process runs.
///
/// Made, it listens already, so that whoever is told of the socket can connect; ``run()`` answers. What it distrusts:
/// every byte of a client (sizes, JSON, ids, order), its pace, and its user.
package final class ControlServer: Sendable {
    /// Where it listens.
    package let socketPath: String
    private let operations: any Operations
    private let version: String
    private let time: any TimeSource
    private let limits: ControlServerLimits
    private let translating: @Sendable (any Error) -> Failure?
    private let desk: CallDesk
    private let listener: Mutex<Descriptor?>
    /// Device and inode of the socket's file, to remove no other's.
    private let file: (device: dev_t, inode: ino_t)

    /// Listens at `socketPath`. Its folder is made when missing, and closed to others; a socket that nobody answers at
    /// (of a process that was killed) is replaced.
    ///
    /// - Parameters:
    ///   - socketPath: See ``ControlSocket/path(forDatabase:in:)``. Any length.
    ///   - version: Of this build, for people.
    ///   - time: Measures clients' patience.
    ///   - translating: What a person is told of errors of `operations` that are no `Failure`; `nil` where it does not
    ///     know the error, and then only its type is told, as its text may hold anything.
    package init(
        operations: any Operations, socketPath: String, version: String, time: any TimeSource,
        limits: ControlServerLimits = ControlServerLimits(),
        translating: @escaping @Sendable (any Error) -> Failure? = { _ in nil }
    ) throws(ControlError) {
        self.operations = operations
        self.socketPath = socketPath
        self.version = version
        self.time = time
        self.limits = limits
        self.translating = translating
        desk = CallDesk(streamsPerClient: limits.streamsPerClient)
        try RuntimeFolder.prepare(String(socketPath[..<(socketPath.lastIndex(of: "/") ?? socketPath.startIndex)]))
        let address = SocketAddress(path: socketPath)
        try Self.clear(address)
        do {
            listener = Mutex(try address.listening())
        } catch {
            throw .socketFailed(socketPath, call: error.call, error.text)
        }
        var status = stat()
        _ = lstat(socketPath, &status)
        file = (status.st_dev, status.st_ino)
    }

    deinit { if listener.withLock({ $0 != nil }) { unlinkSocket() } }

    /// Answers clients until cancelled, and returns then: clients are told, the socket is closed and removed.
    ///
    /// Throws a `Failure` when the thread of the sockets cannot start or go on.
    package func run() async throws {
        guard let listener = listener.withLock({ $0.take() }) else { throw ControlError.alreadyRun.failure }
        defer { unlinkSocket() }
        // What may wait here is bounded by the clients and by the calls that each may have under way.
        let (reports, continuation) = AsyncStream.makeStream(of: SocketLoop.Report.self)
        let loop: SocketLoop
        do {
            loop = try SocketLoop(limits: loopLimits) { continuation.yield($0) }
            try loop.start(listener: listener)
        } catch {
            throw ControlError.socketFailed(socketPath, call: error.call, error.text).failure
        }
        let trouble = await answerAll(reports, loop)
        loop.post(.stop(goodbye: Coding.frame(.refused(ControlError.holderEnded.failure))))
        await loop.ended()
        if let trouble { throw ControlError.socketFailed(socketPath, call: trouble.call, trouble.text).failure }
    }

    private func answerAll(_ reports: AsyncStream<SocketLoop.Report>, _ loop: SocketLoop) async -> SystemError? {
        await withDiscardingTaskGroup { group in
            defer { group.cancelAll() }
            for await report in reports {
                switch report {
                case .opened(let id): desk.open(id)
                case .closed(let id, _): desk.close(id)
                case .broke(let error): return error
                case .owes(let id, let received):
                    group.addTask { await self.expire(id, received: received, loop) }
                case .frame(let id, let content):
                    guard let call = take(content, from: id, loop) else { continue }
                    group.addTask { await self.serve(call, loop) }
                }
            }
            return nil
        }
    }

    private func expire(_ id: ConnectionID, received: Int, _ loop: SocketLoop) async {
        // A cancelled sleep means that the server ends, and the connection with it.
        guard (try? await time.sleep(for: limits.patience)) != nil else { return }
        loop.post(.expire(id, received: received, farewell: Coding.frame(.refused(ControlError.silent.failure))))
    }

    private var loopLimits: SocketLoop.Limits {
        var limits = SocketLoop.Limits(firstFrame: Frame.largestGreeting, frame: Frame.largestRequest)
        limits.connections = self.limits.clients
        limits.refusal = Coding.frame(.refused(ControlError.tooManyClients(self.limits.clients).failure))
        limits.refusalOfOthers = Coding.frame(.refused(ControlError.otherUser.failure))
        limits.greeting = Coding.frame(ServerMessage.hello(Greeting(version: version)))
        limits.isGreetingOwed = true
        limits.unsettled = self.limits.callsPerClient
        limits.eventBytes = self.limits.waitingEventBytes
        limits.farewell = { violation in Coding.frame(.refused(ControlError.broken(violation.text).failure)) }
        return limits
    }

    /// One message of a client: what is to be done for it; `nil` when it is done.
    private func take(_ content: [UInt8], from id: ConnectionID, _ loop: SocketLoop) -> Call? {
        let message: ClientMessage
        do {
            message = try Coding.decode(ClientMessage.self, content)
        } catch {
            return refuse(id, error, loop)
        }
        switch message {
        case .hello(let greeting):
            guard greeting.protocol == Greeting.currentProtocol else {
                let mismatch = ControlError.protocolMismatch(
                    theirs: greeting.protocol, theirVersion: String(greeting.version.prefix(40)),
                    ours: Greeting.currentProtocol, ourVersion: version)
                return refuse(id, mismatch, loop)
            }
            guard desk.greet(id) else { return refuse(id, .broken("a client greeted twice"), loop) }
            loop.post(.settle(id))
        case .cancel(let call):
            desk.cancel(call, of: id)
            loop.post(.settle(id))
        case .call(let number, let request):
            switch desk.begin(number, isStream: request == .events, of: id) {
            case .begin(let stop):
                return Call(number: number, client: id, request: request, stop: stop, translating: translating)
            case .violation: return refuse(id, .broken("a client called without a greeting, or twice"), loop)
            case .tooManyStreams:
                let failure = ControlError.tooManyStreams(limits.streamsPerClient).failure
                loop.post(.send(id, Coding.frame(.failed(id: number, failure)), settles: true))
            }
        }
        return nil
    }

    private func refuse(_ id: ConnectionID, _ error: ControlError, _ loop: SocketLoop) -> Call? {
        loop.post(.close(id, farewell: Coding.frame(.refused(error.failure))))
        return nil
    }

    private func serve(_ call: Call, _ loop: SocketLoop) async {
        await call.carryOut(on: operations, through: loop)
        desk.end(call.number, of: call.client)
    }

    // MARK: The socket's file

    /// Removes a socket that nobody answers at.
    private static func clear(_ address: SocketAddress) throws(ControlError) {
        var status = stat()
        guard lstat(address.path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(address.path) }
        do {
            _ = try address.connected()
        } catch {
            guard error.code == ECONNREFUSED || error.code == ENOENT else {
                throw .socketFailed(address.path, call: error.call, error.text)
            }
            unlink(address.path)
            return
        }
        throw .alreadyServed(address.path)
    }

    private func unlinkSocket() {
        var status = stat()
        guard lstat(socketPath, &status) == 0, status.st_dev == file.device, status.st_ino == file.inode else { return }
        unlink(socketPath)
    }
}

extension FrameViolation {
    /// What was wrong, as part of a sentence.
    var text: String {
        switch self {
        case .empty: "a message was empty"
        case .tooLarge(let size, let allowed): "a message of \(size) bytes was announced, and \(allowed) are allowed"
        }
    }
}
