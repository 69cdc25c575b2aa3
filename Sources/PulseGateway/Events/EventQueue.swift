import NIOCore
import Synchronization

/// What waits to be sent on one stream: never more than a limit. One reader.
final class EventQueue: Sendable {
    private struct State {
        var waiting: [ByteBuffer] = []
        var reader: CheckedContinuation<ByteBuffer?, Never>?
        var isOver = false
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// Adds an event; a reader that is too far behind gets `gap` instead of everything that waits.
    func offer(_ bytes: ByteBuffer, orElse gap: ByteBuffer) {
        take { state in
            if state.waiting.count < limit { state.waiting.append(bytes) } else { state.waiting = [gap] }
        }
    }

    /// Adds bytes when nothing waits.
    func offerIfIdle(_ bytes: ByteBuffer) { take { if $0.waiting.isEmpty { $0.waiting = [bytes] } } }

    func replace(by bytes: ByteBuffer) { take { $0.waiting = [bytes] } }

    /// Nothing is added any more.
    func end() { take { $0.isOver = true } }

    /// Everything that waits, as one piece; `nil` at the end, or when the task is cancelled.
    func next() async -> ByteBuffer? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                take { state in state.reader = continuation }
            }
        } onCancel: {
            end()
        }
    }

    /// Changes the state, and wakes the reader when there is something for it.
    private func take(_ change: (inout State) -> Void) {
        let (reader, bytes) = state.withLock { state -> (CheckedContinuation<ByteBuffer?, Never>?, ByteBuffer?) in
            let wasOver = state.isOver
            if !wasOver || state.reader == nil { change(&state) }
            guard let reader = state.reader, !state.waiting.isEmpty || state.isOver else { return (nil, nil) }
            state.reader = nil
            guard !state.waiting.isEmpty else { return (reader, nil) }
            var all = state.waiting[0]
            for var next in state.waiting.dropFirst() { all.writeBuffer(&next) }
            state.waiting = []
            return (reader, all)
        }
        reader?.resume(returning: bytes)
    }
}
