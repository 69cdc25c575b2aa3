package import PulseDomain

/// A user of the gateway, as administrators see one.
package struct UserStatus: WireObject, Hashable {
    package var name: String
    package var isDisabled: Bool
    package var createdAt: Instant
    package var lastLoginAt: Instant?
    package var memberships: [Membership]

    package init(
        name: String, isDisabled: Bool, createdAt: Instant, lastLoginAt: Instant?, memberships: [Membership]
    ) {
        self.name = name
        self.isDisabled = isDisabled
        self.createdAt = createdAt
        self.lastLoginAt = lastLoginAt
        self.memberships = memberships
    }

    package static let shapeName = "User"
    package static let about = "A user of the gateway."
    package static let example = UserStatus(
        name: "ada", isDisabled: false, createdAt: Example.instant, lastLoginAt: Example.minutes(2),
        memberships: [.example])

    package static func map(_ f: inout Fields<UserStatus>) throws(WireError) -> UserStatus {
        UserStatus(
            name: try f("name", { $0.name }), isDisabled: try f("is_disabled", { $0.isDisabled }),
            createdAt: try f("created_at", { $0.createdAt }), lastLoginAt: try f("last_login_at", { $0.lastLoginAt }),
            memberships: try f("memberships", { $0.memberships }))
    }
}

/// A user to be made, in the administrator's tenant.
package struct NewUser: WireObject, Hashable {
    package var name: String
    package var password: String
    package var role: Role

    package init(name: String, password: String, role: Role) {
        self.name = name
        self.password = password
        self.role = role
    }

    package static let isRequest = true
    package static let about = "A user to be made, in the tenant of who makes it."
    package static let example = NewUser(name: "grace", password: "correct horse battery staple", role: .viewer)

    package static func map(_ f: inout Fields<NewUser>) throws(WireError) -> NewUser {
        NewUser(
            name: try f("name", { $0.name }), password: try f("password", { $0.password }),
            role: try f("role", { $0.role }))
    }
}

/// What of a user changes; what is absent stays.
package struct UserChange: WireObject, Hashable {
    package var role: Role?
    package var isDisabled: Bool?
    package var password: String?

    package init(role: Role? = nil, isDisabled: Bool? = nil, password: String? = nil) {
        self.role = role
        self.isDisabled = isDisabled
        self.password = password
    }

    package static let isRequest = true
    package static let about = "What of a user changes; what is absent or null stays."
    package static let example = UserChange(role: .operator)

    package static func map(_ f: inout Fields<UserChange>) throws(WireError) -> UserChange {
        UserChange(
            role: try f("role", { $0.role }), isDisabled: try f("is_disabled", { $0.isDisabled }),
            password: try f("password", { $0.password }))
    }
}

extension PresenceStatus: WireObject {
    package static let shapeName = "Presence"
    package static let about = "Somebody who is connected, and which confirmation they have open."
    package static let example = PresenceStatus(
        id: "c-1f", principal: Example.ada, since: Example.instant, confirmation: "Pause jira-main/issues?",
        job: Example.job)

    package static func map(_ f: inout Fields<PresenceStatus>) throws(WireError) -> PresenceStatus {
        PresenceStatus(
            id: try f("id", { $0.id }, "Of one console: a principal may have several."),
            principal: try f("principal", { $0.principal }), since: try f("since", { $0.since }),
            confirmation: try f("confirmation", { $0.confirmation }, "Null when none is open."),
            job: try f("job", { $0.job }, "What the confirmation is about."))
    }
}

/// What a console tells of itself; told again within a minute, or it is taken for gone.
package struct PresenceReport: WireObject, Hashable {
    package var id: String
    package var confirmation: String?
    package var job: JobID?

    package init(id: String, confirmation: String? = nil, job: JobID? = nil) {
        self.id = id
        self.confirmation = confirmation
        self.job = job
    }

    package static let isRequest = true
    package static let about = "What a console tells of itself, at least once a minute."
    package static let example = PresenceReport(
        id: "c-1f", confirmation: "Pause jira-main/issues?", job: Example.job)

    package static func map(_ f: inout Fields<PresenceReport>) throws(WireError) -> PresenceReport {
        PresenceReport(
            id: try f("id", { $0.id }), confirmation: try f("confirmation", { $0.confirmation }),
            job: try f("job", { $0.job }))
    }
}

/// How a server is.
package struct HealthReport: WireObject, Hashable {
    package struct Check: WireObject, Hashable {
        package var name: String
        package var isGood: Bool
        package var sentence: String

        package init(name: String, isGood: Bool, sentence: String) {
            self.name = name
            self.isGood = isGood
            self.sentence = sentence
        }

        package static let shapeName = "HealthCheck"
        package static let about = "One thing that was looked at."
        package static let example = Check(name: "store", isGood: true, sentence: "The store answers.")

        package static func map(_ f: inout Fields<Check>) throws(WireError) -> Check {
            Check(
                name: try f("name", { $0.name }), isGood: try f("is_good", { $0.isGood }),
                sentence: try f("sentence", { $0.sentence }))
        }
    }

    package var checks: [Check]

    package init(checks: [Check]) { self.checks = checks }

    package var isGood: Bool { checks.allSatisfy(\.isGood) }

    package static let about = "How a server is: what was looked at, and what is wrong."
    package static let example = HealthReport(checks: [.example])

    package static func map(_ f: inout Fields<HealthReport>) throws(WireError) -> HealthReport {
        f.derived("is_good", { $0.isGood })
        return HealthReport(checks: try f("checks", { $0.checks }))
    }
}
