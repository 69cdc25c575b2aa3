import PulseDomain

/// Why no command at all can be given now.
enum CommandObstacle: Hashable, Sendable {
    /// Whoever this is only looks: why, as a sentence.
    case looksOnly(String)
    /// The engine has not answered yet.
    case unheard
    /// The link to it is lost; it was heard last then.
    case lost(asOf: Instant)
    /// The store does not answer since then.
    case storeAway(since: Instant)
    /// The store has another trouble, told as a sentence.
    case storeTrouble(String)

    /// Why, and what to do instead.
    func sentence(_ times: TimeTexts) -> String {
        switch self {
        case .looksOnly(let reason): reason
        case .unheard: "The engine has not answered yet."
        case .lost(let asOf):
            "Nothing is sent: the engine was heard last at \(times.clockWithSeconds(asOf)), and commands "
                + "are not kept for later. Give it again once the header says live."
        case .storeAway(let since):
            "Nothing can be done: the store does not answer since \(times.clockWithSeconds(since)), and "
                + "commands are not kept for later. Give it again once the header says live."
        case .storeTrouble(let trouble):
            "Nothing can be done while the store has trouble, and commands are not kept for later. "
                + CauseText(trouble).whole
        }
    }

    /// For a dialog that stays open, in 70 columns at most: that nothing can be sent now.
    func brief(_ times: TimeTexts) -> String {
        switch self {
        case .looksOnly: "Nothing can be sent now: this console only looks."
        case .unheard: "Nothing can be sent before the engine answers."
        case .lost(let asOf):
            "Offline since \(times.clockWithSeconds(asOf)): nothing can be sent before the link is back."
        case .storeAway(let since):
            "The store is away since \(times.clockWithSeconds(since)): nothing can be sent before."
        case .storeTrouble: "Nothing can be sent while the store has trouble."
        }
    }
}
