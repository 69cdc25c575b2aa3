import PulseDomain

/// The bearer token of a client, renewed when the server refuses it: by one task at a time, however many are refused.
package actor TokenKeeper {
    /// The token to begin with; `nil` when there is none and none is needed. Throws when there has to be one.
    private let current: @Sendable () async throws -> String?
    /// A new token instead of the one that was refused; `nil` when there is no way to get one.
    private let renew: @Sendable (_ refused: String?) async throws -> String?
    private var token: String?
    private var isRead = false
    private var renewal: Task<String?, any Error>?

    package init(
        current: @escaping @Sendable () async throws -> String?,
        renew: @escaping @Sendable (_ refused: String?) async throws -> String? = { _ in nil }
    ) {
        self.current = current
        self.renew = renew
    }

    /// A token that stays what it is, such as an engine's internal key.
    package init(constant token: String) {
        self.init(current: { token })
    }

    /// The token to send.
    func present() async throws -> String? {
        if let renewal { return try await renewal.value }
        if !isRead {
            let read = try await current()
            // Another may have read, or renewed, meanwhile.
            if !isRead {
                token = read
                isRead = true
            }
        }
        return token
    }

    /// The token to send instead of one that was refused; `nil` when there is none.
    func instead(of refused: String?) async throws -> String? {
        if let renewal { return try await renewal.value }
        if let token, token != refused { return token }
        let task = Task { [renew] in try await renew(refused) }
        renewal = task
        defer { renewal = nil }
        do {
            let renewed = try await task.value
            // Looked for anew by the next request: somebody may log in, or give another token, meanwhile.
            (token, isRead) = (renewed, renewed != nil)
            return renewed
        } catch let failure as Failure where failure.kind == .unauthorised {
            (token, isRead) = (nil, false)
            throw failure
        }
    }
}
