package import PulseDomain
package import PulseStore

/// What a receiver is told of an alert.
package struct AlertMessage: Sendable, Hashable {
    /// What happened.
    package enum Event: String, Sendable, Hashable {
        case raised, resolved
        /// Nothing: it is tried whether messages arrive.
        case test
    }

    /// The same for every try: a receiver that sees it again knows that it had it. Derived from what it is about.
    package var id: String
    package var event: Event
    package var tenant: TenantID
    /// Its texts are bounded, and without control characters: they are shown by programs that we do not know.
    package var alert: Alert
    /// Since when the alert was there, or as bad.
    package var since: Instant
    /// When it came to be; the same for every try.
    package var at: Instant
    /// Since when the alert is over; `nil` while it is there.
    package var endedAt: Instant?
    /// How often the alert came back since this receiver was told of it.
    package var recurrences: Int
    /// When that was; `nil` when it never was.
    package var lastToldAt: Instant?
    /// The commands that help, as they are typed.
    package var advice: [String]

    package init(
        event: Event, tenant: TenantID, receiver: String, alert: Alert, since: Instant, at: Instant,
        endedAt: Instant? = nil, recurrences: Int = 0, lastToldAt: Instant? = nil, advice: [String] = []
    ) {
        self.event = event
        self.tenant = tenant
        self.alert = alert
        self.alert.sentence = Self.plain(alert.sentence, most: 500)
        self.alert.because = Self.plain(alert.because, most: 2_000)
        self.alert.next = alert.next.map { Self.plain($0, most: 500) }
        self.since = since
        self.at = at
        self.endedAt = endedAt
        self.recurrences = recurrences
        self.lastToldAt = lastToldAt
        self.advice = advice.map { Self.plain($0, most: 500) }
        let about = [tenant.rawValue, receiver, alert.id, String(since.microseconds), event.rawValue]
        let digest = SecureHash.sha256(Array(about.joined(separator: "\u{0}").utf8))
        id = "msg_" + digest.prefix(16).map { Self.hexadecimal($0) }.joined()
    }

    package init(of delivery: Delivery, tenant: TenantID, advice: [String]) {
        self.init(
            event: delivery.key.event == .raised ? .raised : .resolved, tenant: tenant,
            receiver: delivery.key.receiver, alert: delivery.alert, since: delivery.key.since, at: delivery.dueAt,
            endedAt: delivery.endedAt, recurrences: delivery.recurrences, lastToldAt: delivery.lastToldAt,
            // Nothing has to be done about what is over.
            advice: delivery.endedAt == nil ? advice : [])
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }

    /// In one line, and not longer than that.
    private static func plain(_ text: String, most: Int) -> String {
        let scalars = text.unicodeScalars.prefix(most + 1).map { scalar in
            scalar.properties.generalCategory == .control ? " " : scalar
        }
        let line = String(String.UnicodeScalarView(scalars.prefix(most)))
        return scalars.count > most ? line + "…" : line
    }

    /// For people, in one line.
    package var subject: String {
        switch event {
        case .raised:
            "[Pulse \(tenant)] \(alert.severity.rawValue)\(recurrences > 0 ? ", again" : "")"
                + "\(endedAt == nil ? "" : ", over by now"): \(alert.sentence)"
        case .resolved: "[Pulse \(tenant)] over: \(alert.sentence)"
        case .test: "[Pulse \(tenant)] test: \(alert.sentence)"
        }
    }

    /// For people, in paragraphs.
    package var text: String {
        var lines = [alert.sentence, ""]
        if event != .test { lines += ["Since:  \(since.iso8601ToSecond)"] }
        // A receiver that was away hears of it late.
        if let endedAt { lines += ["Until:  \(endedAt.iso8601ToSecond)"] }
        if event == .resolved || endedAt != nil { lines += ["It is over: nothing has to be done."] }
        if recurrences > 0 { lines.append("Again:  \(recurrence)") }
        if !alert.because.isEmpty { lines += ["Why:    \(alert.because)"] }
        if event == .raised, endedAt == nil {
            lines.append("Next:   \(alert.next ?? "Nothing happens by itself.")")
            if let at = alert.nextAt { lines.append("At:     \(at.iso8601ToSecond)") }
            if !advice.isEmpty { lines += ["", "What helps:"] + advice.map { "    \($0)" } }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var recurrence: String {
        let times = "It came back \(recurrences.counted("time"))"
        guard let lastToldAt else { return "\(times) before it could be told." }
        return "\(times) since it was told last, at \(lastToldAt.iso8601ToSecond)."
    }
}
