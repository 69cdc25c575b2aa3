import PulseDomain
import PulseEngine
import PulsePostgres
import PulseStore

extension Doctor {
    /// A store in PostgreSQL: whether it can be reached, what it is, whether we may, and whether it is whole.
    func database(_ settings: PostgresSettings, _ tenant: TenantID?) async -> [Look] {
        guard !isOffline else {
            return [
                Look(
                    what: "store", verdict: .notice,
                    finding: "\(settings.location); not tried: nothing is sent (--offline)")
            ]
        }
        do {
            let survey = try await PostgresSurvey.take(settings, tenant: tenant)
            var looks = Self.looks(at: survey, now: SystemClock().now)
            if let reads = await PostgresSurvey.reads(settings) {
                looks.append(
                    Look(what: "reads", verdict: reads.detour == nil ? .good : .notice, finding: reads.sentence))
            }
            if (try? survey.checkMayBeOpened()) != nil, let tenant, survey.tenants.contains(tenant) {
                let store = try await PostgresStore.open(settings, tenant: tenant)
                let problems = try await store.check()
                await store.close()
                if !problems.isEmpty {
                    looks.append(Look(what: "store", verdict: .bad, finding: problems.joined(separator: " ")))
                }
            }
            return looks
        } catch {
            return [
                Look(
                    what: "store", verdict: .bad, finding: CommandError(describing: error).lines.joined(separator: " "))
            ]
        }
    }

    /// What a server and the role on it are like.
    static func looks(at survey: PostgresSurvey, now: Instant) -> [Look] {
        let version = survey.product
        let schema = survey.schema?.version.map { "schema \($0)" } ?? "no tables yet; the first run makes them"
        var looks: [Look] = []
        do {
            try survey.checkMayBeOpened()
            looks.append(
                Look(
                    what: "store", verdict: .good,
                    finding: "\(survey.location), \(version), \(survey.encoding), as \(survey.role), \(schema)"))
        } catch {
            looks.append(
                Look(
                    what: "store", verdict: .bad, finding: CommandError(describing: error).lines.joined(separator: " "))
            )
        }
        let seconds = now.seconds - survey.serverTime.seconds
        looks.append(
            abs(seconds) > 5
                ? Look(
                    what: "store clock", verdict: .bad,
                    finding:
                        "\(abs(seconds)) s \(seconds > 0 ? "ahead of" : "behind") the database's server: who holds "
                        + "a run is told by clocks. Set this machine's, for example with NTP.")
                : Look(
                    what: "store clock", verdict: .good, finding: "within \(abs(seconds)) s of the database's server"))
        if let warning = survey.roleWarning {
            looks.append(Look(what: "store role", verdict: .notice, finding: warning))
        }
        return looks
    }
}
