import PulseDomain
import PulseTerminal

@testable import PulseConsole

/// A console as its loop runs it, without terminal and clock: keys in, effects to operations, their answers back in.
final class LiveConsole {
    private(set) var console: Console
    private let runner: EffectRunner
    private let mailbox: EventMailbox
    private var wakes: AsyncStream<Void>.Iterator

    /// Connects at once.
    init(_ operations: any Operations, _ size: Size, link: ConsoleLink? = nil) {
        let (stream, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        wakes = stream.makeAsyncIterator()
        mailbox = EventMailbox { wake.yield() }
        var options = ConsoleOptions(principal: Principal("ada"))
        options.link = link
        console = Console(size, options: options)
        // Nobody waits here: a server that is away is asked again at once.
        runner = EffectRunner(
            operations: operations, principal: Principal("ada"), mailbox: mailbox, link: link,
            wait: { _ in try Task.checkCancellation() })
        runner.followLink()
        runner.start(.connect(after: .zero))
    }

    deinit { runner.stop() }

    var state: ConsoleState { console.state }

    /// Takes what comes until `isThere`. Returns when the test's task is cancelled, too.
    func run(until isThere: (ConsoleState) -> Bool) async {
        while !isThere(console.state) {
            guard await wakes.next(isolation: nil) != nil else { return }
            for event in mailbox.take() {
                console.send(event)
                start()
            }
        }
    }

    func press(_ keys: [KeyPress]) {
        for key in keys {
            console.press(key)
            start()
        }
    }

    /// Connects anew, as after a read that failed.
    func reconnect() { runner.start(.connect(after: .zero)) }

    /// Opens a job's own screen.
    func open(_ job: JobID) {
        console.effects += console.state.open(job)
        start()
    }

    private func start() {
        for effect in console.effects { runner.start(effect) }
        console.effects = []
    }

    func text(_ glyphs: GlyphMode = .unicode) -> String { console.text(glyphs) }
}
