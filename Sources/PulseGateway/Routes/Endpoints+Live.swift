import HummingbirdCore
import NIOCore
import PulseAPI
import PulseDomain

extension Endpoints {
    func live(_ call: Call, _ engine: TenantEngine) async throws -> Reply {
        let identity = try call.principal
        switch call.route.id {
        case .events: return try await events(engine.hub, after: call.lastEventID, for: identity)
        case .presence: return .json(try page(engine.presence.present, call.arguments.part()))
        case .enterPresence:
            let report = try call.content(PresenceReport.self)
            if let list = try engine.presence.enter(report, as: identity.principal) {
                engine.hub.publish("presence", list.json)
            }
            return .nothing
        case .leavePresence:
            if let list = engine.presence.leave(call.arguments["id"] ?? "", as: identity.principal) {
                engine.hub.publish("presence", list.json)
            }
            return .nothing
        default: throw Problem.notFound
        }
    }

    /// How often it is looked whether a listener may still hear.
    private static let standingInterval = Duration.seconds(5)

    private func events(_ hub: EventHub, after id: String?, for identity: Identity) async throws -> Reply {
        let opened = if let id { try await hub.open(after: id) } else { hub.open(after: nil) }
        guard let (number, queue) = opened else {
            throw Problem(
                503, code: "events.full", "The gateway has as many event streams as it takes.",
                remedy: "Try again later, or ask for the overview instead.", kind: .transient)
        }
        let stream = EventStream(hub: hub, number: number, queue: queue)
        let (accounts, time) = (accounts, time)
        return Reply(
            status: 200,
            content: .stream(mediaType: "text/event-stream; charset=utf-8") { writer in
                var lookedAt = time.elapsed
                // A heartbeat comes at least, so that nobody hears on for long after the end of a session.
                while let bytes = await stream.next() {
                    if let accounts, time.elapsed - lookedAt >= Self.standingInterval {
                        guard try await accounts.mayStay(identity) else { return }
                        lookedAt = time.elapsed
                    }
                    try await writer.write(bytes)
                }
            })
    }
}

/// An open stream; leaves the hub when nobody holds it any more, however its response ended.
private final class EventStream: Sendable {
    private let hub: EventHub
    private let number: Int
    private let queue: EventQueue

    init(hub: EventHub, number: Int, queue: EventQueue) {
        self.hub = hub
        self.number = number
        self.queue = queue
    }

    deinit { hub.close(number) }

    func next() async -> ByteBuffer? { await queue.next() }
}
