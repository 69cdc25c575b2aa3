import Synchronization

/// Counts what happens; tests wait for a number instead of for a time.
final class Counter: Sendable {
    private struct State {
        var count = 0
        var waiting: [(Int, CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.count } }

    func add(_ number: Int = 1) {
        let due = state.withLock { state in
            state.count += number
            let due = state.waiting.filter { $0.0 <= state.count }
            state.waiting.removeAll { $0.0 <= state.count }
            return due
        }
        for waiting in due { waiting.1.resume() }
    }

    func reaches(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.count < count { state.waiting.append((count, continuation)) }
                return state.count >= count
            }
            if isThere { continuation.resume() }
        }
    }
}

/// How many are inside at once, at most.
final class HighWater: Sendable {
    private let state = Mutex((now: 0, most: 0))

    var most: Int { state.withLock { $0.most } }

    func enter() {
        state.withLock { state in
            state.now += 1
            state.most = max(state.most, state.now)
        }
    }

    func leave() { state.withLock { $0.now -= 1 } }
}
