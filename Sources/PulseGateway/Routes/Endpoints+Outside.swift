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
        await upstream(&text)
        var overviews: [(tenant: TenantID, overview: Overview)] = []
        for engine in engines.values.sorted(by: { $0.tenant < $1.tenant }) {
            // An engine that does not answer has no figures but that; /health/ready says why.
            if let overview = try? await engine.operations.overview() { overviews.append((engine.tenant, overview)) }
        }
        EngineMetrics.write(overviews, of: engines.keys.sorted(), to: &text)
        return text.text
    }

    private func upstream(_ text: inout PrometheusText) async {
        var standings: [(labels: [(String, String)], standing: EnginePool.Standing)] = []
        for engine in engines.values.sorted(by: { $0.tenant < $1.tenant }) {
            guard let pool = engine.pool else { continue }
            standings += await pool.standings().map {
                ([("tenant", engine.tenant.rawValue), ("engine", $0.name)], $0)
            }
        }
        guard !standings.isEmpty else { return }
        text.family("pulse_upstream_up", .gauge, "1 while the engine answered and worked when it was last looked at.")
        for (labels, standing) in standings {
            text.sample("pulse_upstream_up", labels, standing.answers && standing.problem == nil ? 1 : 0)
        }
        text.family("pulse_upstream_requests_in_flight", .gauge, "Requests of the gateway that the engine works on.")
        for (labels, standing) in standings {
            text.sample("pulse_upstream_requests_in_flight", labels, Double(standing.underWay))
        }
    }
}
