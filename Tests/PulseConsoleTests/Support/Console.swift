import PulseDomain
import PulseTerminal

@testable import PulseConsole

/// A console without a terminal: events in, pictures out.
struct Console {
    var state: ConsoleState
    var effects: [ConsoleEffect] = []

    init(_ size: Size = Size(120, 40), options: ConsoleOptions = ConsoleOptions(principal: Principal("ada"))) {
        state = ConsoleState(options: options, size: size)
    }

    /// A console that has heard of a scene.
    init(
        _ scene: Scene, _ size: Size = Size(120, 40),
        options: ConsoleOptions = ConsoleOptions(principal: Principal("ada"))
    ) {
        self.init(size, options: options)
        send(.overview(scene.overview()))
    }

    /// A console that has heard of a scene and read the log.
    init(loaded scene: Scene, _ size: Size) {
        self.init(scene, size)
        send(.logs(scene == .empty ? [] : Scene.detail(of: "jira-cloud/issues").logs))
    }

    mutating func send(_ event: ConsoleEvent) { effects += state.update(event) }

    /// Presses keys one after the other, as when they come in one packet.
    mutating func press(_ keys: KeyPress...) {
        for key in keys { send(.input(.key(key))) }
    }

    mutating func type(_ text: String) {
        for character in text { press(KeyPress(character)) }
    }

    /// Answers requests for rows as the scripted engine does, also those that answers lead to.
    mutating func answerRows() {
        var answered = 0
        while answered < effects.count, case .loadRows(let filter)? = effects.last {
            answered = effects.count
            send(.rows(filter, Scene.rows(filter)))
        }
    }

    /// Answers the newest request for a preview as the scripted engine does.
    mutating func answerPreview(_ answer: (Command) -> CommandPreview = ScriptedOperations.preview) {
        let asked = effects.last { if case .preview = $0 { true } else { false } }
        guard case .preview(let dialog, let variant, let commands)? = asked else { return }
        send(.previewed(dialog: dialog, variant: variant, commands.map { CommandOutcome($0, .success(answer($0))) }))
    }

    func drawing(_ glyphs: GlyphMode = .unicode) -> ConsoleDrawing {
        ConsoleDrawing(state, size: state.size, glyphs: glyphs, now: state.now)
    }

    func text(_ glyphs: GlyphMode = .unicode) -> String { drawing(glyphs).surface.plainText }

    var dialog: CommandDialog? {
        if case .command(let dialog)? = state.overlay { dialog } else { nil }
    }
}
