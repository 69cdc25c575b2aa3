import PulseAPI
package import PulseDomain

/// Who may come in.
package struct User: Sendable, Hashable {
    /// What is typed at login: 1 to 64 of a-z, 0-9, `.`, `_`, `-`, `@`.
    package let name: String
    /// What it may do, by tenant. A user with none may log in nowhere.
    package var roles: [TenantID: Role]
    package var isDisabled: Bool
    /// The password was given to it by somebody else, or printed: it is only good for choosing another.
    package var mustChangePassword: Bool
    package var createdAt: Instant
    /// `nil`: never.
    package var lastLoginAt: Instant?
    var password: PasswordHash

    init(
        name: String, password: PasswordHash, roles: [TenantID: Role], createdAt: Instant,
        mustChangePassword: Bool = false, isDisabled: Bool = false, lastLoginAt: Instant? = nil
    ) {
        self.name = name
        self.password = password
        self.roles = roles
        self.createdAt = createdAt
        self.mustChangePassword = mustChangePassword
        self.isDisabled = isDisabled
        self.lastLoginAt = lastLoginAt
    }

    /// Whether a name can be one of a user. Those of the engine's own principals cannot.
    package static func isName(_ name: String) -> Bool {
        let others = [Principal.engine.name, Principal.schedule.name]
        return (1...64).contains(name.utf8.count) && !others.contains(name)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
                    UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "@"):
                    true
                default: false
                }
            }
    }
}

extension TokenScope {
    /// The role that it is good for; never more than its user's.
    var role: Role {
        switch self {
        case .read: .viewer
        case .operate: .operator
        case .admin: .admin
        }
    }
}

/// A token that a person made for a script. The secret itself is shown once and not kept.
struct StoredToken: Sendable, Hashable {
    let id: String
    var user: String
    var tenant: TenantID
    /// What its owner calls it.
    var name: String
    var scope: TokenScope
    var createdAt: Instant
    var expiresAt: Instant
    /// To the minute; `nil`: never.
    var lastUsedAt: Instant?
}

/// All tokens that follow from one login. When one of them is used twice, somebody has a copy, and all end.
struct RefreshFamily: Sendable, Hashable {
    let id: String
    var user: String
    var tenant: TenantID
    var createdAt: Instant
    /// However often it is renewed.
    var expiresAt: Instant
}

/// What became of a refresh token that was presented.
enum RefreshOutcome: Sendable, Hashable {
    /// Spent now; the family goes on with the new one.
    case rotated(RefreshFamily)
    /// Spent before by the same client, which has not used the successor: that is made again with the salt.
    case repeated(RefreshFamily, salt: [UInt8])
    /// It was spent before: the family is ended.
    case reused(RefreshFamily)
    /// Never issued, expired, or its family is over.
    case unknown
}
