import PulseDomain
import Testing

@testable import PulseConnectors

@Suite struct TagTests {
    @Test func `annotated and lightweight tags become releases`() async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        try await laboratory.load(FastImport.chain(1...2))
        try await laboratory.load(
            "reset refs/tags/v1\nfrom refs/heads/main~1\n\n" + """
                tag v2
                from refs/heads/main
                tagger Eve <Eve@example.com> 1700009999 +0000
                data 18
                Second

                With text

                """)
        let harvest = try await laboratory.harvest(laboratory.walk(GitConnector.tagsStream))
        let hashes = try await laboratory.run(["rev-list", "--reverse", "main"], in: "pay").split(separator: "\n")
        #expect(harvest.texts(ReleaseColumns.tag) == ["v1", "v2"])
        #expect(harvest.texts(ReleaseColumns.id) == ["v1", "v2"].map { "\(hashes[0].prefix(16)):\($0)" })
        #expect(harvest.texts(ReleaseColumns.commitID) == hashes.map(String.init))
        #expect(harvest.texts(ReleaseColumns.authorID) == ["null", "eve@example.com"])
        #expect(harvest.texts(ReleaseColumns.body)[0] == "null")
        #expect(harvest.texts(ReleaseColumns.body)[1].hasPrefix("Second\n\nWith text"))
        #expect(
            harvest.values(ReleaseColumns.publishedAt) == [
                .integer(1_700_000_060_000_000), .integer(1_700_009_999_000_000),
            ])
        #expect(harvest.texts(PersonColumns.id) == ["eve@example.com"])
    }

    @Test(arguments: [1, 2, 5, 100])
    func `all pages together list every tag once and end with a census`(pageSize: Int) async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        let names = (1...11).map { "v\($0)" }
        try await laboratory.load(
            FastImport.chain(1...1) + names.map { "reset refs/tags/\($0)\nfrom refs/heads/main\n\n" }.joined())
        let walk = laboratory.walk(GitConnector.tagsStream, pageSize: pageSize)
        let harvest = try await laboratory.harvest(walk, isRestarted: true)
        #expect(harvest.texts(ReleaseColumns.tag) == names.sorted())
        #expect(harvest.censusIDs == harvest.texts(ReleaseColumns.id))
        #expect(harvest.scope?.table == "releases" && harvest.contents.count == (11 + pageSize - 1) / pageSize)
        let idle = try await laboratory.harvest(laboratory.walk(GitConnector.tagsStream, since: harvest.watermark))
        #expect(idle.extracted == 0 && idle.scope == nil && idle.watermark == harvest.watermark)
        try await laboratory.run(["tag", "-d", "v3"], in: "pay")
        let next = try await laboratory.harvest(laboratory.walk(GitConnector.tagsStream, since: idle.watermark))
        #expect(next.extracted == 10 && next.censusIDs.count == 10 && next.scope != nil)
    }
}
