import Foundation
import Glibc
import Testing

@testable import PulseCommands

struct TemporaryFolderTests {
    private static func names(in place: Place) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
    }

    @Test func `only its owner may enter it, and nothing is left of it`() throws {
        let place = try Place()
        let folder = try #require(TemporaryFolder(in: place.path, prefix: "demo-"))
        var status = stat()
        try #require(stat(folder.path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
        _ = try place.write("rows", to: "\((folder.path as NSString).lastPathComponent)/pulse.db-wal")
        folder.delete()
        #expect(try Self.names(in: place) == [])
    }

    @Test func `what a killed process left over goes with the next start, and what another one uses stays`() throws {
        let place = try Place()
        let used = try #require(TemporaryFolder(in: place.path, prefix: "demo-"))
        // The kernel has given the lock of a killed process back: a folder that nobody has locked.
        try FileManager.default.createDirectory(atPath: place.path + "/demo-killed", withIntermediateDirectories: false)
        _ = try place.write("rows", to: "demo-killed/pulse.db")
        try FileManager.default.createDirectory(atPath: place.path + "/other", withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(
            atPath: place.path + "/demo-link", withDestinationPath: place.path + "/other")
        let folder = try #require(TemporaryFolder(in: place.path, prefix: "demo-"))
        let names = [used.path, folder.path, "demo-link", "other"].map { ($0 as NSString).lastPathComponent }
        #expect(try Self.names(in: place) == names.sorted())
        withExtendedLifetime((used, folder)) {}
    }

    @Test func `where none can be made there is none`() throws {
        #expect(TemporaryFolder(in: "/proc/none", prefix: "demo-") == nil)
    }
}
