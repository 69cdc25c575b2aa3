import PulseDomain
import PulseTerminal

/// A command being decided on. Bound to the objects it was opened on, whatever the rows below do meanwhile.
struct CommandDialog: Sendable {
    /// One way to give the command, such as pausing for an hour.
    struct Variant: Hashable, Sendable {
        var title: String
        var commands: [Command]
    }

    /// What keys go to.
    enum Focus: Hashable, Sendable { case variants, reason, typed, cancel, confirm }

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
    private var hasMoved = false

    init(id: Int, title: String, subject: String, verb: String, variants: [Variant]) {
        self.id = id
        self.title = title
        self.subject = subject
        self.verb = verb
        self.variants = variants
        focus = variants.count > 1 ? .variants : .cancel
    }

    var commands: [Command] { variants[chosen].commands }

    /// What the chosen variant would do; `nil` while the engine is thinking.
    var preview: PreviewSummary? { previews[chosen].map(PreviewSummary.init) }

    /// Why the command cannot be given now; `nil` when it can.
    var obstacle: String? {
        guard let preview else { return "Wait for the preview: nothing is done unseen." }
        if let refusal = preview.refusal { return refusal }
        if needsName, typed.text != TerminalText.sanitize(subject) { return "Type the name first: \(subject)" }
        if preview.danger != .harmless, reason.isEmpty { return "Say why first: the reason goes into the audit." }
        return nil
    }

    var needsName: Bool { preview?.danger == .destructive }

    mutating func show(_ outcomes: [CommandOutcome<CommandPreview>], of variant: Int) {
        previews[variant] = outcomes
        // What does no harm is one key away; for everything else Cancel stays the default.
        if variant == chosen, !hasMoved, focus == .cancel || focus == .confirm { focus = buttonByDefault }
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
        case (.tab, _), (.down, .reason), (.down, .typed): move(by: 1)
        case (.backTab, _), (.up, .reason), (.up, .typed), (.up, .cancel), (.up, .confirm): move(by: -1)
        case (.up, .variants), (.left, .variants): return choose(chosen - 1)
        case (.down, .variants) where chosen == variants.count - 1: move(by: 1)
        case (.down, .variants), (.right, .variants): return choose(chosen + 1)
        case (.left, .cancel), (.left, .confirm): focusOn(.cancel)
        case (.right, .cancel), (.right, .confirm): focusOn(.confirm)
        case (.enter, .variants): focusOn(buttonByDefault)
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

    mutating func paste(_ text: String) {
        if focus == .typed {
            typed.insert(text)
        } else {
            reason.insert(text)
            focusOn(.reason)
        }
    }

    private var buttonByDefault: Focus {
        preview?.danger == .harmless && preview?.refusal == nil ? .confirm : .cancel
    }

    private var stops: [Focus] {
        (variants.count > 1 ? [.variants] : []) + [.reason] + (needsName ? [.typed] : []) + [.cancel, .confirm]
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
        return previews[next] == nil ? .changed : .open
    }
}
