import Glibc
import PulseAssembly
import PulseDomain
import PulseEngine
import PulseSandbox
import PulseStore

/// The demo: everything real but the providers.
package struct DemoSession: Sendable {
    package struct Wishes: Sendable, Hashable {
        package var seed: UInt64
        /// Simulated seconds in a real one.
        package var speed: Double
        /// Path of a store to keep; `nil`: gone at the end.
        package var store: String?
        /// Whether nothing goes wrong.
        package var isCalm: Bool

        package init(seed: UInt64 = 1, speed: Double = 1, store: String? = nil, isCalm: Bool = false) {
            self.seed = seed
            self.speed = speed
            self.store = store
            self.isCalm = isCalm
        }
    }

    /// Shows the console on a demo until the person quits.
    package static func run(
        _ wishes: Wishes, console: ConsoleSession.Wishes, context: CommandContext
    ) async throws -> ExitStatus {
        let console = try ConsoleSession(console, isEmbedded: true, context: context)
        let embedded = try await open(wishes)
        return try await EngineSession(embedded).run { _ in
            try await console.run(on: embedded.engine)
        } isEnding: {
            context.output.note("Finishing the page under way…")
        }
    }

    /// A demo's engine, opened and not yet running.
    static func open(_ wishes: Wishes) async throws -> EmbeddedEngine {
        let clock = ScaledClock(startingAt: SystemClock().now, rate: wishes.speed)
        let options = Demo.world(seed: wishes.seed)
        let sandbox = Sandbox(options, time: clock, faults: wishes.isCalm ? .none : .demo)
        let store = try await SQLiteStore.open(wishes.store.map { .file($0) } ?? .memory, tenant: "demo")
        return try await EmbeddedEngine.open(
            Demo.configuration(for: options), store: store, transport: sandbox,
            setting: .init(
                time: clock, isSimulated: true, clockRate: wishes.speed, holder: "this machine, process \(getpid())"),
            token: Demo.token(for: options))
    }
}
