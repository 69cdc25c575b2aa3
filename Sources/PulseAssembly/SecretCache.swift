import PulseDomain

/// A secret, fetched when it is first needed and when it was refused. Who needs it while it is being fetched waits for
/// that and gets the same: a vault is asked once, not by every worker.
actor SecretCache {
    private var outcome: Result<String, any Error>?
    /// Grows with each fetch that ended.
    private var fetches = 0
    /// Raised when the fetch under way has ended.
    private var ended: Signal?

    func secret(refreshing: Bool, fetch: @Sendable () async throws -> String) async throws -> String {
        let seen = fetches
        while true {
            if fetches > seen, let outcome { return try outcome.get() }
            if !refreshing, case .success(let secret)? = outcome { return secret }
            guard let ended else { break }
            try await ended.wait()
        }
        let ended = Signal()
        self.ended = ended
        defer {
            self.ended = nil
            ended.raise()
        }
        do {
            let secret = try await fetch()
            outcome = .success(secret)
            fetches += 1
            return secret
        } catch let cancellation as CancellationError {
            // Says nothing about the secret: the next who waits fetches it.
            throw cancellation
        } catch {
            outcome = .failure(error)
            fetches += 1
            throw error
        }
    }
}
