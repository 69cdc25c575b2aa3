import PulseAPI
import PulseDomain

extension Endpoints {
    func command(_ call: Call, _ engine: TenantEngine) async throws -> Reply {
        let (command, reason) = try Self.command(call)
        if call.isPreview { return .json(try await engine.operations.preview(command)) }
        try Self.check(reason)
        defer { engine.overviews.forget() }
        let receipt = try await engine.operations.perform(
            CommandRequest(
                command, by: try call.principal.principal, reason: reason ?? "no reason given",
                correlation: call.origin.correlation))
        let answer = CommandAnswer(receipt, correlation: call.origin.correlation)
        return .json(answer, status: answer.status)
    }

    /// It is shown to others, on terminals.
    private static func check(_ reason: String?) throws(Problem) {
        guard let reason else { return }
        let isPlain = !reason.unicodeScalars.contains { $0.properties.generalCategory == .control }
        guard reason.utf8.count <= 1_000, isPlain else {
            throw .unprocessable("A reason has at most 1,000 bytes, and no control characters.")
        }
    }

    /// The command that a route and a body mean.
    private static func command(_ call: Call) throws(Problem) -> (Command, reason: String?) {
        let job = call.job
        let finding = call.integer("id") ?? 0
        switch call.route.id {
        case .start:
            let body = try call.optionalContent(StartBody.self) ?? StartBody()
            do throws(WireError) {
                return (.start(job, try RunMode(body.mode ?? .incremental, body.range)), body.reason)
            } catch {
                throw .unprocessable(error.sentence)
            }
        case .pause:
            let body = try call.optionalContent(PauseBody.self) ?? PauseBody()
            guard body.untilQuotaResets == true else { return (.pause(job, until: body.until), body.reason) }
            guard body.until == nil else {
                throw .unprocessable("A pause ends at a time or when the quota resets, not both.")
            }
            return (.pauseUntilQuotaResets(job), body.reason)
        case .rewind:
            let body = try call.content(RewindBody.self)
            return (.rewind(job, body.partition, toSequence: body.sequence), body.reason)
        case .skip:
            let body = try call.content(SkipBody.self)
            return (.skipPartition(job, body.partition), body.reason)
        case .replay:
            let body = try call.content(RecordsBody.self)
            return (.replay(body.ids), body.reason)
        case .discard:
            let body = try call.content(RecordsBody.self)
            return (.discard(body.ids), body.reason)
        default: break
        }
        let reason = try call.optionalContent(ReasonBody.self)?.reason
        return switch call.route.id {
        case .resume: (.resume(job), reason)
        case .stop: (.stop(job), reason)
        case .retry: (.retry(job), reason)
        case .hold: (.hold(job), reason)
        case .release: (.release(job), reason)
        case .retransform: (.retransform(job), reason)
        case .undoTombstones: (.undoTombstones(finding), reason)
        case .confirmTombstones: (.confirmTombstones(finding), reason)
        case .acknowledge: (.acknowledge(alert: call.path("id")), reason)
        default: throw .notFound
        }
    }
}
