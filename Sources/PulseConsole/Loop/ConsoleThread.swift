import Glibc
package import PulseDomain
package import PulseTerminal
import Synchronization

/// A console on a thread of its own, so that no thread of the pool is blocked and none of them holds up a key.
package final class ConsoleThread: Sendable {
    private struct Contents {
        var outcome: Result<ConsoleOutcome, any Error>?
        var waiting: CheckedContinuation<ConsoleOutcome, any Error>?
        /// Makes the loop end; `nil` before the terminal is open.
        var close: (@Sendable () -> Void)?
        var isClosing = false
    }

    private let contents = Mutex(Contents())

    /// Opens the terminal, paints, and runs until the person, the terminal or a signal ends it.
    package init(operations: any Operations, terminal options: TerminalOptions, console: ConsoleOptions) {
        let start = ThreadStart {
            TerminalThread.answerQuickly()
            do {
                let terminal = try Terminal(options)
                let loop = ConsoleLoop(operations: operations, terminal: terminal, options: console)
                self.opened(close: loop.closer)
                self.ended(.success(loop.run()))
            } catch {
                self.ended(.failure(error))
            }
        }
        var thread = pthread_t()
        let retained = Unmanaged.passRetained(start)
        let code = pthread_create(
            &thread, nil,
            { context in
                // The thread takes over what was retained for it.
                context.map { Unmanaged<ThreadStart>.fromOpaque($0).takeRetainedValue().body() }
                return nil
            }, retained.toOpaque())
        guard code == 0 else {
            retained.release()
            ended(.failure(TerminalError.refused(operation: "pthread_create", errno: code)))
            return
        }
        // It is running and nobody joins it, so this cannot fail.
        pthread_detach(thread)
    }

    /// How it ended; the terminal is as it was then. To be asked once. Throws `TerminalError` when there is no terminal
    /// to draw on. Cancelling does nothing: see ``close()``.
    package func outcome() async throws -> ConsoleOutcome {
        try await withCheckedThrowingContinuation { continuation in
            let known = contents.withLock { contents in
                if contents.outcome == nil { contents.waiting = continuation }
                return contents.outcome
            }
            if let known { continuation.resume(with: known) }
        }
    }

    /// Ends it as if the person had quit.
    package func close() {
        let close = contents.withLock { contents in
            contents.isClosing = true
            return contents.close
        }
        close?()
    }

    private func opened(close: @escaping @Sendable () -> Void) {
        let isClosing = contents.withLock { contents in
            contents.close = close
            return contents.isClosing
        }
        if isClosing { close() }
    }

    private func ended(_ outcome: Result<ConsoleOutcome, any Error>) {
        let waiting = contents.withLock { contents in
            defer { contents.waiting = nil }
            contents.outcome = outcome
            contents.close = nil
            return contents.waiting
        }
        waiting?.resume(with: outcome)
    }
}

/// What a thread is given.
private final class ThreadStart: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
