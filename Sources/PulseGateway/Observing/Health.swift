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

    private static func check(_ engine: TenantEngine) async -> HealthReport.Check {
        let name = "engine \(engine.tenant)"
        do {
            let trouble = try await engine.operations.overview().engine.trouble
            return .init(name: name, isGood: trouble == nil, sentence: trouble ?? "The engine works.")
        } catch {
            return .init(
                name: name, isGood: false, sentence: (error as? Failure)?.sentence ?? "The engine does not answer.")
        }
    }
}
