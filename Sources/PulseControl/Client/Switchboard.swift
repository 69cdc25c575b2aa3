import PulseDomain
import Synchronization

/// Connects what arrives on a link with who waits for it.
final class Switchboard: Sendable {
    private struct State {
        var lastNumber = 0
        var calls: [Int: CheckedContinuation<Answer, any Error>] = [:]
        var streams: [Int: EventBuffer] = [:]
        var server: Greeting?
        var waitingForServer: CheckedContinuation<Greeting, any Error>?
        /// Why the link ended; `nil` while it lasts.
        var ending: Failure?
    }

    private let state = Mutex(State())

    /// A number for a call, never used before.
    func makeNumber() -> Int {
        state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
    }

    // MARK: Waiting

    /// The server's greeting. Throws when the link ends or the task is cancelled before it has come.
    func greeting() async throws -> Greeting {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state -> Result<Greeting, any Error>? in
                    if let ending = state.ending { return .failure(ending) }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if let server = state.server { return .success(server) }
                    state.waitingForServer = continuation
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiting = state.withLock { $0.waitingForServer.take() }
            waiting?.resume(throwing: CancellationError())
        }
    }

    /// The answer to a call that `send` sends. `giveUp` is told when the task is cancelled before there is one.
    func answer(to number: Int, send: () -> Void, giveUp: @escaping @Sendable () -> Void) async throws -> Answer {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let refusal = state.withLock { state -> (any Error)? in
                    if let ending = state.ending { return ending }
                    // The handler below ran already, and found nothing to give up.
                    if Task.isCancelled { return CancellationError() }
                    state.calls[number] = continuation
                    // Under the lock, so that giving up cannot be told before there is something to give up.
                    send()
                    return nil
                }
                if let refusal { continuation.resume(throwing: refusal) }
            }
        } onCancel: {
            let call = state.withLock { $0.calls.removeValue(forKey: number) }
            guard let call else { return }
            giveUp()
            call.resume(throwing: CancellationError())
        }
    }

    /// Events of the call go into the buffer from now on.
    func listen(_ number: Int, _ buffer: EventBuffer) {
        let isOver = state.withLock { state in
            if state.ending == nil { state.streams[number] = buffer }
            return state.ending != nil
        }
        if isOver { buffer.finish() }
    }

    /// - Returns: Whether the stream was still open.
    @discardableResult
    func stopListening(_ number: Int) -> Bool {
        let buffer = state.withLock { $0.streams.removeValue(forKey: number) }
        buffer?.finish()
        return buffer != nil
    }

    // MARK: Arriving

    /// One message of the server. Throws what makes the link useless.
    func take(_ message: ServerMessage, version: String) throws(ControlError) {
        switch message {
        case .hello(let greeting):
            guard greeting.protocol == Greeting.currentProtocol else {
                throw .protocolMismatch(
                    theirs: greeting.protocol, theirVersion: greeting.version, ours: Greeting.currentProtocol,
                    ourVersion: version)
            }
            let waiting = state.withLock { state in
                state.server = greeting
                return state.waitingForServer.take()
            }
            waiting?.resume(returning: greeting)
        case .refused(let failure):
            end(failure)
        case .answer(let number, let answer):
            state.withLock { $0.calls.removeValue(forKey: number) }?.resume(returning: answer)
        case .failed(let number, let failure):
            stopListening(number)
            state.withLock { $0.calls.removeValue(forKey: number) }?.resume(throwing: failure)
        case .event(let number, let event):
            state.withLock { $0.streams[number] }?.add(event)
        case .ended(let number):
            stopListening(number)
        }
    }

    /// The link is over: everybody is told. The first reason counts.
    func end(_ failure: Failure) {
        let rest = state.withLock { state in
            let rest = state
            state.ending = state.ending ?? failure
            state.calls = [:]
            state.streams = [:]
            state.waitingForServer = nil
            return rest
        }
        rest.waitingForServer?.resume(throwing: failure)
        for call in rest.calls.values { call.resume(throwing: failure) }
        for stream in rest.streams.values { stream.finish() }
    }
}
