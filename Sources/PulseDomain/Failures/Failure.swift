/// What kind of failure it was. Decided once, where it is first seen; the class decides what happens next (DESIGN §5).
package enum FailureClass: String, Sendable, Hashable, Codable, CaseIterable {
    /// Time-outs, resets, 5xx: retried with backoff, counted by the breaker.
    case transient
    /// The provider asked us to wait. Waited for, never counted as an error.
    case rateLimited = "rate_limited"
    /// 401, or an identity that is not the one configured: the token is read anew once, then the run stops.
    case unauthorised
    /// 404 or 410 for one thing: a candidate for a tombstone.
    case notFound = "not_found"
    /// The provider's answer is not what its contract says: stops with an alert.
    case contractBroken = "contract_broken"
    /// The page was too heavy for the provider: it is asked for again in halves.
    case pageTooHeavy = "page_too_heavy"
    /// One record cannot be loaded: quarantined, the run goes on.
    case badRecord = "bad_record"
    /// The store refused: disk full, locked, damaged.
    case store
    /// A mistake of Pulse or of its configuration: stops with an alert.
    case ours

    /// Whether waiting and trying the same again can help.
    package var isRetried: Bool {
        switch self {
        case .transient, .rateLimited, .pageTooHeavy: true
        case .unauthorised, .notFound, .contractBroken, .badRecord, .store, .ours: false
        }
    }
}

/// A failure as a person meets it and as a program decides on it.
package struct Failure: Error, Sendable, Hashable, Codable {
    package var kind: FailureClass
    /// Stable, for logs and scripts: `jira.search.removed`.
    package var code: String
    /// What happened, to what. One sentence, without secrets and control characters.
    package var sentence: String
    /// What to do next.
    package var remedy: String
    /// Which endpoint of the source was asked, where one was.
    package var endpoint: EndpointID?
    /// When the provider said that it may be tried again.
    package var retryAt: Instant?

    package init(
        _ kind: FailureClass, code: String, _ sentence: String, remedy: String, endpoint: EndpointID? = nil,
        retryAt: Instant? = nil
    ) {
        self.kind = kind
        self.code = code
        self.sentence = sentence
        self.remedy = remedy
        self.endpoint = endpoint
        self.retryAt = retryAt
    }
}

extension Failure: CustomStringConvertible {
    package var description: String { "\(sentence) \(remedy)" }
}

/// A family of requests that fail together, such as `search` or `graphql`: a breaker guards each of a source.
package struct EndpointID: Identifier {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}
