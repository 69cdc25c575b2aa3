/// One step of a trace: 64 random bits in hexadecimal.
package struct SpanID: Identifier {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    package init(using generator: inout some RandomNumberGenerator) {
        rawValue = (generator.next() | 1).hexadecimal
    }
}

/// Where in a trace something happens, as it travels between processes (W3C Trace Context,
/// https://www.w3.org/TR/trace-context/). A trace is what one command or run sets off; its id is the ``CorrelationID``.
package struct TraceContext: Sendable, Hashable {
    package let trace: CorrelationID
    /// The step that what follows belongs to.
    package let span: SpanID
    /// Whether whoever began the trace records it.
    package let isSampled: Bool

    package init(trace: CorrelationID, span: SpanID, isSampled: Bool) {
        self.trace = trace
        self.span = span
        self.isSampled = isSampled
    }

    /// What the present task does belongs to it; `nil` outside of every trace.
    @TaskLocal package static var current: TraceContext?

    /// Reads the `traceparent` header; `nil` when it is none, so that a new trace is begun instead. Later versions of the
    /// header are read as far as this one goes, as the standard asks (§3.2.2.3, "Parsing traceparent").
    package init?(traceparent: some StringProtocol) {
        let bytes = Array(traceparent.utf8.prefix(56))
        guard bytes.count >= 55, bytes[2] == .dash, bytes[35] == .dash, bytes[52] == .dash,
            let version = Self.digits(bytes[0..<2]), version != "ff", bytes.count == 55 || version != "00",
            bytes.count == 55 || bytes[55] == .dash, let trace = Self.digits(bytes[3..<35]),
            let span = Self.digits(bytes[36..<52]), let flags = Self.digits(bytes[53..<55]),
            let flags = UInt8(flags, radix: 16), trace.contains(where: { $0 != "0" }),
            span.contains(where: { $0 != "0" })
        else { return nil }
        self.init(trace: CorrelationID(trace), span: SpanID(span), isSampled: flags & 1 == 1)
    }

    /// A trace that begins here.
    package init(isSampled: Bool = false, using generator: inout some RandomNumberGenerator) {
        self.init(
            trace: CorrelationID(using: &generator), span: SpanID(using: &generator), isSampled: isSampled)
    }

    /// A step of the trace that a correlation names; `nil` when the correlation is no trace id.
    package init?(of correlation: CorrelationID, isSampled: Bool, using generator: inout some RandomNumberGenerator) {
        let bytes = correlation.rawValue.utf8
        guard bytes.count == 32, bytes.contains(where: { $0 != UInt8(ascii: "0") }), Self.digits(bytes) != nil else {
            return nil
        }
        self.init(trace: correlation, span: SpanID(using: &generator), isSampled: isSampled)
    }

    /// A later step of the same trace.
    package func next(using generator: inout some RandomNumberGenerator) -> TraceContext {
        TraceContext(trace: trace, span: SpanID(using: &generator), isSampled: isSampled)
    }

    /// What a request to another process bears: the present trace goes on, or that of `correlation` begins. `nil` when
    /// there is neither.
    ///
    /// - Parameter isSampled: Whether a trace that begins here is worth recording there.
    package static func outgoing(_ correlation: CorrelationID? = nil, isSampled: Bool = true) -> TraceContext? {
        var generator = SystemRandomNumberGenerator()
        if let current, correlation == nil || correlation == current.trace { return current.next(using: &generator) }
        return correlation.flatMap { TraceContext(of: $0, isSampled: isSampled, using: &generator) }
    }

    /// The `traceparent` header.
    package var traceparent: String { "00-\(trace)-\(span)-\(isSampled ? "01" : "00")" }

    /// Hexadecimal digits in lower case; `nil` when there is anything else.
    private static func digits(_ bytes: some Sequence<UInt8>) -> String? {
        let isHexadecimal = bytes.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
        return isHexadecimal ? String(decoding: Array(bytes), as: UTF8.self) : nil
    }
}

extension UInt8 {
    fileprivate static let dash = UInt8(ascii: "-")
}
