import PulseAPI
import PulseDomain
import Synchronization

/// Whether requests can be answered, and what is wrong when not.
final class Health: Sendable {
    private let engines: [TenantEngine]
    private let accounts: AccountDesk?
    private let isEnding = Mutex(false)

    init(engines: [TenantEngine], accounts: AccountDesk?) {
        self.engines = engines
        self.accounts = accounts
    }

    /// From now on balancers are to send nobody here.
    func end() { isEnding.withLock { $0 = true } }

    /// The process answers, and that is all.
    var live: HealthReport {
        HealthReport(checks: [.init(name: "process", isGood: true, sentence: "The process answers.")])
    }

    func ready() async -> HealthReport {
        var checks: [HealthReport.Check] = []
        for engine in engines { checks.append(await Self.check(engine)) }
        if let accounts {
            do {
                try await accounts.store.check()
                checks.append(.init(name: "accounts", isGood: true, sentence: "The accounts answer."))
            } catch {
                let sentence = (error as? Failure)?.sentence ?? "The accounts do not answer."
                checks.append(.init(name: "accounts", isGood: false, sentence: sentence))
            }
        }
        if isEnding.withLock({ $0 }) {
            checks.append(.init(name: "process", isGood: false, sentence: "The process is ending."))
        }
        return HealthReport(checks: checks)
    }

    /// Requests are answered as long as one engine does; those that do not are named all the same.
    private static func check(_ name: String, _ standings: [EnginePool.Standing]) -> HealthReport.Check {
        let good = standings.count { $0.answers && $0.problem == nil }
        // Who does not answer is named by what is told of it.
        let problems = standings.compactMap { standing in
            standing.problem.map { $0.contains(standing.name) ? $0 : "\(standing.name): \($0)" }
        }
        let sentence = standings.count == 1 ? "The engine works." : "\(good) of \(standings.count) engines work."
        return .init(
            name: name, isGood: good > 0,
            sentence: problems.isEmpty
                ? sentence : ([sentence].filter { _ in standings.count > 1 } + problems).joined(separator: " "))
    }

    private static func check(_ engine: TenantEngine) async -> HealthReport.Check {
        let name = "engine \(engine.tenant)"
        if let pool = engine.pool { return check(name, await pool.standings()) }
        do {
            let trouble = try await engine.operations.overview().engine.trouble
            return .init(name: name, isGood: trouble == nil, sentence: trouble ?? "The engine works.")
        } catch {
            return .init(
                name: name, isGood: false, sentence: (error as? Failure)?.sentence ?? "The engine does not answer.")
        }
    }
}
