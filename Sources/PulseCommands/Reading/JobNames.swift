import PulseConfiguration
package import PulseDomain

/// Jobs as they are typed: `source/stream`, or the stream alone where only one source has it.
package enum JobNames {
    /// Throws `CommandError` (usage) with the nearest name.
    package static func job(_ typed: String, among jobs: [JobID]) throws -> JobID {
        if let job = jobs.first(where: { $0.rawValue == typed }) { return job }
        let streams = jobs.filter { $0.stream.rawValue == typed }
        if streams.count == 1 { return streams[0] }
        if streams.count > 1 {
            throw CommandError(
                .usage, "Several sources have a stream \(typed).",
                remedy: "Name one of \(streams.map(\.rawValue).joined(separator: ", ")).")
        }
        let name = typed.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F } ? typed : "of that name"
        let meant = nearestName(to: typed, among: jobs.map(\.rawValue)).map { "Did you mean \($0)? " } ?? ""
        throw CommandError(.usage, "There is no job \(name).", remedy: "\(meant)`pulse jobs` lists those there are.")
    }
}
