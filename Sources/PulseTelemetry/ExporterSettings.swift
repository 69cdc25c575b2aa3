import Foundation
package import PulseDomain

/// Where spans go and how many of them, as OpenTelemetry's environment variables say it (specification, "OpenTelemetry
/// Environment Variable Specification" and "OTLP Exporter").
package struct ExporterSettings: Sendable, Hashable {
    /// Whole: `http://collector:4318/v1/traces`.
    package var endpoint: String
    /// Sent with every batch: credentials, mostly. Never logged.
    package var headers: [String: String]
    package var timeout: Duration
    package var sampling: Tracer.Sampling
    /// What all spans come from: `service.name` and more.
    package var resource: [String: String]

    package init(
        endpoint: String, headers: [String: String] = [:], timeout: Duration = .seconds(10),
        sampling: Tracer.Sampling = .share(1), resource: [String: String] = [:]
    ) {
        self.endpoint = endpoint
        self.headers = headers
        self.timeout = timeout
        self.sampling = sampling
        self.resource = resource
    }

    /// What is wrong with a variable, as a sentence.
    package struct Mistake: Error, Sendable, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// `nil` when no endpoint is named or traces are switched off. Throws ``Mistake``.
    package init?(
        environment: [String: String], service: String, version: String
    ) throws(Mistake) {
        func text(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        guard text("OTEL_SDK_DISABLED")?.lowercased() != "true" else { return nil }
        switch text("OTEL_TRACES_EXPORTER") {
        case nil, "otlp": break
        case "none": return nil
        case let other?:
            throw Mistake(description: "OTEL_TRACES_EXPORTER is \(other); Pulse has otlp and none.")
        }
        let whole = text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
        guard let base = whole ?? text("OTEL_EXPORTER_OTLP_ENDPOINT") else { return nil }
        guard let url = URL(string: base), ["http", "https"].contains(url.scheme), url.host?.isEmpty == false else {
            throw Mistake(description: "The OTLP endpoint \(base) is not an address like http://collector:4318.")
        }
        let protocolName = text("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") ?? text("OTEL_EXPORTER_OTLP_PROTOCOL")
        if let protocolName, protocolName != "http/json" {
            throw Mistake(
                description: """
                    OTEL_EXPORTER_OTLP_PROTOCOL is \(protocolName); Pulse speaks http/json, which collectors take at the \
                    same port as http/protobuf. Unset it or set it to http/json.
                    """)
        }
        var resource = try Self.pairs(text("OTEL_RESOURCE_ATTRIBUTES"), of: "OTEL_RESOURCE_ATTRIBUTES")
        resource["service.name"] = text("OTEL_SERVICE_NAME") ?? resource["service.name"] ?? service
        resource["service.version"] = resource["service.version"] ?? version
        let headers = "OTEL_EXPORTER_OTLP_TRACES_HEADERS"
        self.init(
            endpoint: whole ?? base + (base.hasSuffix("/") ? "" : "/") + "v1/traces",
            headers: try Self.pairs(text(headers) ?? text("OTEL_EXPORTER_OTLP_HEADERS"), of: headers),
            timeout: try Self.timeout(
                text("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT") ?? text("OTEL_EXPORTER_OTLP_TIMEOUT")),
            sampling: try Self.sampling(text("OTEL_TRACES_SAMPLER"), text("OTEL_TRACES_SAMPLER_ARG")),
            resource: resource)
    }

    private static func timeout(_ text: String?) throws(Mistake) -> Duration {
        guard let text else { return .seconds(10) }
        guard let milliseconds = Int(text), (1...600_000).contains(milliseconds) else {
            throw Mistake(description: "OTEL_EXPORTER_OTLP_TIMEOUT is \(text); it is milliseconds, up to ten minutes.")
        }
        return .milliseconds(milliseconds)
    }

    private static func sampling(_ name: String?, _ argument: String?) throws(Mistake) -> Tracer.Sampling {
        switch name {
        case nil, "always_on", "parentbased_always_on": return .share(1)
        case "always_off", "parentbased_always_off": return .share(0)
        case "traceidratio", "parentbased_traceidratio":
            let share = argument.map { Double($0) ?? -1 } ?? 1
            guard (0...1).contains(share) else {
                throw Mistake(description: "OTEL_TRACES_SAMPLER_ARG is \(argument ?? ""); it is a share from 0 to 1.")
            }
            return .share(share)
        case let other?:
            throw Mistake(
                description: "OTEL_TRACES_SAMPLER is \(other); Pulse has always_on, always_off and traceidratio.")
        }
    }

    /// `key=value,key=value`, percent-encoded (W3C Baggage).
    private static func pairs(_ text: String?, of variable: String) throws(Mistake) -> [String: String] {
        var pairs: [String: String] = [:]
        for part in (text ?? "").split(separator: ",") {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard sides.count == 2, !sides[0].isEmpty, let value = sides[1].removingPercentEncoding else {
                // The value may be a secret, so it is not repeated.
                throw Mistake(description: "\(variable) is not a list like key=value,key=value.")
            }
            pairs[sides[0]] = value
        }
        return pairs
    }
}
