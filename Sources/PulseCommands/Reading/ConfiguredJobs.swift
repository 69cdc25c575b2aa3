import PulseAssembly
import PulseConfiguration
import PulseConnectors
import PulseDomain
import PulseHTTP

/// Jobs that a configuration makes.
enum ConfiguredJobs {
    static func names(of configuration: Configuration) -> [String] {
        configuration.sources.flatMap { source -> [String] in
            guard let connector = try? SourceAssembly.connector(for: source) else { return [] }
            return connector.streams.map(\.id).filter { source.streams.isEmpty || source.streams.contains($0) }
                .map { "\(source.name)/\($0)" }
        }
    }
}
