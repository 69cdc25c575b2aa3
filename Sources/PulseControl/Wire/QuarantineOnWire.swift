import Foundation
import PulseDomain

/// A quarantined record with its payload in Base64: a third larger than it is, where an array of numbers is four times.
struct QuarantineOnWire: Codable, Hashable, Sendable {
    private var entry: QuarantineEntry
    private var payload: Data

    init(_ entry: QuarantineEntry) {
        self.entry = entry
        payload = Data(entry.record.payload)
        self.entry.record.payload = []
    }

    var value: QuarantineEntry {
        var entry = entry
        entry.record.payload = Array(payload)
        return entry
    }
}
