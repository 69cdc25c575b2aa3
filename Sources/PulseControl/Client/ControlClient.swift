import Glibc
package import PulseDomain

/// How long a client waits.
package struct ControlClientLimits: Sendable {
    /// For the greeting, and for what only reads.
    package var reads: Duration
    /// For a preview or a command: the engine may have to reach a page boundary, or count in the store.
    package var commands: Duration
    /// Events kept for a reader that does not read.
    package var keptEvents: Int

    package init(reads: Duration = .seconds(10), commands: Duration = .seconds(60), keptEvents: Int = 4_096) {
        self.reads = reads
        self.commands = commands
        self.keptEvents = keptEvents
    }
}

/// Drives the engine of another process on this machine through its ``ControlServer``.
///
/// Calls may be made side by side. When the link ends, waiting calls and all later ones throw why, and event streams
/// end. The link is closed with the last reference.
package final class ControlClient: Sendable {
    /// The version of Pulse at the other end.
    package let serverVersion: String
    let link: ClientLink
    let time: any TimeSource
    let limits: ControlClientLimits

    private init(serverVersion: String, link: ClientLink, time: any TimeSource, limits: ControlClientLimits) {
        self.serverVersion = serverVersion
        self.link = link
        self.time = time
        self.limits = limits
    }

    /// Connects and exchanges greetings. Throws `Failure` with code `control.nobody`, `control.busy`,
    /// `control.protocol`, `control.clients`, `control.other_user` or `control.timed_out`.
    package static func connect(
        to socketPath: String, version: String, time: any TimeSource,
        limits: ControlClientLimits = ControlClientLimits()
    ) async throws -> ControlClient {
        let link = try ClientLink(socketPath: socketPath, version: version)
        let greeting = try await Deadline(time: time, limit: limits.reads, mayHaveHappened: false).within {
            try await link.switchboard.greeting()
        }
        return ControlClient(serverVersion: greeting.version, link: link, time: time, limits: limits)
    }

    /// Sends a request and waits for its answer, as long as that kind of request may take.
    ///
    /// - Parameter number: From the switchboard, not used before; `nil` takes the next one.
    func call(_ request: Request, number: Int? = nil) async throws -> Answer {
        let number = number ?? link.switchboard.makeNumber()
        let frame: [UInt8]
        do {
            frame = try Coding.frame(.call(id: number, request))
        } catch {
            throw error.failure
        }
        let limit = request.isSlow ? limits.commands : limits.reads
        return try await Deadline(time: time, limit: limit, mayHaveHappened: request.isCommand).within { [link] in
            try await link.switchboard.answer(to: number) {
                link.send(frame)
            } giveUp: {
                link.cancel(number)
            }
        }
    }
}

extension Request {
    /// Whether the engine may have much to do before it can answer.
    fileprivate var isSlow: Bool {
        switch self {
        case .preview, .perform: true
        default: false
        }
    }
}
