import Foundation
import PulseDomain
import PulseStore

/// A folder for databases that goes with the value's last reference.
final class Folder {
    private let url: URL

    init(in parent: String) throws {
        url = URL(fileURLWithPath: parent).appending(path: "pulse-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        // Nothing depends on a folder that stays behind.
        try? FileManager.default.removeItem(at: url)
    }

    func path(_ name: String) -> String { url.appending(path: name).path }

    func sizeInMegabytes(_ name: String) -> Double {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path(name))
        return (attributes?[.size] as? NSNumber).map { $0.doubleValue / 1_048_576 } ?? .nan
    }

    func removeAll() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: url.path) {
            try FileManager.default.removeItem(at: url.appending(path: name))
        }
    }

    func open(_ name: String) async throws -> SQLiteStore {
        try await SQLiteStore.open(.file(path(name)), tenant: "bench")
    }
}
