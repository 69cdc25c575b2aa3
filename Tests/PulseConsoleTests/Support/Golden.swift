import Foundation
import Testing

/// Screens as files. Set `PULSE_RECORD_GOLDEN=1` to write them anew, and read the difference before it is committed.
enum Golden {
    static func expect(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Golden")
        let file = folder.appendingPathComponent("\(name).txt")
        if ProcessInfo.processInfo.environment["PULSE_RECORD_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try (text + "\n").write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        let actual = text + "\n"
        guard actual != expected else { return }
        let pairs = zip(
            expected.split(separator: "\n", omittingEmptySubsequences: false),
            actual.split(separator: "\n", omittingEmptySubsequences: false))
        let first = pairs.enumerated().first { $0.element.0 != $0.element.1 }
        let place = first.map { "line \($0.offset + 1):\n  expected \($0.element.0)\n  actual   \($0.element.1)" }
        Issue.record(
            "\(name) looks different from \(place ?? "a line's end").\nThe whole screen:\n\(actual)",
            sourceLocation: sourceLocation)
    }
}
