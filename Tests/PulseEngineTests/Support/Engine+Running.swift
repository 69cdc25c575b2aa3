import PulseEngine

extension Engine {
    /// Runs the engine beside `body` and stops it afterwards.
    nonisolated func running(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.run() }
            do {
                try await body()
            } catch {
                await self.stop()
                throw error
            }
            await self.stop()
            try await group.waitForAll()
        }
    }
}
