import Foundation
import PulseDomain
import Testing

@testable import PulseConfiguration

@Suite struct RemoteContextsTests {
    private let path =
        FileManager.default.temporaryDirectory.path + "/pulse-contexts-\(UUID().uuidString)/contexts.yaml"

    private func write(_ text: String) throws {
        let folder = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    @Test func `what is written is read again`() throws {
        defer { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }
        #expect(try RemoteContexts.read(path: path) == RemoteContexts())
        let all = [
            RemoteContext(name: "null", gateway: "https://a.example.com"),
            RemoteContext(
                name: "7.5", gateway: "https://b.example.com:5000", tenant: "it's # acme", caFile: "/a: b/ca.pem",
                isReadOnly: true),
        ]
        for current in [nil, "null", "7.5"] {
            try RemoteContexts.change(path: path) { $0 = RemoteContexts(current: current, all) }
            #expect(try RemoteContexts.read(path: path) == RemoteContexts(current: current, all))
        }
        try RemoteContexts.change(path: path) { $0.remove("7.5") }
        #expect(try RemoteContexts.read(path: path) == RemoteContexts(current: nil, [all[0]]))
    }

    @Test func `everything that is wrong is told with its line`() throws {
        defer { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }
        try write(
            """
            current: taem
            contexts:
              team:
                gatway: https://a.example.com
              local:
                gateway: https://b.example.com
              two: 2
            colour: blue
            """)
        let problems = #expect(throws: ConfigurationProblems.self) { try RemoteContexts.read(path: path) }
        let lines = problems?.problems.map { $0.line ?? 0 } ?? []
        #expect(Set(lines) == [1, 4, 5, 7, 8])
        #expect(problems?.description.contains("Did you mean gateway?") == true)
    }
}
