import PulseDomain
import PulseSimulation
import Synchronization
import Testing

@testable import PulseEngine

@Suite struct SignalTests {
    @Test func `everybody who waits is let go, and who comes later does not wait`() async throws {
        let clock = SimulationExecutor(startingAt: .epoch)
        try await clock.run {
            let signal = Signal()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 { group.addTask { try await signal.wait() } }
                try await clock.sleep(for: .seconds(1))
                signal.raise()
                try await group.waitForAll()
            }
            try await signal.wait()
            signal.lower()
            #expect(!signal.isRaised)
        }
    }

    @Test func `a cancelled wait ends at once, before or after it began`() async throws {
        let clock = SimulationExecutor(startingAt: .epoch)
        try await clock.run {
            let signal = Signal()
            for delay in [Duration.zero, .seconds(1)] {
                await #expect(throws: CancellationError.self) {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { try await signal.wait() }
                        try await clock.sleep(for: delay)
                        group.cancelAll()
                        try await group.waitForAll()
                    }
                }
            }
            // Others are not harmed.
            signal.raise()
            try await signal.wait()
        }
    }

    @Test func `a sleep ends at its time, or as soon as the signal is raised`() async throws {
        let clock = SimulationExecutor(startingAt: .epoch)
        try await clock.run {
            let signal = Signal()
            #expect(try await clock.sleep(until: clock.now + .minutes(5), unless: signal) == false)
            #expect(clock.elapsed == .minutes(5))
            async let raised = clock.sleep(until: clock.now + .hours(5), unless: signal)
            try await clock.sleep(for: .seconds(7))
            signal.raise()
            let wasRaised = try await raised
            #expect(wasRaised)
            #expect(clock.elapsed == .minutes(5) + .seconds(7))
        }
    }
}

@Suite struct BoundedChannelTests {
    @Test func `the sender waits while as many elements wait as there is room for`() async throws {
        let clock = SimulationExecutor(startingAt: .epoch)
        try await clock.run {
            let channel = BoundedChannel<Int>(capacity: 2)
            let sent = Count()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number in 0..<20 {
                        try await channel.send(number)
                        sent.value.withLock { $0 = number + 1 }
                    }
                    channel.finish()
                }
                var received: [Int] = []
                while true {
                    try await clock.sleep(for: .seconds(1))
                    #expect(sent.value.withLock { $0 } - received.count <= 2)
                    guard let element = try await channel.receive() else { break }
                    received.append(element)
                }
                #expect(received == Array(0..<20))
                try await group.waitForAll()
            }
            #expect(try await channel.receive() == nil)
        }
    }

    @Test func `what was sent before the end is still received, and asking never waits`() async throws {
        let clock = SimulationExecutor(startingAt: .epoch)
        try await clock.run {
            let channel = BoundedChannel<Int>(capacity: 3)
            #expect(channel.take() == nil)
            try await channel.send(1)
            try await channel.send(2)
            channel.finish()
            #expect(channel.take() == 1)
            #expect(try await channel.receive() == 2)
            #expect(try await channel.receive() == nil)
        }
    }

    @Test func `a cancelled sender adds nothing and a cancelled receiver returns`() async throws {
        let clock = SimulationExecutor(startingAt: .epoch)
        try await clock.run {
            let channel = BoundedChannel<Int>(capacity: 1)
            try await channel.send(1)
            await #expect(throws: CancellationError.self) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await channel.send(2) }
                    try await clock.sleep(for: .seconds(1))
                    group.cancelAll()
                    try await group.waitForAll()
                }
            }
            #expect(channel.take() == 1 && channel.take() == nil)
            await #expect(throws: CancellationError.self) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try await channel.receive() }
                    try await clock.sleep(for: .seconds(1))
                    group.cancelAll()
                    try await group.waitForAll()
                }
            }
        }
    }
}

@Suite struct EventHubTests {
    @Test func `a listener that falls behind is told that it lost some`() async {
        let hub = EventHub()
        let stream = hub.listen()
        let line = OperationsEvent.log(LogLine(at: .epoch, level: .info, message: "x"))
        for _ in 0..<50 { hub.publish(Array(repeating: line, count: 100)) }
        var iterator = stream.makeAsyncIterator()
        for _ in 0..<4_096 { #expect(await iterator.next() == line) }
        hub.publish([line])
        #expect(await iterator.next() == .gap)
        #expect(await iterator.next() == line)
        hub.close()
        #expect(await iterator.next() == nil)
        var late = hub.listen().makeAsyncIterator()
        #expect(await late.next() == nil)
        #expect(!hub.hasListeners)
    }
}

/// A number that tasks share.
private final class Count: Sendable {
    let value = Mutex(0)
}
