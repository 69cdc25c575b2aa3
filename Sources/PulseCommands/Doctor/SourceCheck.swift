import PulseAssembly
import PulseConfiguration
import PulseConnectors
import PulseDomain
import PulseEngine
import PulseHTTP
import Synchronization

/// `pulse sources check`: whether each source answers as its contract says. Reads a page of each stream, writes nothing.
package struct SourceCheck: Sendable {
    /// What was found at one source.
    struct Finding: Sendable {
        var source: String
        var kind: String
        var account = ""
        var product = ""
        var scopes: [String] = []
        var warnings: [String] = []
        var streams: [Stream] = []
        var quotas: [Quota] = []
        /// Sentences; empty when all is well.
        var problems: [String] = []
    }

    struct Stream: Sendable {
        var stream: String
        var partitions: Int
        /// Records on the page that was read.
        var records: Int
        /// Of those, records that would go to quarantine.
        var rejected: Int
    }

    struct Quota: Sendable {
        var bucket: String
        var limit: Int?
        var remaining: Int?
    }

    private let context: CommandContext
    private let isJSON: Bool

    package init(_ context: CommandContext, isJSON: Bool) {
        self.context = context
        self.isJSON = isJSON
    }

    package func run(_ wishes: SettingsWishes, only name: String?) async throws -> ExitStatus {
        try PlaceFinder(context).requireLocal(wishes, "`pulse sources check`")
        let configuration = try SettingsFinder(context).settings(wishes).configuration
        if let name, !configuration.sources.contains(where: { $0.name.rawValue == name }) {
            let names = configuration.sources.map(\.name.rawValue)
            let meant = nearestName(to: name, among: names).map { "Did you mean \($0)? " } ?? ""
            throw CommandError(
                .usage, "There is no source of that name.",
                remedy: "\(meant)Configured are \(names.joined(separator: ", ")).")
        }
        let transport = configuration.transport()
        var findings: [Finding] = []
        for source in configuration.sources where name == nil || source.name.rawValue == name {
            let finding = try await check(source, tenant: configuration.tenant, transport)
            findings.append(finding)
            if !isJSON { try context.output.print(Self.text(finding, as: context.output.fidelity)) }
        }
        if isJSON { try context.output.print(try JSONText.document(findings.map { JSONObject($0) })) }
        return findings.allSatisfy(\.problems.isEmpty) ? .ok : .problems
    }

    func check(
        _ configuration: SourceConfiguration, tenant: TenantID, _ transport: any HTTPTransport,
        time: any TimeSource = SystemClock()
    ) async throws -> Finding {
        let limits = Limits(time: time)
        let found = Found(Finding(source: configuration.name.rawValue, kind: configuration.kind.rawValue))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await ask(configuration, tenant: tenant, transport, limits, time, found) }
            group.addTask {
                let wait = try await longWait(limits, time)
                found.change { $0.problems.append(wait) }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
        found.change { finding in
            finding.quotas = limits.quotaStatuses().map {
                Quota(bucket: $0.id.bucket, limit: $0.limit, remaining: $0.remaining)
            }
        }
        return found.finding
    }

    /// Someone waits for the answer: a limit that is used up for longer than this is told instead of waited for.
    private static let patience = Duration.seconds(10)

    private func longWait(_ limits: Limits, _ time: any TimeSource) async throws -> String {
        while true {
            try await time.sleep(for: .milliseconds(500))
            for quota in limits.quotaStatuses() {
                guard let until = quota.blockedUntil, until > time.now + Self.patience else { continue }
                return "The limit \(quota.id.bucket) is used up until \(until.iso8601). "
                    + "Nothing: a run waits for it by itself; ask again then."
            }
        }
    }

    private func ask(
        _ configuration: SourceConfiguration, tenant: TenantID, _ transport: any HTTPTransport, _ limits: Limits,
        _ time: any TimeSource, _ found: Found
    ) async throws {
        do {
            let source = try SourceAssembly.source(configuration, transport: transport)
            var random = SystemRandomNumberGenerator()
            let correlation = CorrelationID(using: &random)
            // What does not pass at the second try is told.
            let client = GatedClient(
                source: source, limits: limits, control: RunControl(), time: time, correlation: correlation,
                random: SharedRandom(seed: UInt64.random(in: .min ... .max)), tries: 2)
            let identity = try await source.connector.identify(through: client)
            found.change {
                ($0.account, $0.product) = (identity.account, identity.product)
                ($0.scopes, $0.warnings) = (identity.scopes, identity.warnings)
            }
            let probe = Probe(
                source: source, identity: identity, client: client, tenant: tenant, correlation: correlation)
            for stream in source.connector.streams
            where configuration.streams.isEmpty || configuration.streams.contains(stream.id) {
                do {
                    let page = try await probe.read(stream)
                    found.change { $0.streams.append(page) }
                } catch {
                    try Task.checkCancellation()
                    found.change { $0.problems.append("\(stream.id): \(Failure(describing: error).description)") }
                }
            }
        } catch {
            try Task.checkCancellation()
            found.change { $0.problems.append(Failure(describing: error).description) }
        }
    }

    /// What was found so far: also a check that is broken off tells it.
    private final class Found: Sendable {
        private let current: Mutex<Finding>

        init(_ finding: Finding) { current = Mutex(finding) }

        var finding: Finding { current.withLock(\.self) }
        func change(_ body: (inout Finding) -> Void) { current.withLock { body(&$0) } }
    }

    /// Reads one page of a stream.
    private struct Probe {
        let source: EngineSource
        let identity: SourceIdentity
        let client: GatedClient
        let tenant: TenantID
        let correlation: CorrelationID

        func read(_ stream: StreamDescriptor) async throws -> Stream {
            let partitions = try await source.connector.partitions(
                of: stream.id, identity: identity, through: client)
            guard let first = partitions.first else {
                return Stream(stream: stream.id.rawValue, partitions: 0, records: 0, rejected: 0)
            }
            let walk = Walk(
                partition: PartitionID(tenant: tenant, source: source.id, stream: stream.id, key: first.key),
                descriptor: first, mode: .incremental, identity: identity, watermark: nil,
                pageSize: min(stream.pageSize, 20), startedAt: client.time.now, correlation: correlation)
            let page = try await source.connector.page(
                at: try source.connector.firstCursor(of: walk), of: walk, through: client)
            let content = try source.connector.content(of: page.raw, walk: walk)
            return Stream(
                stream: stream.id.rawValue, partitions: partitions.count, records: content.extracted,
                rejected: content.rejected.count)
        }
    }
}
