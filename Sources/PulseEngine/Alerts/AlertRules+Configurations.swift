import Foundation
import PulseDomain

extension EngineReport {
    /// A short digest of each source's account and jobs: equal where the configuration is.
    static func sources(_ sources: [EngineSource], _ definitions: [JobDefinition]) -> [ConfiguredSource]? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let jobs = Dictionary(grouping: definitions, by: \.id.source)
        var told: [ConfiguredSource] = []
        for source in sources.sorted(by: { $0.id < $1.id }) {
            // The order of jobs is not a matter of what they do.
            let own = (jobs[source.id] ?? []).sorted { $0.id.description < $1.id.description }
            // What cannot be compared is not told.
            guard let bytes = try? encoder.encode(own) else { return nil }
            let text = Array("\(source.kind.rawValue)\u{0}\(source.identity)\u{0}".utf8) + bytes
            let digest = SecureHash.sha256(text).prefix(4).map { String($0, radix: 16) }.joined(separator: "-")
            told.append(ConfiguredSource(source: source.id, digest: digest))
        }
        return told
    }
}

/// Engines that share a store and do not know the same.
extension AlertRules {
    /// A new configuration reaches one engine after the other.
    private static let rollOut = Duration.minutes(5)

    static func differing(_ input: Input, at now: Instant) -> [Alert] {
        let told = input.engines.filter { engine in
            engine.presence(at: now, input.absence) == .working && now - engine.startedAt >= rollOut
        }.compactMap { engine in engine.report.sources.map { (id: engine.id, sources: $0) } }.sorted { $0.id < $1.id }
        let known = told.flatMap { engine in engine.sources.map { (source: $0.source, by: engine.id, as: $0.digest) } }
        var missing: [String] = []
        var differing: [String] = []
        for (source, known) in Dictionary(grouping: known, by: \.source).sorted(by: { $0.key < $1.key }) {
            if known.count < told.count {
                missing.append("\(source) is configured for \(listed(known.map(\.by))) alone")
            } else if Set(known.map(\.as)).count > 1 {
                differing.append(source.rawValue)
            }
        }
        var clauses =
            missing.count > 3 ? Array(missing.prefix(3)) + ["and so on for \(missing.count - 3) more"] : missing
        if !differing.isEmpty {
            clauses.append(
                "\(listed(differing)) \(differing.count.noun("has", "have")) other jobs, schedules or accounts")
        }
        guard !clauses.isEmpty else { return [] }
        return [
            Alert(
                id: "engines_differ", kind: .enginesDiffer, severity: missing.isEmpty ? .notice : .warning,
                sentence: "The engines of this store are configured differently.",
                because: clauses.joined(separator: "; ") + ".",
                next: missing.isEmpty
                    ? "A run goes by the configuration of the engine that takes it."
                    : "Jobs of such a source wait while no engine that knows it is there.", since: now)
        ]
    }

    private static func listed(_ names: [String]) -> String {
        names.count <= 3
            ? names.joined(separator: ", ") : names.prefix(2).joined(separator: ", ") + " and \(names.count - 2) more"
    }
}
