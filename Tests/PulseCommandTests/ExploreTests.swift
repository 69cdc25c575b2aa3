import Foundation
import PulseTestTurns
import Testing

@testable import PulseCommands

@Suite(.long) struct ExploreTests {
    @Test func `repositories are loaded and summed up, and a second time nothing is wrong either`() async throws {
        let place = try Place()
        let folder = try place.repository("shop", messages: ["PAY-1 begin", "PAY-1 go on", "OPS-7 end"])
        let captured = Captured()
        let session = ExploreSession(
            .init(paths: [folder], isOnce: true), context: captured.context(home: place.path))
        #expect(try await session.run(console: .init()) == .ok)
        #expect(
            captured.out.hasPrefix(
                """
                FOUND                   COUNT
                repositories                1
                commits                     3
                people                      1
                releases (tags)             0
                mentions of work items      3
                different work items        2

                AUTHOR  COMMITS  LAST
                Ada           3  20
                """))
        #expect(
            captured.error.split(separator: "\n").sorted() == [
                "git/commits: succeeded, 3 records", "git/repositories: succeeded, 1 record",
                "git/tags: succeeded, 0 records",
            ])
        #expect(captured.out.contains("\nREPOSITORY  COMMITS  RELEASES  LAST\nshop              3         0  20"))
        #expect(try await session.run(console: .init()) == .ok)
    }

    @Test func `a folder without a repository ends with a sentence, not with waiting`() async throws {
        let place = try Place()
        let captured = Captured()
        let session = ExploreSession(
            .init(paths: [place.path], isOnce: true), context: captured.context(home: place.path))
        let error = await #expect(throws: CommandError.self) { try await session.run(console: .init()) }
        #expect(error?.status == .failed)
        #expect(error?.lines.first?.hasPrefix("No git repository was found below") == true)
        #expect(captured.out.isEmpty && !captured.error.contains("no git repository"))
    }

    @Test func `of two clones of one repository one is loaded, and it is told which is not`() async throws {
        let place = try Place()
        let first = try place.repository("src/first", messages: ["one"])
        _ = try place.copy(first, to: "src/second")
        let captured = Captured()
        let session = ExploreSession(
            .init(paths: ["\(place.path)/src"], isOnce: true), context: captured.context(home: place.path))
        #expect(try await session.run(console: .init()) == .ok)
        #expect(captured.error.components(separatedBy: "is another clone of").count == 2, "\(captured.error)")
    }

    @Test func `the same folders have the same store, others have another`() {
        #expect(ExploreSession.name(of: ["/a/shop"]) == ExploreSession.name(of: ["/a/shop"]))
        #expect(ExploreSession.name(of: ["/a", "/b"]) == ExploreSession.name(of: ["/b", "/a"]))
        #expect(ExploreSession.name(of: ["/a/shop"]) != ExploreSession.name(of: ["/b/shop"]))
        #expect(ExploreSession.name(of: ["/a/shop"]).hasPrefix("shop-"))
    }

    @Test func `a folder that is not there is a mistake of the one who typed it`() async throws {
        let place = try Place()
        let session = ExploreSession(
            .init(paths: ["\(place.path)/no"], isOnce: true), context: Captured().context(home: place.path))
        let error = await #expect(throws: CommandError.self) { try await session.run(console: .init()) }
        #expect(error?.status == .usage)
    }
}
