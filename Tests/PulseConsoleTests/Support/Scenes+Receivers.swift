import PulseDomain

extension Scene {
    /// One that is told, one that is not, and one that lost some.
    static func receivers() -> [ReceiverStatus] {
        [
            ReceiverStatus(name: "ops", way: "webhook", heldBack: 2, lastDeliveredAt: moment - .minutes(12)),
            ReceiverStatus(
                name: "oncall", way: "mail", waiting: 3, lastDeliveredAt: moment - .hours(5),
                failingSince: moment - .minutes(48),
                failure: "The mail program (sendmail) ended with status 1. Run it by hand to see why."),
            ReceiverStatus(name: "archive", way: "webhook", lastDeliveredAt: moment - .minutes(12), givenUp: 7),
        ]
    }

    /// Much is wrong, and not everybody hears of it.
    static func untold() -> Overview {
        var overview = busy.overview()
        overview.engine.receivers = receivers()
        return overview
    }
}
