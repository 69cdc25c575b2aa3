import PulseDomain
import Testing

@testable import PulseConsole

@Suite struct PendingOperationsTests {
    @Test func `what is asked before the engine is there is answered once it is`() async throws {
        let pending = PendingOperations()
        async let early = pending.overview()
        pending.become(ScriptedOperations(Scene.calm.overview()))
        #expect(try await early.engine.tenant == "acme")
        #expect(try await pending.overview().jobs.isEmpty == false)
    }

    @Test func `who no longer waits is let go`() async {
        let pending = PendingOperations()
        let task = Task { try await pending.overview() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
