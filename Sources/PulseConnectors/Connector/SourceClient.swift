package import PulseDomain
package import PulseHTTP

/// The way to a source: passes breaker and quota, adds the credential, sends, learns the limits that the answer tells.
///
/// Implemented by the engine. A transient failure or a limit is waited for and tried again inside; what it throws is a
/// `Failure` that the caller cannot mend by sending the same again, or `CancellationError`.
package protocol SourceClient: Sendable {
    func send(_ request: SourceRequest) async throws -> HTTPResponse
    /// For stamping pages.
    var time: any TimeSource { get }
}

/// A request with what the engine has to know about it. Carries no credential: the client adds it.
package struct SourceRequest: Sendable {
    package var http: HTTPRequest
    /// The breaker that guards it.
    package var endpoint: EndpointID
    /// The quota bucket that it spends from.
    package var bucket: String
    /// Points that it is expected to cost, 1 or more.
    package var cost: Int

    package init(_ http: HTTPRequest, endpoint: EndpointID, bucket: String, cost: Int = 1) {
        self.http = http
        self.endpoint = endpoint
        self.bucket = bucket
        self.cost = cost
    }
}

/// What an answer means.
package struct ResponseVerdict: Sendable, Hashable {
    /// `nil`: the answer is good.
    package var failure: Failure?
    /// What it told about limits.
    package var observations: [QuotaObservation]

    package init(failure: Failure? = nil, observations: [QuotaObservation] = []) {
        self.failure = failure
        self.observations = observations
    }
}
