/// Somebody who is told of alerts, and how.
package struct NotifyReceiver: Sendable, Hashable {
    /// The way a message takes.
    package enum Way: Sendable, Hashable {
        /// A request by POST, signed with the secret (https://www.standardwebhooks.com).
        case webhook(url: String, secret: SecretReference)
        /// A mail on the standard input of a shell command, as sendmail takes it.
        case mail(command: String, from: String, to: [String])
    }

    /// What it is called in logs and commands; one of its own.
    package var name: String
    package var way: Way
    package var severities: Set<Severity>
    /// Empty: all.
    package var kinds: Set<AlertKind>
    /// Whether it is also told that an alert is over.
    package var tellsResolved: Bool
    /// Empty: all.
    package var tenants: Set<TenantID>

    package init(
        name: String, way: Way, severities: Set<Severity> = [.critical, .warning], kinds: Set<AlertKind> = [],
        tellsResolved: Bool = false, tenants: Set<TenantID> = []
    ) {
        self.name = name
        self.way = way
        self.severities = severities
        self.kinds = kinds
        self.tellsResolved = tellsResolved
        self.tenants = tenants
    }

    /// Whether it is told of that.
    package func wants(_ event: AlertEvent, of alert: Alert, in tenant: TenantID) -> Bool {
        (event == .raised || tellsResolved) && severities.contains(alert.severity)
            && (kinds.isEmpty || kinds.contains(alert.kind)) && (tenants.isEmpty || tenants.contains(tenant))
    }
}

/// What happened to an alert.
package enum AlertEvent: String, Sendable, Hashable, Codable, CaseIterable {
    case raised, resolved
}
