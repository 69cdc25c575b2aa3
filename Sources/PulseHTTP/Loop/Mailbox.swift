import CLibcurl
import Synchronization

/// Carries orders from any task to the thread that owns the transfers, and wakes it.
final class Mailbox: Sendable {
    /// What the thread is asked to do.
    enum Letter: Sendable {
        case start(TransferOrder)
        case cancel(TransferID)
        /// The consumer of a stream has room again.
        case resume(TransferID)
    }

    /// What became of a letter.
    enum Receipt {
        case taken
        /// It was taken, and is the first one: somebody must read it.
        case needsThread
        /// It was not taken, for this reason; `nil` when the transport was shut down.
        case closed(HTTPError?)
    }

    /// The one thing of a multi handle that other threads may touch.
    ///
    /// Safe to share: curl_multi_wakeup(3) may be called from any thread while the handle exists, and it is only called
    /// under the mailbox's lock, where the owner takes it away before it frees the handle.
    struct Waker: @unchecked Sendable {
        let multi: UnsafeMutableRawPointer
    }

    private struct State {
        var letters: [Letter] = []
        var lastNumber: UInt64 = 0
        var waker: Waker?
        var hasThread = false
        var isClosed = false
        var failure: HTTPError?
        var hasEnded = false
        var waitingForEnd: [CheckedContinuation<Void, Never>] = []

        /// A failure means that the wake-up pipe is full, so the owner wakes anyway.
        func wake() {
            if let waker { _ = curl_multi_wakeup(waker.multi) }
        }
    }

    private let state = Mutex(State())

    func makeID() -> TransferID {
        state.withLock { state in
            state.lastNumber += 1
            return TransferID(number: state.lastNumber)
        }
    }

    @discardableResult
    func post(_ letter: Letter) -> Receipt {
        state.withLock { state in
            guard !state.isClosed else { return .closed(state.failure) }
            state.letters.append(letter)
            if state.letters.count == 1 { state.wake() }
            if case .start = letter, !state.hasThread {
                state.hasThread = true
                return .needsThread
            }
            return .taken
        }
    }

    /// Asks the thread to end. Letters that came before are still read.
    func close() {
        state.withLock { state in
            state.isClosed = true
            if !state.hasThread { state.hasEnded = true }
            state.wake()
        }
    }

    /// Waits until the thread has ended.
    func ended() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.hasEnded { state.waitingForEnd.append(continuation) }
                return state.hasEnded
            }
            if isOver { continuation.resume() }
        }
    }

    /// For when there is no thread after all: fails what was ordered, and everything from now on is refused.
    func abandon(because error: HTTPError) {
        state.withLock { $0.failure = error }
        close()
        for case .start(let order) in take().letters { order.delivery.fail(error) }
        detach()
    }

    // MARK: For the thread

    /// From now on letters wake the owner of this handle.
    func attach(_ waker: Waker) {
        state.withLock { $0.waker = waker }
    }

    /// What has come since the last time, and whether that was all.
    func take() -> (letters: [Letter], isClosed: Bool) {
        state.withLock { state in
            let letters = state.letters
            state.letters.removeAll(keepingCapacity: letters.count <= 256)
            return (letters, state.isClosed)
        }
    }

    /// Nobody is to be woken any more; the handle may be freed.
    func forgetWaker() {
        state.withLock { $0.waker = nil }
    }

    /// The thread is done.
    func detach() {
        let waiting = state.withLock { state in
            state.hasEnded = true
            defer { state.waitingForEnd = [] }
            return state.waitingForEnd
        }
        for continuation in waiting { continuation.resume() }
    }
}
