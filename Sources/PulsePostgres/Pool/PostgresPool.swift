import Foundation
import Synchronization

/// Connections to one database, opened when they are needed, each on a thread of its own.
///
/// Cancellation is not looked at: a call that was made happens whole, whatever becomes of its task.
package final class PostgresPool: Sendable {
    /// Where the waiting for the server is done.
    package enum Execution: Sendable, Hashable {
        /// On the connections' own threads.
        case background
        /// On the calling thread, before the call returns, over one connection: for simulations on one thread.
        case inline
    }

    package struct Limits: Sendable, Hashable {
        /// Connections at most.
        package var connections: Int
        /// How long a lost server is tried again before a call throws: long enough for a restart or a fail-over.
        package var patience: Duration
        /// A connection that was idle for longer is asked whether it lives before it is used, and any that was used last
        /// before another one broke. Zero asks always.
        package var trust: Duration

        package init(connections: Int = 6, patience: Duration = .seconds(20), trust: Duration = .milliseconds(200)) {
            self.connections = connections
            self.patience = patience
            self.trust = trust
        }
    }

    package let settings: PostgresSettings
    private let limits: Limits
    private let execution: Execution
    private let state: Mutex<State>
    private let breaks = Breaks()

    private struct State {
        var idle: [Slot] = []
        var lent: [ObjectIdentifier: Slot] = [:]
        var open = 0
        var waiting: [CheckedContinuation<Slot?, Never>] = []
        var isClosed = false

        mutating func lend(_ slot: Slot) -> Slot {
            lent[ObjectIdentifier(slot)] = slot
            return slot
        }
    }

    package init(_ settings: PostgresSettings, limits: Limits = Limits(), execution: Execution = .background) {
        self.settings = settings
        self.limits = limits
        self.execution = execution
        var state = State()
        if execution == .inline {
            state.idle = [Slot(thread: nil)]
            state.open = 1
        }
        self.state = Mutex(state)
    }

    /// Runs `body` with a connection that was found to be alive. Throws `PostgresError` when none can be had within the
    /// patience, and what `body` throws; `nil` instead of a result once the pool is closed.
    package func withConnection<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value? {
        guard let slot = await borrow() else { return nil }
        defer { giveBack(slot) }
        guard let thread = slot.thread else {
            return try slot.use(settings, limits, breaks, body)
        }
        return try await withCheckedThrowingContinuation { continuation in
            thread.run { [settings, limits, breaks] in
                continuation.resume(with: Result { try slot.use(settings, limits, breaks, body) })
            }
        }
    }

    /// Runs `body` in a transaction of its own. A connection that turns out to be broken when it begins is replaced
    /// first; one that breaks later throws `PostgresError` of kind `connection`, and nothing but the commit's own answer
    /// can be in doubt.
    package func transaction<Value: Sendable>(
        isReadOnly: Bool = false, _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value? {
        try await withConnection { connection in
            try connection.transaction(isReadOnly: isReadOnly) { try body(connection) }
        }
    }

    /// Ends the connections: those in use when they are given back.
    package func close() async {
        let (slots, waiting) = state.withLock { state in
            defer {
                state.isClosed = true
                state.idle = []
                state.waiting = []
            }
            return (state.idle, state.waiting)
        }
        for continuation in waiting { continuation.resume(returning: nil) }
        for slot in slots { slot.end() }
    }

    /// Ends the connections, also those in use: whoever waits for the server's answer is told that the connection broke.
    /// What was under way may have happened.
    package func abandon() async {
        let lent = state.withLock { Array($0.lent.values) }
        await close()
        for slot in lent { slot.cutOff() }
    }

    private func borrow() async -> Slot? {
        await withCheckedContinuation { continuation in
            let found: Slot?? = state.withLock { state in
                if state.isClosed { return .some(nil) }
                // The one used last is the one most likely to live and to know the statements.
                if let slot = state.idle.popLast() { return state.lend(slot) }
                if state.open < limits.connections, execution == .background {
                    state.open += 1
                    return state.lend(Slot(thread: ConnectionThread(name: "postgres-\(state.open)")))
                }
                state.waiting.append(continuation)
                return nil
            }
            if let found { continuation.resume(returning: found) }
        }
    }

    private func giveBack(_ slot: Slot) {
        let (next, isClosed): (CheckedContinuation<Slot?, Never>?, Bool) = state.withLock { state in
            if !state.isClosed, !state.waiting.isEmpty { return (state.waiting.removeFirst(), false) }
            state.lent[ObjectIdentifier(slot)] = nil
            if state.isClosed { return (nil, true) }
            state.idle.append(slot)
            return (nil, false)
        }
        if isClosed { slot.end() } else { next?.resume(returning: slot) }
    }
}

/// When a connection of a pool broke last: a server that is gone takes all of them along.
private final class Breaks: Sendable {
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    func note() { last.withLock { $0 = .now } }

    /// Whether none broke since then.
    func areBefore(_ instant: ContinuousClock.Instant) -> Bool { last.withLock { $0.map { $0 < instant } ?? true } }
}

/// A connection's place.
///
/// Unchecked: the connection is touched by whoever borrowed the slot, on the slot's thread when it has one, and the pool
/// lends a slot to one caller at a time.
private final class Slot: @unchecked Sendable {
    let thread: ConnectionThread?
    private var connection: PostgresConnection? {
        // The socket is closed with the connection, and its number may soon be another's.
        willSet { line.withLock { $0.socket = nil } }
        didSet {
            // Below 0 when it broke (PQsocket).
            let socket = connection?.socket
            line.withLock { $0.socket = socket.flatMap { $0 < 0 ? nil : $0 } }
        }
    }
    private var usedAt = ContinuousClock.now
    private let line = Mutex(Line())

    /// What another thread may touch while the connection waits for the server.
    private struct Line {
        var socket: Int32?
        var isCut = false
    }

    init(thread: ConnectionThread?) { self.thread = thread }

    func use<Value>(
        _ settings: PostgresSettings, _ limits: PostgresPool.Limits, _ breaks: Breaks,
        _ body: (PostgresConnection) throws -> Value
    ) throws -> Value {
        let connection = try living(settings, limits, breaks)
        guard !line.withLock({ $0.isCut }) else { throw Self.abandoned }
        defer {
            usedAt = .now
            if !connection.isUsable { self.connection = nil }
        }
        do {
            return try body(connection)
        } catch let error as PostgresError
            where error.kind == .connection || error.kind == .readOnly && settings.isForWriting
        {
            // It broke; or the server became a follower, or may not be written to for now: a new connection finds the one
            // that leads.
            self.connection = nil
            breaks.note()
            throw error
        }
    }

    private static let abandoned = PostgresError(kind: .connection, state: "", message: "the connection was given up")

    /// Makes whoever waits on the connection see that it broke: nothing more is sent or received on it (shutdown(2)).
    func cutOff() {
        line.withLock { line in
            line.isCut = true
            if let socket = line.socket { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    func end() {
        guard let thread else {
            connection = nil
            return
        }
        thread.run { self.connection = nil }
        thread.end()
    }

    private func living(_ settings: PostgresSettings, _ limits: PostgresPool.Limits, _ breaks: Breaks) throws
        -> PostgresConnection
    {
        if let connection, connection.isUsable {
            if ContinuousClock.now - usedAt < limits.trust, breaks.areBefore(usedAt) { return connection }
            if (try? connection.execute("")) != nil { return connection }
            breaks.note()
        }
        connection = nil
        let fresh = try connected(settings, until: ContinuousClock.now + limits.patience)
        connection = fresh
        return fresh
    }

    /// Tries again with growing pauses and full jitter, so that many engines do not all come at once.
    private func connected(_ settings: PostgresSettings, until deadline: ContinuousClock.Instant) throws
        -> PostgresConnection
    {
        var pause = 0.05
        while true {
            // Nobody waits for a server any more.
            guard !line.withLock({ $0.isCut }) else { throw Self.abandoned }
            do {
                return try PostgresConnection(settings)
            } catch let error as PostgresError where error.kind == .connection || error.kind == .resources {
                guard ContinuousClock.now < deadline else { throw error }
                Thread.sleep(forTimeInterval: Double.random(in: 0...pause))
                pause = min(2, pause * 2)
            }
        }
    }
}
