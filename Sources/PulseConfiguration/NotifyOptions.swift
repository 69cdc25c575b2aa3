package import PulseDomain

/// What can be set about telling people of alerts.
package struct NotifyOptions: Sendable, Hashable {
    package var receivers: [NotifyReceiver] = []
    /// How long a message is tried, 1 minute to 7 days.
    package var givenUpAfter: Duration = .hours(24)
    /// An alert that comes back sooner after it was told of is held back until then: none to 7 days.
    package var repeatsAfter: Duration = .hours(4)
    /// That an alert is over is told when it has stayed away for so long: what comes and goes would be told all the time.
    package static let resolvedAfter = Duration.minutes(5)

    package init() {}
}
