import Synchronization
package import Testing

/// Long tests take turns: all tests begin at once, and a test that waits behind hundreds of seconds of others' work is
/// ended by its time limit although nothing is wrong with it.
package struct Turn: SuiteTrait, TestTrait, TestScoping {
    /// Tests that may be under way at once: one for each core of a small machine.
    private static let turns = Turns(2)
    /// A test of a suite within a suite takes one turn, not two.
    @TaskLocal private static var isTaken = false

    package var isRecursive: Bool { true }

    package func scopeProvider(for test: Test, testCase: Test.Case?) -> Turn? { testCase == nil ? nil : self }

    @concurrent
    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        guard !Self.isTaken else { return try await function() }
        await Self.turns.take()
        defer { Self.turns.giveBack() }
        try await Self.$isTaken.withValue(true) { try await function() }
    }
}

extension Trait where Self == Turn {
    /// The tests are long ones, which take turns.
    package static var long: Turn { Turn() }
}

/// A number of turns, taken in the order in which they were asked for.
private final class Turns: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(free: count)) }

    func take() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    func giveBack() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
