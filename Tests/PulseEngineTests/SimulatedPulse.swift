import PulseAssembly
import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseHTTP
import PulseSandbox
import PulseSimulation
import PulseStore

/// A whole embedded Pulse on a virtual clock, against simulated sources, on one thread.
struct SimulatedPulse: Sendable {
    let clock: SimulationExecutor
    let sandbox: Sandbox
    let store: any Store
    let pulse: EmbeddedEngine

    static let start = Instant(CivilTime(year: 2026, month: 3, day: 2, hour: 6))

    /// Runs `body` on a virtual clock of its own that begins at ``start``.
    static func simulate<Value: Sendable>(
        _ body: @escaping @Sendable (SimulationExecutor) async throws -> Value
    ) async throws -> Value {
        let clock = SimulationExecutor(startingAt: start)
        return try await clock.run { try await body(clock) }
    }

    static func open(
        on clock: SimulationExecutor, _ options: SandboxOptions = .small, faults: FaultPlan = .none,
        quotas: SandboxQuotas = .real, settings: EngineSettings = EngineSettings(), database: Database = .sqlite,
        configure: (inout Configuration) -> Void = { _ in }, transport: (Sandbox) -> any HTTPTransport = { $0 }
    ) async throws -> SimulatedPulse {
        let sandbox = Sandbox(options, time: ProviderTime(clock), faults: faults, quotas: quotas)
        let store = try await database.open()
        return try await open(
            on: clock, sandbox: sandbox, store: store, settings: settings, transport: transport(sandbox),
            configure: configure)
    }

    static func open(
        on clock: SimulationExecutor, sandbox: Sandbox, store: any Store, settings: EngineSettings = EngineSettings(),
        transport: (any HTTPTransport)? = nil, configure: (inout Configuration) -> Void = { _ in }
    ) async throws -> SimulatedPulse {
        var configuration = Demo.configuration(for: sandbox.options)
        configure(&configuration)
        let pulse = try await EmbeddedEngine.open(
            configuration, store: store, transport: transport ?? sandbox,
            setting: .init(time: clock, settings: settings, isSimulated: true, holder: "test"),
            token: Demo.token(for: sandbox.options))
        return SimulatedPulse(clock: clock, sandbox: sandbox, store: store, pulse: pulse)
    }

    var engine: Engine { pulse.engine }
}
