import PulseAssembly
import PulseControl
import PulseDomain
import PulseEngine

/// An engine that works without a console: until all is done, or until a signal comes.
struct UnattendedRun {
    let context: CommandContext
    let signals: EndSignals
    /// Whether it ends when nothing is left to do, or when what is left waits for a person.
    var isOnce = true
    /// Shows how it goes while `wait` waits for the end.
    var showing: @Sendable (_ engine: Engine, _ wait: () async -> Int32?) async -> Int32?
    /// Takes what is to be known of the end.
    var telling: @Sendable (String) -> Void

    /// With the progress of all jobs on standard error.
    init(_ context: CommandContext, _ signals: EndSignals) {
        self.init(context, signals) { engine, wait in
            await ProgressLine(context.output).told(of: engine, while: wait)
        }
    }

    init(
        _ context: CommandContext, _ signals: EndSignals, isOnce: Bool = true,
        telling: (@Sendable (String) -> Void)? = nil,
        showing: @escaping @Sendable (_ engine: Engine, _ wait: () async -> Int32?) async -> Int32?
    ) {
        self.telling = telling ?? { context.output.note($0) }
        self.context = context
        self.signals = signals
        self.isOnce = isOnce
        self.showing = showing
    }

    /// `report` tells what came of it, unless a signal ended it.
    func run(
        _ session: EngineSession, report: @escaping @Sendable (Engine) async throws -> ExitStatus
    ) async throws -> ExitStatus {
        let engine = session.embedded.engine
        let (signals, showing) = (signals, showing)
        return try await session.run(
            untilIdle: isOnce,
            beside: { isIdle in
                let signal = await showing(engine) {
                    await signals.first(unless: isIdle)
                }
                if let signal { return ExitStatus(signal: signal) }
                return try await report(engine)
            }, telling: telling)
    }
}
