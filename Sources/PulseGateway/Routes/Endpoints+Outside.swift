import HTTPTypes
import PulseAPI
import PulseDomain

extension Endpoints {
    func outside(_ call: Call) async throws -> Reply {
        switch call.route.id {
        case .ready:
            let report = await health.ready()
            return .json(report, status: report.isGood ? 200 : 503)
        case .metrics: return .text(await figures(), mediaType: PrometheusText.mediaType)
        case .keys:
            var reply = Reply.text(accounts?.authority.jwks ?? "{\"keys\":[]}", mediaType: "application/jwk-set+json")
            // Shorter than a new key is announced before it signs.
            reply.headers[.cacheControl] = "public, max-age=60"
            return reply
        case .openAPI:
            // Of API v1, not of Pulse.
            return Reply(
                status: 200,
                content: .bytes(OpenAPI.document(version: "1.0.0"), mediaType: "application/vnd.oai.openapi+json")
            ).tagged()
        default: return .json(health.live)
        }
    }

    private func figures() async -> String {
        var text = PrometheusText()
        metrics.write(to: &text)
        text.family("pulse_event_streams", .gauge, "Open event streams.")
        for engine in engines.values.sorted(by: { $0.tenant < $1.tenant }) {
            text.sample("pulse_event_streams", [("tenant", engine.tenant.rawValue)], Double(engine.hub.streamCount))
        }
        var overviews: [(tenant: TenantID, overview: Overview)] = []
        for engine in engines.values.sorted(by: { $0.tenant < $1.tenant }) {
            // An engine that does not answer has no figures; /health/ready says why.
            if let overview = try? await engine.operations.overview() { overviews.append((engine.tenant, overview)) }
        }
        EngineMetrics.write(overviews, to: &text)
        return text.text
    }
}
