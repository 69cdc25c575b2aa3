package import PulseDomain

/// A team's Pulse under a name: where it is, and how it is used from here.
package struct RemoteContext: Sendable, Hashable {
    package var name: String
    /// `https://pulse.example.com`.
    package var gateway: String
    /// In which tenant; `nil`: the one of the login.
    package var tenant: TenantID?
    /// PEM: authorities that are trusted besides the system's; `nil`: none.
    package var caFile: String?
    /// Whether commands are refused here, whatever the role allows.
    package var isReadOnly: Bool

    package init(
        name: String, gateway: String, tenant: TenantID? = nil, caFile: String? = nil, isReadOnly: Bool = false
    ) {
        self.name = name
        self.gateway = gateway
        self.tenant = tenant
        self.caFile = caFile
        self.isReadOnly = isReadOnly
    }
}

/// The contexts of a user: what `contexts.yaml` holds.
package struct RemoteContexts: Sendable, Hashable {
    /// What this machine's own configuration is called: no gateway can have this name.
    package static let local = "local"

    /// The one that is used when none is named; `nil`: this machine's own.
    package var current: String?
    /// By name.
    package private(set) var all: [RemoteContext]

    package init(current: String? = nil, _ all: [RemoteContext] = []) {
        self.current = current
        self.all = all.sorted { $0.name < $1.name }
    }

    package subscript(name: String) -> RemoteContext? { all.first { $0.name == name } }

    /// Adds it, or replaces the one of its name.
    package mutating func put(_ context: RemoteContext) {
        all.removeAll { $0.name == context.name }
        all.append(context)
        all.sort { $0.name < $1.name }
    }

    /// Takes it out; this machine's own is used then, if it was the current one.
    package mutating func remove(_ name: String) {
        all.removeAll { $0.name == name }
        if current == name { current = nil }
    }

    /// Letters, digits, `.`, `-` and `_`, 1 to 64 of them, and not what this machine's own is called.
    package static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && name != local
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
