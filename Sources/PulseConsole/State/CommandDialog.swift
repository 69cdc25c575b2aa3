import PulseDomain
import PulseTerminal

/// A command being decided on. Bound to the objects it was opened on, whatever the rows below do meanwhile.
struct CommandDialog: Sendable {
    /// One way to give the command, such as pausing for an hour.
    struct Variant: Hashable, Sendable {
        var title: String
        var commands: [Command]
        /// The jobs to start with a range that is typed; `nil` for variants that are complete.
        var rangeOf: [JobID]?
    }

    /// What keys go to.
    enum Focus: Hashable, Sendable { case variants, from, to, reason, typed, cancel, confirm }

    /// Tells dialogs apart, so that a late answer does not reach another dialog.
    let id: Int
    let title: String
    /// What it is about, in words: a job's name, `3 jobs`. To be typed before something is given up.
    let subject: String
    let verb: String
    let variants: [Variant]
    private(set) var chosen = 0
    private(set) var previews: [Int: [CommandOutcome<CommandPreview>]] = [:]
    private(set) var focus: Focus
    private(set) var reason = TextField(limit: 300)
    private(set) var typed = TextField(limit: 200)
    /// The dates of a variant that asks for them.
    private(set) var range: RangeFields
    /// What a rewind would go back to, and from where; `nil` for other commands.
    let comparison: CheckpointComparison?
    private var hasMoved = false

    init(
        id: Int, title: String, subject: String, verb: String, variants: [Variant], now: Instant = .epoch,
        comparison: CheckpointComparison? = nil
    ) {
        self.id = id
        self.title = title
        self.subject = subject
        self.verb = verb
        self.variants = variants
        self.comparison = comparison
        range = RangeFields(now: now)
        focus = variants.count > 1 ? .variants : .cancel
    }

    /// What is asked for; nothing while the range is none.
    var commands: [Command] {
        guard let jobs = variants[chosen].rangeOf else { return variants[chosen].commands }
        guard case .success(let range) = range.range else { return [] }
        return jobs.map { .start($0, .range(from: range.from, to: range.to)) }
    }

    /// Whether the chosen variant asks for dates.
    var asksForRange: Bool { variants[chosen].rangeOf != nil }

    /// Why the dates are no range; `nil` when they are, or none are asked for.
    var mistake: String? {
        guard asksForRange, case .failure(let mistake) = range.range else { return nil }
        return mistake.sentence
    }

    /// What the chosen variant would do; `nil` while the engine is thinking.
    var preview: PreviewSummary? { previews[chosen].map(PreviewSummary.init) }

    /// Why the command cannot be given now; `nil` when it can.
    var obstacle: String? {
        if let mistake { return mistake }
        guard let preview else { return "Wait for the preview: nothing is done unseen." }
        if let refusal = preview.refusal { return refusal }
        if needsName, typed.text != TerminalText.sanitize(subject) { return "Type the name first: \(subject)" }
        if preview.danger != .harmless, reason.isEmpty { return "Say why first: the reason goes into the audit." }
        return nil
    }

    /// What has to be typed before the command can be given, as a sentence; `nil` when nothing has to be.
    var missing: String? {
        guard mistake == nil, let preview, preview.refusal == nil else { return nil }
        let lacksName = needsName && typed.text != TerminalText.sanitize(subject)
        switch (needsReason && reason.isEmpty, lacksName) {
        case (true, true): return "\(buttonTitle) needs a reason, and the name typed."
        case (true, false): return "\(buttonTitle) needs a reason: type it."
        case (false, true): return "\(buttonTitle) needs the name typed."
        case (false, false): return nil
        }
    }

    /// Whether a reason has to be given.
    var needsReason: Bool { preview.map { $0.refusal == nil && $0.danger != .harmless } ?? false }

    /// What the button says that gives the command.
    var buttonTitle: String { String(verb.split(separator: " ").first ?? "Yes") }

    var needsName: Bool { preview?.danger == .destructive }

