package import PulseDomain

/// What a console knows of the way to its engine where a gateway is between.
package struct ConsoleLink: Sendable {
    /// The gateway's address, as it is shown.
    package var address: String
    /// Tells how the link stands and who else is there, at the beginning and whenever it changes.
    package var news: @Sendable () -> AsyncStream<LinkNews>
    /// Tells others which confirmation is open here, as a sentence, and what it is about; `nil`: none is.
    package var tell: @Sendable (_ confirmation: String?, _ job: JobID?) -> Void

    package init(
        address: String, news: @escaping @Sendable () -> AsyncStream<LinkNews>,
        tell: @escaping @Sendable (_ confirmation: String?, _ job: JobID?) -> Void
    ) {
        self.address = address
        self.news = news
        self.tell = tell
    }
}

/// What is told of a link. Spans of time count from the moment at which it is told.
package enum LinkNews: Sendable, Hashable {
    /// Events arrive; how long the last answer took.
    case live(roundTrip: Duration?)
    /// They do not: why, for how long, when it is tried again, and which try that will be. `retryIn` is `nil` where the
    /// console itself has to try.
    case lost(Failure, since: Duration, retryIn: Duration?, attempt: Int)
    /// Why no command can be given for as long as this login lasts, as a sentence; `nil`: they can.
    case mayOnlyLook(because: String?)
    /// The others who are connected.
    case others([PresenceStatus])
}
