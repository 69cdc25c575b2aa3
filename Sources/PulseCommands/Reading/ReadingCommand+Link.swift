import PulseAPI
import PulseDomain

extension ReadingCommand {
    /// Runs `body`; while a gateway is away, that and since when is told on standard error.
    func withLink(_ access: EngineAccess, _ body: () async throws -> Void) async throws {
        guard let link = access.link else { return try await body() }
        let output = context.output
        let telling = Task {
            var isLost = false
            for await status in link.statuses() {
                switch status.state {
                case .reconnecting(_, _, let because) where !isLost:
                    isLost = true
                    let since = status.staleSince.map { String($0.iso8601.dropFirst(11).prefix(8)) } ?? "now"
                    output.note("pulse: Stale since \(since), trying again. \(because.sentence)")
                case .live where isLost:
                    isLost = false
                    output.note("pulse: The gateway answers again.")
                default: break
                }
            }
        }
        defer { telling.cancel() }
        try await body()
    }

    /// What was asked; `nil` when a gateway did not answer, which is told by the link: the events go on with a gap, and
    /// it is asked again.
    func answer<Answer>(of access: EngineAccess, _ ask: () async throws -> Answer) async throws -> Answer? {
        do { return try await ask() } catch let failure as Failure where access.link != nil && failure.kind.isRetried {
            return nil
        }
    }
}
