import PulseDomain
import PulseJSON

/// Spans as OTLP's JSON has them: ids in hexadecimal, 64-bit numbers as strings, enumerations as numbers
/// (https://opentelemetry.io/docs/specs/otlp/, "JSON Protobuf Encoding").
enum OTLPDocument {
    /// An `ExportTraceServiceRequest`.
    static func of(_ spans: some Sequence<Span>, resource: [String: String]) -> [UInt8] {
        JSONWriter.document { writer in
            writer.object { writer in
                list("resourceSpans", &writer) { writer in
                    writer.memberObject("resource") { writer in
                        attributes(resource.mapValues { .text($0) }, &writer)
                    }
                    list("scopeSpans", &writer) { writer in
                        writer.memberObject("scope") { $0.member("name", "pulse") }
                        writer.name("spans")
                        writer.array { writer in for span in spans { add(span, &writer) } }
                    }
                }
            }
        }
    }

    /// A member that is a list of one object.
    private static func list(_ name: String, _ writer: inout JSONWriter, _ body: (inout JSONWriter) -> Void) {
        writer.name(name)
        writer.array { $0.object(body) }
    }

    private static func add(_ span: Span, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("traceId", span.context.trace.rawValue)
            writer.member("spanId", span.context.span.rawValue)
            if let parent = span.parent { writer.member("parentSpanId", parent.rawValue) }
            writer.member("flags", span.context.isSampled ? 1 : 0)
            writer.member("name", span.name)
            writer.member("kind", number(of: span.kind))
            writer.member("startTimeUnixNano", nanoseconds(span.startedAt))
            writer.member("endTimeUnixNano", nanoseconds(span.endedAt))
            attributes(span.attributes, &writer)
            if case .failed(let sentence) = span.outcome {
                writer.memberObject("status") { writer in
                    writer.member("code", 2)
                    writer.member("message", sentence)
                }
            }
        }
    }

    private static func number(of kind: Span.Kind) -> Int {
        switch kind {
        case .internal: 1
        case .server: 2
        case .client: 3
        }
    }

    private static func nanoseconds(_ instant: Instant) -> String { "\(max(0, instant.microseconds))000" }

    private static func attributes(_ values: [String: SpanValue], _ writer: inout JSONWriter) {
        writer.name("attributes")
        writer.array { writer in
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                writer.object { writer in
                    writer.member("key", key)
                    writer.memberObject("value") { writer in
                        switch value {
                        case .text(let text): writer.member("stringValue", text)
                        case .integer(let number): writer.member("intValue", String(number))
                        case .real(let number): writer.member("doubleValue", number)
                        case .boolean(let flag): writer.member("boolValue", flag)
                        }
                    }
                }
            }
        }
    }
}
