import Glibc
package import PulseDomain
package import PulseTerminal

extension ConsoleLoop {
    /// Opens the terminal and runs a console on a thread of its own, so that no thread of the pool is blocked.
    ///
    /// Throws `TerminalError` when there is no terminal to draw on. Cancelling does nothing: the person, the terminal or
    /// a signal ends a console.
    package static func runOnOwnThread(
        operations: any Operations, terminal options: TerminalOptions, console: ConsoleOptions
    ) async throws -> ConsoleOutcome {
        try await withCheckedThrowingContinuation { continuation in
            let start = ThreadStart {
                do {
                    let terminal = try Terminal(options)
                    let loop = ConsoleLoop(operations: operations, terminal: terminal, options: console)
                    continuation.resume(returning: loop.run())
                } catch {
                    continuation.resume(throwing: error)
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
                continuation.resume(throwing: TerminalError.refused(operation: "pthread_create", errno: code))
                return
            }
            // It is running and nobody joins it, so this cannot fail.
            pthread_detach(thread)
        }
    }
}

/// What a thread is given.
private final class ThreadStart: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
