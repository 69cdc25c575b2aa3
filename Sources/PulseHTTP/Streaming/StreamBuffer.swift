import Synchronization

/// What has arrived of a stream and was not taken yet. The transfer thread fills it, one consumer empties it.
final class StreamBuffer: Sendable {
    typealias Outcome = Result<[UInt8]?, HTTPError>

    private struct State {
        var bytes: [UInt8] = []
        /// The transfer was told to wait for room.
        var isPaused = false
        /// How it ended: with an error, or (inner `nil`) as it should.
        var end: HTTPError??
        var consumer: CheckedContinuation<Outcome, Never>?
    }

    /// The head of the answer, or why there is none.
    let head = OneShot<HTTPStreamedResponse.Head>()
    private let limitInBytes: Int
    private let state = Mutex(State())

    init(limitInBytes: Int) {
        self.limitInBytes = limitInBytes
    }

    /// Whether nobody has ended it yet.
    var isWanted: Bool { state.withLock { $0.end == nil } }

    // MARK: For the transfer

    func begin(_ head: HTTPStreamedResponse.Head) {
        self.head.resolve(.success(head))
    }

    /// Takes a copy of the bytes, unless the consumer lags too far behind.
    ///
    /// - Returns: `false` when there is no room; then nothing is taken, and `resume` of the consumer tells when there is.
    func offer(_ bytes: UnsafeMutableRawBufferPointer) -> Bool {
        guard !bytes.isEmpty else { return true }
        let (isTaken, consumer): (Bool, CheckedContinuation<Outcome, Never>?) = state.withLock { state in
            if let consumer = state.consumer {
                state.consumer = nil
                return (true, consumer)
            }
            guard state.bytes.isEmpty || state.bytes.count + bytes.count <= limitInBytes else {
                state.isPaused = true
                return (false, nil)
            }
            state.bytes.append(contentsOf: bytes)
            return (true, nil)
        }
        consumer?.resume(returning: .success(Array(bytes)))
        return isTaken
    }

    /// Says that nothing more comes, and why; what is there can still be taken, except after a cancellation.
    ///
    /// - Returns: whether it was the first to say so.
    @discardableResult
    func finish(_ error: HTTPError?) -> Bool {
        let (isFirst, consumer): (Bool, CheckedContinuation<Outcome, Never>?) = state.withLock { state in
            guard state.end == nil else { return (false, nil) }
            state.end = .some(error)
            if case .cancelled = error { state.bytes = [] }
            defer { state.consumer = nil }
            return (true, state.consumer)
        }
        consumer?.resume(returning: Self.outcome(of: error))
        if let error { head.resolve(.failure(error)) }
        return isFirst
    }

    // MARK: For the consumer

    /// Waits for the next piece. `resume` runs when the transfer waits for the room that is there now.
    func next(resume: () -> Void) async -> Outcome {
        await withCheckedContinuation { continuation in
            let (early, isRoomAgain): (Outcome?, Bool) = state.withLock { state in
                precondition(state.consumer == nil, "a body has one consumer")
                if !state.bytes.isEmpty {
                    defer {
                        state.bytes = []
                        state.isPaused = false
                    }
                    return (.success(state.bytes), state.isPaused)
                }
                if let end = state.end { return (Self.outcome(of: end), false) }
                state.consumer = continuation
                return (nil, false)
            }
            if isRoomAgain { resume() }
            if let early { continuation.resume(returning: early) }
        }
    }

    private static func outcome(of error: HTTPError?) -> Outcome {
        error.map { .failure($0) } ?? .success(nil)
    }
}
