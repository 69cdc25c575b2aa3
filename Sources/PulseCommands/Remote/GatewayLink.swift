import PulseAPI
import PulseConsole
import PulseDomain
import Synchronization

/// What a console and its gateway tell each other besides the engine's matters: how the link stands, who else is there.
final class GatewayLink: Sendable {
    /// How often a console says that it is still there: three times before it would be taken for gone. The answer also
    /// tells how long the way is when nothing else is asked.
    static let interval = Duration.seconds(20)

    private let client: APIClient
    private let time: any TimeSource
    /// The name of the context that leads there; `nil`: none does.
    private let context: String?
    /// Of this console: a person may have several.
    private let id: String
    private let open = Mutex<(confirmation: String?, job: JobID?)>((nil, nil))
    private let changes: AsyncStream<Void>
    private let changed: AsyncStream<Void>.Continuation

    init(_ client: APIClient, time: any TimeSource, context: String? = nil, id: String = GatewayLink.newID()) {
        self.client = client
        self.time = time
        self.context = context
        self.id = id
        (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    static func newID() -> String { "c-" + String(UInt64.random(in: .min ... .max), radix: 16) }

    var console: ConsoleLink {
        ConsoleLink(
            address: client.base, context: context, news: { self.news() },
            tell: { confirmation, job in
                self.open.withLock { $0 = (confirmation, job) }
                self.changed.yield()
            })
    }

    /// Says that this console goes, if that takes no time; else it is taken for gone within a minute.
    func leave() async {
        guard client.monitor.status.state == .live else { return }
        var limits = APIClient.Limits()
        (limits.timeout, limits.tries) = (.seconds(1), 1)
        let hasty = APIClient(
            base: client.base, transport: client.transport, tokens: client.tokens, time: time, limits: limits)
        var request = APIRequest(.leavePresence)
        request.arguments.query.append(Arguments.Value("id", id))
        // Nobody is left to be told.
        _ = try? await hasty.send(request)
    }

    // MARK: News

    private func news() -> AsyncStream<LinkNews> {
        AsyncStream { continuation in
            let telling = Task {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await self.tellOthers(continuation) }
                    group.addTask { for await _ in self.changes { await self.report() } }
                    group.addTask {
                        while (try? await self.time.sleep(for: Self.interval)) != nil { await self.report() }
                    }
                    var wasLive = false
                    for await status in self.client.monitor.statuses() {
                        if let news = Self.news(status, at: self.time.now) { continuation.yield(news) }
                        let isLive = status.state == .live
                        if isLive, !wasLive { group.addTask { await self.arrive(continuation) } }
                        wasLive = isLive
                    }
                    group.cancelAll()
                }
            }
            continuation.onTermination = { _ in telling.cancel() }
        }
    }

    private static func news(_ status: ConnectionStatus, at now: Instant) -> LinkNews? {
        let since = status.staleSince.map { max(.zero, now - $0) } ?? .zero
        switch status.state {
        case .connecting: return nil
        case .live: return .live(roundTrip: status.roundTrip)
        case .reconnecting(let nextTryAt, let attempt, let because):
            return .lost(because, since: since, retryIn: max(.zero, nextTryAt - now), attempt: attempt)
        case .ended(let because): return .lost(because, since: since, retryIn: nil, attempt: 1)
        }
    }

    /// After each connection: what this login may do, which may have changed, and who is there.
    private func arrive(_ continuation: AsyncStream<LinkNews>.Continuation) async {
        await report()
        // What fails here fails for the console's own requests, which tell it.
        if let profile: Profile = try? await client.ask(APIRequest(.profile)) {
            continuation.yield(.signedIn(SignedIn(name: profile.name, role: profile.role)))
            let isViewer = profile.role == .viewer
            continuation.yield(
                .mayOnlyLook(
                    because: isViewer
                        ? "The role of \(profile.name) in \(profile.tenant) is viewer, which gives no commands." : nil))
        }
        if let present: ItemPage<PresenceStatus> = try? await client.ask(APIRequest(.presence)) {
            client.monitor.notePresent(present.items)
        }
    }

    private func tellOthers(_ continuation: AsyncStream<LinkNews>.Continuation) async {
        for await present in client.monitor.presences() {
            continuation.yield(.others(present.filter { $0.id != id }))
        }
    }

    private func report() async {
        guard client.monitor.status.state == .live else { return }
        let (confirmation, job) = open.withLock { $0 }
        let shown = confirmation.map { String(decoding: $0.utf8.prefix(400), as: UTF8.self) }
        let report = PresenceReport(id: id, confirmation: shown, job: job)
        // Told again before long; that the gateway is away is told by the connection.
        _ = try? await client.send(APIRequest(.enterPresence, body: report.json))
    }
}
