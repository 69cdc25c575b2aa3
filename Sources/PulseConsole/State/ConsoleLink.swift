package import PulseDomain
import PulseTerminal

/// What a console knows of the way to its engine where a gateway is between.
package struct ConsoleLink: Sendable {
    /// The gateway's address, as it is shown.
    package var address: String
    /// The name of the context that it was opened with; `nil`: the address was given by itself.
    package var context: String?
    /// Tells how the link stands and who else is there, at the beginning and whenever it changes.
    package var news: @Sendable () -> AsyncStream<LinkNews>
    /// Tells others which confirmation is open here, as a sentence, and what it is about; `nil`: none is.
    package var tell: @Sendable (_ confirmation: String?, _ job: JobID?) -> Void

    package init(
        address: String, context: String? = nil, news: @escaping @Sendable () -> AsyncStream<LinkNews>,
        tell: @escaping @Sendable (_ confirmation: String?, _ job: JobID?) -> Void
    ) {
        self.address = address
        self.context = context
        self.news = news
        self.tell = tell
    }
}

/// Somebody at a gateway, as the gateway knows them.
package struct SignedIn: Sendable, Hashable {
    package var name: String
    package var role: Role

    package init(name: String, role: Role) {
        self.name = name
        self.role = role
    }

    /// `ada (operator)`
    var shown: String { shown(in: 24) }

    /// The same with less of a long name.
    var brief: String { shown(in: 12) }

    private func shown(in width: Int) -> String {
        "\(TerminalText.truncate(name, to: width, .middle)) (\(role.rawValue))"
    }
}

extension ConsoleLink {
    /// Where it leads, as briefly as can be: `team (gateway.acme)`, `gateway.acme`. That the way is not encrypted is
    /// worth its letters.
    var shown: String { context.map { "\($0) (\(shortAddress))" } ?? shortAddress }

    /// The context's name where there is one, else the address.
    var name: String { context ?? shortAddress }

    private var shortAddress: String { address.hasPrefix("https://") ? String(address.dropFirst(8)) : address }
}

/// What is told of a link. Spans of time count from the moment at which it is told.
package enum LinkNews: Sendable, Hashable {
    /// Events arrive; how long the last answer took.
    case live(roundTrip: Duration?)
    /// They do not: why, for how long, when it is tried again, and which try that will be. `retryIn` is `nil` where the
    /// console itself has to try.
    case lost(Failure, since: Duration, retryIn: Duration?, attempt: Int)
    /// Whom the gateway takes one for.
    case signedIn(SignedIn)
    /// Why no command can be given for as long as this login lasts, as a sentence; `nil`: they can.
    case mayOnlyLook(because: String?)
    /// The others who are connected.
    case others([PresenceStatus])
}
