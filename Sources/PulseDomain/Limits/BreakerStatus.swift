/// A circuit breaker's position.
package enum BreakerPosition: String, Sendable, Hashable, Codable, CaseIterable {
    /// Requests pass.
    case closed
    /// No request passes until a stated time.
    case open
    /// One request passes as a probe; its outcome closes or opens the breaker.
    case halfOpen = "half_open"
}

/// The breaker of one endpoint of one source.
package struct BreakerStatus: Hashable, Sendable, Codable {
    package var source: SourceID
    package var endpoint: EndpointID
    package var position: BreakerPosition
    /// Consecutive failures that count.
    package var failures: Int
    /// When it left the closed position; `nil` when closed.
    package var openedAt: Instant?
    /// When the next probe may be sent; `nil` unless open.
    package var probesAt: Instant?
    /// The failure that opened it, as a sentence.
    package var because: String?

    package init(
        source: SourceID, endpoint: EndpointID, position: BreakerPosition = .closed, failures: Int = 0,
        openedAt: Instant? = nil, probesAt: Instant? = nil, because: String? = nil
    ) {
        self.source = source
        self.endpoint = endpoint
        self.position = position
        self.failures = failures
        self.openedAt = openedAt
        self.probesAt = probesAt
        self.because = because
    }
}
