import PulseDomain

/// Whose failed logins are counted: an account, whether or not it exists, or an address.
enum LoginSubject: Sendable, Hashable {
    case account(String)
    case address(String)

    /// What it is kept under. Not the name: people type passwords where the name belongs.
    var key: String {
        switch self {
        case .account(let name): "account " + Base64.encodeForURL(Secret.digest(name).prefix(16))
        case .address(let address): "address " + address.prefix(64)
        }
    }

    /// Failures that cost nothing: people mistype, and many share an address.
    var free: Int {
        switch self {
        case .account: 3
        case .address: 10
        }
    }
}

/// How long to wait after failed logins.
///
/// The wait doubles with each failure beyond the free ones, up to a quarter of an hour: 100 guesses at an account take
/// a day. It ends by itself, so nobody can lock somebody else out for good.
enum LoginThrottle {
    static let longest = Duration.minutes(15)
    /// Failures are forgotten when there was none for so long.
    static let memory = Duration.hours(24)

    /// After so many failures in a row.
    static func wait(after failures: Int, free: Int) -> Duration {
        guard failures > free else { return .zero }
        let doublings = min(failures - free - 1, 20)
        return min(.seconds(1 << doublings), longest)
    }
}
