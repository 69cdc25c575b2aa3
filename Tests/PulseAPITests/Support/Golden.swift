import Foundation
import Testing

/// Documents that stay as they are: scripts and other versions read them.
enum Golden {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Golden")

    /// Holds `text` against the stored document; `PULSE_RECORD_GOLDEN=1` stores it instead.
    static func expect(_ text: String, _ name: String) throws {
        let file = folder.appending(path: name)
        if ProcessInfo.processInfo.environment["PULSE_RECORD_GOLDEN"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let stored = try String(contentsOf: file, encoding: .utf8)
        guard stored != text else { return }
        let lines = zip(stored.split(separator: "\n"), text.split(separator: "\n"))
        let first = lines.first { $0 != $1 }
        Issue.record("\(name) differs: stored \(first?.0 ?? "more or fewer lines"), now \(first?.1 ?? "")")
    }
}
