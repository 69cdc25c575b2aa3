import PulseCommands
import PulseConfiguration
import PulseDomain
import Synchronization

/// What a command printed.
final class Captured: Sendable {
    private let texts = Mutex((out: "", error: ""))
    private let watchers = Mutex<[AsyncStream<Void>.Continuation]>([])

    var out: String { texts.withLock { $0.out } }
    var error: String { texts.withLock { $0.error } }

    /// An output of `width` columns (`nil`: of any number) that is no terminal.
    ///
    /// - Parameter showsProgress: Whether standard error is one.
    func output(width: Int? = 100, canAsk: Bool = false, showsProgress: Bool = false) -> Output {
        Output(width: width, isTerminal: false, canAsk: canAsk, showsProgress: showsProgress) {
            stream, text throws(OutputError) in
            self.texts.withLock { texts in
                switch stream {
                case .out: texts.out += text
                case .error: texts.error += text
                }
            }
            for watcher in self.watchers.withLock({ $0 }) { watcher.yield() }
        }
    }

    /// Waits until so much was printed; no longer than the test's task lives.
    func wait(until isThere: (Captured) -> Bool) async {
        let (changes, change) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        watchers.withLock { $0.append(change) }
        if isThere(self) { return }
        for await _ in changes where isThere(self) { return }
    }

    /// Everything that a command finds around it, in folders below `home`.
    func context(
        home: String, environment: [String: String] = [:], showsProgress: Bool = false
    ) -> CommandContext {
        CommandContext(
            environment: environment, output: output(showsProgress: showsProgress),
            folders: UserFolders(environment: environment, home: home),
            principal: Principal("ada"))
    }
}

/// Swift Testing has an `ExitStatus` of its own.
typealias Status = PulseCommands.ExitStatus
