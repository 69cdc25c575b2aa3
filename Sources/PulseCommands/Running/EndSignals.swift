import Dispatch
import Glibc
import PulseDomain
import Synchronization

/// SIGINT and SIGTERM as something to wait for, while a command works without a console.
///
/// The first one is waited for; a second one ends the process at once. One that comes with the first is the same: `timeout`
/// of coreutils signals the process, and then its group.
final class EndSignals: Sendable {
    private let stream: AsyncStream<Int32>
    private let continuation: AsyncStream<Int32>.Continuation
    private let sources: Mutex<[any DispatchSourceSignal]>

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingOldest(1))
        let watch = FirstSignal()
        let continuation = continuation
        sources = Mutex(
            [SIGINT, SIGTERM, SIGHUP].map { number in
                // The default action would end the process before the source is told.
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler {
                    if watch.isLater() { _exit(128 + number) }
                    continuation.yield(number)
                }
                source.resume()
                return source
            })
    }

    deinit { sources.withLock { for source in $0 { source.cancel() } } }

    /// The first signal; `nil` when the task is cancelled before.
    func first() async -> Int32? {
        for await signal in stream { return signal }
        return nil
    }

    /// The first signal, unless `ended` is raised before; `nil` then.
    func first(unless ended: Signal) async -> Int32? {
        await withTaskGroup(of: Int32?.self) { group in
            group.addTask { await self.first() }
            group.addTask {
                // Cancelled: a signal came first.
                try? await ended.wait()
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}

/// When the first signal came.
private final class FirstSignal: Sendable {
    private static let together = Duration.milliseconds(50)
    private let first = Mutex<ContinuousClock.Instant?>(nil)

    /// Whether one that comes now is neither the first nor comes with it.
    func isLater() -> Bool {
        first.withLock { first in
            guard let known = first else {
                first = .now
                return false
            }
            return ContinuousClock.now - known > Self.together
        }
    }
}
