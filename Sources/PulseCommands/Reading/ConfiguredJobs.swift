import PulseAssembly
import PulseConfiguration
import PulseConnectors
import PulseDomain

/// The jobs that a configuration makes, known without store and network.
struct ConfiguredJobs {
    private let source: Configuration
    /// In the order of the configuration, with what each needs.
    private(set) var jobs: [(id: JobID, needs: [JobID])] = []

    /// A source that cannot be assembled has none here; opening the engine says why.
    init(_ configuration: Configuration) {
        source = configuration
        for source in configuration.sources {
            guard let connector = try? SourceAssembly.connector(for: source) else { continue }
            for stream in connector.streams where source.streams.isEmpty || source.streams.contains(stream.id) {
                jobs.append(
                    (
                        JobID(source: source.name, stream: stream.id),
                        stream.dependencies.map { JobID(source: source.name, stream: $0) }
                    ))
            }
        }
    }

    /// The jobs typed (all when none is), with those that they need and that never succeeded.
    func wanted(_ typed: [String], succeeded: Set<JobID>) throws -> Set<JobID> {
        let all = jobs.map(\.id)
        guard !typed.isEmpty else { return Set(all) }
        var wanted = Set(try typed.map { try JobNames.job($0, among: all) })
        var queue = Array(wanted)
        while let next = queue.popLast() {
            for need in jobs.first(where: { $0.id == next })?.needs ?? [] where !succeeded.contains(need) {
                if all.contains(need), wanted.insert(need).inserted { queue.append(need) }
            }
        }
        return wanted
    }

    /// The configuration with nothing but these jobs. Their schedules stay: the store keeps them for the next engine.
    func configuration(only wanted: Set<JobID>) -> Configuration {
        var configuration = source
        configuration.isPartial = wanted.count < jobs.count
        configuration.sources = configuration.sources.compactMap { source in
            var source = source
            source.streams = jobs.map(\.id).filter { $0.source == source.name && wanted.contains($0) }.map(\.stream)
            return source.streams.isEmpty ? nil : source
        }
        return configuration
    }
}
