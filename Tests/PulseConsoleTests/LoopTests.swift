import PulseDomain
import PulseTerminal
import Synchronization
import Testing

@testable import PulseConsole

/// Collects what effects answer, and lets a test wait for it.
private final class Answers: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let box = Mutex<EventMailbox?>(nil)

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func makeMailbox() -> EventMailbox {
        let mailbox = EventMailbox { self.continuation.yield() }
        box.withLock { $0 = mailbox }
        return mailbox
    }

    func next(_ mailbox: EventMailbox) async -> [ConsoleEvent] {
        for await _ in stream { return mailbox.take() }
        return []
    }
}

@Suite struct LoopTests {
    @Test func `events of the engine arrive in order and wake the thread once`() {
        let wakes = Mutex(0)
        let mailbox = EventMailbox { wakes.withLock { $0 += 1 } }
        mailbox.post(.happened([.gap]))
        mailbox.post(.happened([.gap, .gap]))
        mailbox.post(.logs([]))
        mailbox.post(.happened([.gap]))
        #expect(wakes.withLock { $0 } == 1)
        let events = mailbox.take()
        #expect(events.count == 3)
        guard case .happened(let first)? = events.first else {
            Issue.record("The first event is another one")
            return
        }
        #expect(first.count == 3)
        mailbox.setQuiet(true)
        mailbox.post(.logs([]))
        #expect(wakes.withLock { $0 } == 1)
        #expect(mailbox.take().count == 1)
    }

    @Test func `what comes while the thread was going to look anyway is not left lying`() {
        let wakes = Mutex(0)
        let mailbox = EventMailbox { wakes.withLock { $0 += 1 } }
        mailbox.setQuiet(true)
        // The thread has taken what there was, and has not said yet that it will not look again by itself.
        #expect(mailbox.take().isEmpty)
        mailbox.post(.logs([]))
        #expect(wakes.withLock { $0 } == 0)
        mailbox.setQuiet(false)
        #expect(wakes.withLock { $0 } == 1)
        mailbox.setQuiet(false)
        #expect(wakes.withLock { $0 } == 1)
    }

    @Test func `a command carries who gave it, why, and its own correlation`() async throws {
        let operations = ScriptedOperations(Scene.busy.overview())
        let answers = Answers()
        let mailbox = answers.makeMailbox()
        let runner = EffectRunner(operations: operations, principal: Principal("ada"), mailbox: mailbox)
        runner.start(.perform([.stop("a/b"), .stop("c/d")], reason: "too much"))
        let events = await answers.next(mailbox)
        guard case .performed(let outcomes)? = events.first else {
            Issue.record("No receipt came")
            return
        }
        #expect(outcomes.map(\.command) == [.stop("a/b"), .stop("c/d")])
        let requests = operations.contents.withLock { $0.requests }
        #expect(requests.allSatisfy { $0.by == Principal("ada") && $0.reason == "too much" })
        #expect(Set(requests.map(\.correlation)).count == 2)
        runner.stop()
    }

    @Test func `a log that could not be read is read again until it is there, and its failure told once`() async throws
    {
        let operations = ScriptedOperations(Scene.busy.overview())
        operations.contents.withLock { $0.failingLogReads = 3 }
        let console = LiveConsole(operations, Size(120, 40))
        var failures: [String] = []
        await console.run { state in
            if let text = state.notice?.text, failures.last != text { failures.append(text) }
            return state.logs.isLoaded
        }
        #expect(failures == ["The connection was cut. It is tried again."])
        #expect(!console.state.logs.buffer.lines.isEmpty)
    }

    @Test func `what was logged while there was no link is read after it, and no line stands twice`() throws {
        var console = Console(.busy)
        let lines = FollowingTests.lines(9)
        // Heard before the log was read, and in what is read.
        console.send(.happened([.log(lines[3])]))
        console.send(.logs(Array(lines[..<5])))
        console.send(.happened([.log(lines[5])]))
        console.send(.linkLost(.streamEnded))
        console.send(.overview(Scene.busy.overview()))
        #expect(console.effects.last == .loadLogs)
        console.send(.happened([.log(lines[8])]))
        console.send(.logs(lines))
        #expect(console.state.logs.buffer.lines.map(\.sequence).sorted() == lines.map(\.sequence))
    }

    @Test func `connecting follows the events before it reads the overview`() async throws {
        let operations = ScriptedOperations(Scene.calm.overview())
        let answers = Answers()
        let mailbox = answers.makeMailbox()
        let runner = EffectRunner(operations: operations, principal: Principal("ada"), mailbox: mailbox)
        runner.start(.connect(after: .zero))
        let first = await answers.next(mailbox)
        guard case .overview? = first.first else {
            Issue.record("The overview did not come first")
            return
        }
        #expect(operations.contents.withLock { $0.continuations.count } == 1)
        let sample = OperationsEvent.throughput(ThroughputSample(at: Scene.moment, records: 7))
        operations.send(sample)
        guard case .happened(let events)? = await answers.next(mailbox).first else {
            Issue.record("The event did not come")
            return
        }
        #expect(events == [sample])
        // In its turn: what follows a gap is newer than the overview that is read for it.
        operations.send(.gap)
        guard case .overview? = await answers.next(mailbox).first else {
            Issue.record("Nothing was read anew after a gap")
            return
        }
        for continuation in operations.contents.withLock({ $0.continuations }) { continuation.finish() }
        guard case .linkLost(let failure)? = await answers.next(mailbox).first else {
            Issue.record("The end of the stream went unnoticed")
            return
        }
        #expect(failure.code == "console.stream_ended")
        runner.stop()
    }

    @Test func `a picture says when its texts of time change`() throws {
        let console = Console(.busy)
        let changes = try #require(console.drawing().changesAt)
        #expect(changes > Scene.moment)
        #expect(changes <= Scene.moment + .seconds(1) + .milliseconds(10))
        var quiet = Console(.calm)
        quiet.send(.time(.milliseconds(500)))
        let calm = try #require(quiet.drawing().changesAt)
        // Nothing on a calm screen counts seconds.
        #expect(calm >= Scene.moment + .seconds(9))
    }
}
