/// One finished step of a trace (OpenTelemetry specification, "Trace API").
package struct Span: Sendable, Hashable {
    /// Which side of a call it is.
    package enum Kind: Sendable, Hashable {
        /// Within this process.
        case `internal`
        /// A request that was answered.
        case server
        /// A request that was sent.
        case client
    }

    /// What came of it.
    package enum Outcome: Sendable, Hashable {
        case unset
        /// It failed, and why: a sentence without secrets.
        case failed(String)
    }

    package var context: TraceContext
    /// The step that it is a part of; `nil` for the first one of a trace.
    package var parent: SpanID?
    /// One of few names, without ids: `GET /api/v1/jobs`, `page`.
    package var name: String
    package var kind: Kind
    package var startedAt: Instant
    package var endedAt: Instant
    /// By the names of OpenTelemetry's semantic conventions where they have one.
    package var attributes: [String: SpanValue]
    package var outcome: Outcome

    package init(
        context: TraceContext, parent: SpanID? = nil, name: String, kind: Kind, startedAt: Instant, endedAt: Instant,
        attributes: [String: SpanValue] = [:], outcome: Outcome = .unset
    ) {
        self.context = context
        self.parent = parent
        self.name = name
        self.kind = kind
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.attributes = attributes
        self.outcome = outcome
    }
}

/// The value of an attribute of a ``Span``.
package enum SpanValue: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral
{
    case text(String)
    case integer(Int64)
    case real(Double)
    case boolean(Bool)

    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
}

/// Takes finished spans. Never waits: what cannot be kept is dropped.
package protocol SpanSink: Sendable {
    func record(_ span: Span)
}