    mutating func show(_ outcomes: [CommandOutcome<CommandPreview>], of variant: Int) {
        // An answer about dates that were changed since is about something else.
        if variant == chosen, outcomes.map(\.command) != commands { return }
        previews[variant] = outcomes
        // What does no harm is one key away; for everything else Cancel stays the default.
        if variant == chosen, !hasMoved, focus == .cancel || focus == .confirm { focus = buttonByDefault }
    }

    /// Forgets previews that could not be had: they are asked for anew.
    mutating func forgetFailures() {
        previews = previews.filter { entry in
            entry.value.allSatisfy { if case .failure = $0.answer { false } else { true } }
        }
    }

    /// What a key led to.
    enum Outcome: Hashable, Sendable {
        case open
        case cancelled
        case confirmed
        case refused(String)
        /// Another variant was chosen.
        case changed
    }

    mutating func handle(_ press: KeyPress) -> Outcome {
        if press.key == .escape || press == .control("c") { return .cancelled }
        switch (press.key, focus) {
        case (.tab, _), (.down, .reason), (.down, .typed), (.down, .from), (.down, .to): move(by: 1)
        case (.backTab, _), (.up, .reason), (.up, .typed), (.up, .cancel), (.up, .confirm), (.up, .from), (.up, .to):
            move(by: -1)
        case (.up, .variants), (.left, .variants): return choose(chosen - 1)
        case (.down, .variants) where chosen == variants.count - 1: move(by: 1)
        case (.down, .variants), (.right, .variants): return choose(chosen + 1)
        case (.left, .cancel), (.left, .confirm): focusOn(.cancel)
        case (.right, .cancel), (.right, .confirm): focusOn(.confirm)
        case (.enter, .variants): focusOn(asksForRange ? .from : buttonByDefault)
        case (.enter, .from): focusOn(.to)
        case (.enter, .to):
            if let mistake { return .refused(mistake) }
            focusOn(buttonByDefault)
        case (_, .from): return edit { _ = $0.from.handle(press) }
        case (_, .to): return edit { _ = $0.to.handle(press) }
        case (.enter, .reason): focusOn(needsName ? .typed : buttonByDefault)
        case (.enter, .typed): focusOn(.confirm)
        case (.enter, .cancel): return .cancelled
        case (.enter, .confirm): return obstacle.map { .refused($0) } ?? .confirmed
        case (_, .typed): _ = typed.handle(press)
        default:
            // Whatever is typed is the reason, so that nobody has to find the field first.
            let before = reason
            if reason.handle(press), reason != before { focusOn(.reason) }
        }
        return .open
    }

    mutating func paste(_ text: String) -> Outcome {
        switch focus {
        case .typed: typed.insert(text)
        case .from: return edit { $0.from.insert(text) }
        case .to: return edit { $0.to.insert(text) }
        default:
            reason.insert(text)
            focusOn(.reason)
        }
        return .open
    }

    /// Changes the dates; what they led to before counts no more.
    private mutating func edit(_ change: (inout RangeFields) -> Void) -> Outcome {
        let before = commands
        change(&range)
        guard commands != before else { return .open }
        previews[chosen] = nil
        return commands.isEmpty ? .open : .changed
    }

    private var buttonByDefault: Focus {
        preview?.danger == .harmless && preview?.refusal == nil ? .confirm : .cancel
    }

    private var stops: [Focus] {
        (variants.count > 1 ? [.variants] : []) + (asksForRange ? [.from, .to] : []) + [.reason]
            + (needsName ? [.typed] : []) + [.cancel, .confirm]
    }

    private mutating func move(by step: Int) {
        let stops = stops
        let index = stops.firstIndex(of: focus) ?? 0
        focusOn(stops[(index + step + stops.count) % stops.count])
    }

    private mutating func focusOn(_ next: Focus) {
        focus = next
        hasMoved = true
    }

    private mutating func choose(_ index: Int) -> Outcome {
        let next = max(0, min(variants.count - 1, index))
        guard next != chosen else { return .open }
        chosen = next
        typed = TextField(limit: 200)
        return previews[next] == nil && !commands.isEmpty ? .changed : .open
    }
}
