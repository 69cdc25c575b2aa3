import Foundation
import PulseConnectors
import PulseDomain
import PulseMeasuring

/// Pages to rows, against `JSONDecoder` making structs of the same bytes.
struct PageBenchmark {
    private static let rounds = 15

    func run() async throws {
        print(
            "json: one page to rows through the connector, against JSONDecoder on the same bytes (quickest of \(Self.rounds))"
        )
        let world = World(issues: 2_000, cacheInMegabytes: 0)
        try await measure(
            "Jira search", world.page(of: .jira, stream: "issues"),
            decoders: [
                (
                    "JSONDecoder, fixed fields only",
                    { _ = try JSONDecoder().decode(JiraPage<NoCustomFields>.self, from: $0) }
                ),
                (
                    "JSONDecoder, custom fields too",
                    { _ = try JSONDecoder().decode(JiraPage<CustomFields>.self, from: $0) }
                ),
            ])
        try await measure(
            "GitHub pull requests", world.page(of: .github, stream: "pull_requests"),
            decoders: [
                ("JSONDecoder, times as text", { _ = try JSONDecoder().decode(GitHubPage<String>.self, from: $0) }),
                (
                    "JSONDecoder, times as dates",
                    {
                        let decoder = JSONDecoder()
                        decoder.dateDecodingStrategy = .iso8601
                        _ = try decoder.decode(GitHubPage<Date>.self, from: $0)
                    }
                ),
            ])
    }

    private func measure(
        _ name: String, _ subject: (connector: any Connector, page: RawPage, walk: Walk),
        decoders: [(name: String, decode: (Data) throws -> Void)]
    ) async throws {
        let (connector, page, walk) = subject
        let data = Data(page.body)
        let content = try connector.content(of: page, walk: walk)
        guard content.rejected.isEmpty, content.extracted > 0 else {
            throw BenchError("The page of \(name) was not mapped: \(content.rejected.count) rejected.")
        }
        var ours = Measured()
        var theirs = decoders.map { _ in Measured() }
        for _ in 0..<Self.rounds {
            // Ours is short: several times, so that the clock's steps do not matter.
            for _ in 0..<10 { _ = try ours.time { try connector.content(of: page, walk: walk) } }
            for index in decoders.indices { try theirs[index].time { try decoders[index].decode(data) } }
        }
        let megabytes = Double(page.body.count) / 1e6
        let rows = content.batches.reduce(0) { $0 + $1.count }
        print(
            """
              \(name): \(content.extracted) records, \(rows) rows, \(page.body.count / 1_024) KiB \
            (\((Double(page.body.count) / Double(content.extracted) / 1_024).shown()) KiB a record)
            """)
        report(
            "  connector, bytes to rows", "\((ours.seconds * 1e3).shown(2)) ms",
            "\((megabytes / ours.seconds).shown(0)) MB/s")
        for (decoder, measured) in zip(decoders, theirs) {
            report(
                "  \(decoder.name)", "\((measured.seconds * 1e3).shown(2)) ms",
                "\((megabytes / measured.seconds).shown(0)) MB/s",
                "\((measured.seconds / ours.seconds).shown()) x")
        }
    }
}
