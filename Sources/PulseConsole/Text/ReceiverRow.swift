import PulseDomain

/// Who is told of alerts, as texts that the screen and the plain twin share.
struct ReceiverRow {
    var label: Label
    var name: String
    var way: String
    /// How it goes: a few facts, the weightiest first.
    var facts: [String]
    /// Why it fails; empty when it does not.
    var because: String
    /// Whether somebody has to look at it.
    var isFailing: Bool

    init(_ receiver: ReceiverStatus, _ times: TimeTexts) {
        (name, way) = (receiver.name, receiver.way)
        because = receiver.failure ?? ""
        isFailing = receiver.failure != nil
        let waiting = receiver.waiting.counted("message") + receiver.waiting.noun(" waits", " wait")
        let last = receiver.lastDeliveredAt.map { "told \(times.ago($0))" } ?? "nothing was to be told within a month"
        facts = []
        if isFailing {
            label = .error("not told")
            if let since = receiver.failingSince { facts.append("failing for \(times.age(since: since))") }
            facts.append(waiting)
            if let next = receiver.nextTryAt { facts.append("tried again \(times.until(next))") }
            if receiver.lastDeliveredAt != nil { facts.append(last) }
        } else {
            label = Self.label(receiver)
            facts.append(last)
            if receiver.waiting > 0 { facts.append(waiting) }
        }
        if receiver.heldBack > 0 {
            facts.append("\(receiver.heldBack) came back and \(receiver.heldBack.noun("is", "are")) told later")
        }
        if receiver.givenUp > 0 { facts.append("\(receiver.givenUp) given up within a week") }
    }

    private static func label(_ receiver: ReceiverStatus) -> Label {
        if receiver.givenUp > 0 { return .warning("not told all") }
        if receiver.waiting > 0 { return .info("being told") }
        return receiver.lastDeliveredAt == nil ? .info("ready") : .ok("told")
    }
}
