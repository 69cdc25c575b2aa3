/// Where reads of a store go that has a replica for them.
package struct ReadsStatus: Sendable, Hashable, Codable {
    /// The replica, for people, without a password.
    package var location: String
    /// How far it was behind when it was last looked at; `nil` when that is not known.
    package var lag: Duration?
    /// Why the store itself is read, a sentence; `nil`: the replica is.
    package var detour: String?

    package init(location: String, lag: Duration? = nil, detour: String? = nil) {
        self.location = location
        self.lag = lag
        self.detour = detour
    }

    /// Where there is little room: `replica behind by 0.4 s`.
    package var short: String {
        if let detour { return "replica not read: \(detour)" }
        return "replica behind by \(seconds) s"
    }

    private var seconds: Double { ((lag ?? .zero).inSeconds * 10).rounded() / 10 }

    /// In one line: `postgres://db2/pulse, behind by 0.4 s`.
    package var sentence: String {
        if let detour { return "the store itself: \(detour)" }
        return "\(location), behind by \(seconds) s"
    }
}
