/// What a principal may do in a tenant. Each role may do what those before it may.
package enum Role: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// Reads.
    case viewer
    /// Also gives commands: starts, pauses, resumes, stops, retries, rewinds, replays.
    case `operator`
    /// Also configures, manages users and reads the audit.
    case admin

    package static func < (left: Role, right: Role) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}
