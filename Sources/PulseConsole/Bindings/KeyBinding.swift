import PulseTerminal

/// Where a binding holds.
enum BindingScope: Hashable, Sendable {
    case home, detail, limits, recovery, logs, alerts, audit, health, data

    static let all: Set<BindingScope> = [.home, .detail, .limits, .recovery, .logs, .alerts, .audit, .health, .data]
}

/// Keys, and what they do. Footer, help and palette are made of these.
struct KeyBinding: Sendable {
    enum Group: String, CaseIterable, Sendable {
        case commands = "Commands"
        case choosing = "Choosing"
        case moving = "Moving"
        case screens = "Screens"
        case program = "Program"
    }

    var action: Action
    var keys: [KeyPress]
    /// What it does, for help and the palette.
    var title: String
    /// What it does in a word, for the footer; `nil` keeps it out of there.
    var hint: String?
    var group: Group
    var scopes: Set<BindingScope>

    init(
        _ action: Action, _ keys: [KeyPress], _ title: String, hint: String? = nil, _ group: Group,
        in scopes: Set<BindingScope> = BindingScope.all
    ) {
        self.action = action
        self.keys = keys
        self.title = title
        self.hint = hint
        self.group = group
        self.scopes = scopes
    }
}

extension KeyBinding {
    /// All bindings; in the footer they stand in this order.
    static let all: [KeyBinding] = commands + choosing + moving + screens + program

    private static let jobs: Set<BindingScope> = [.home, .detail]

    private static let commands: [KeyBinding] = [
        KeyBinding(
            .open, [KeyPress(.enter)], "Open what is selected", hint: "open", .choosing,
            in: [.home, .alerts, .logs, .audit, .recovery, .detail, .health, .data]),
        KeyBinding(
            .remedy, [KeyPress("f")], "Fix: the remedy that the alert proposes", hint: "fix", .commands,
            in: [.home, .alerts]),
        KeyBinding(
            .acknowledge, [KeyPress("a")], "Acknowledge the alert", hint: "ack", .commands, in: [.home, .alerts]),
        KeyBinding(
            .start, [KeyPress("s")], "Start: new changes, everything, or a range", hint: "start", .commands, in: jobs),
        KeyBinding(
            .pause, [KeyPress("p")], "Pause: now, for a while, until the quota resets", hint: "pause", .commands,
            in: jobs),
        KeyBinding(.resume, [KeyPress("r")], "Resume from the last checkpoint", hint: "resume", .commands, in: jobs),
        KeyBinding(
            .stop, [KeyPress("x")], "Stop now: the request under way is given up", hint: "stop", .commands, in: jobs),
        KeyBinding(.retry, [KeyPress("t")], "Retry a failed or stopped run", hint: "retry", .commands, in: jobs),
        KeyBinding(.hold, [KeyPress("h")], "Hold the job, or release it", hint: "hold", .commands, in: jobs),
        KeyBinding(
            .rewind, [KeyPress("w")], "Rewind to the selected checkpoint", hint: "rewind", .commands, in: [.detail]),
        KeyBinding(.skip, [.alt("k")], "Skip the selected partition", .commands, in: [.detail]),
        KeyBinding(
            .retransform, [KeyPress("T")], "Transform the kept pages again, without the network", .commands, in: jobs),
        KeyBinding(
            .replay, [KeyPress("r")], "Replay the selected or marked records", hint: "replay", .commands,
            in: [.recovery]),
        KeyBinding(
            .discard, [KeyPress("d")], "Discard the selected or marked records", hint: "discard", .commands,
            in: [.recovery]),
        KeyBinding(
            .confirmFinding, [KeyPress("c")], "Confirm the finding: its rows are marked as deleted", hint: "confirm",
            .commands, in: [.recovery]),
        KeyBinding(
            .undoFinding, [KeyPress("u")], "Undo the finding: its rows count as there again", hint: "undo", .commands,
            in: [.recovery]),
    ]

    private static let choosing: [KeyBinding] = [
        KeyBinding(
            .mark, [KeyPress(" ")], "Mark, for commands on several", hint: "mark", .choosing, in: [.home, .recovery]),
        KeyBinding(.markAll, [KeyPress("*")], "Mark all that are shown, or none", .choosing, in: [.home, .recovery]),
        KeyBinding(
            .filter, [KeyPress("/")],
            "Filter by words: of name, title or state; of log lines; of rows, or column=value",
            hint: "filter", .choosing, in: [.home, .logs, .data]),
        KeyBinding(.sort, [KeyPress("o")], "Order by the next column", hint: "order", .choosing, in: [.home]),
        KeyBinding(.reverse, [KeyPress("O")], "Reverse the order", .choosing, in: [.home]),
        KeyBinding(
            .deleted, [KeyPress("D")], "Show rows that are marked as deleted, too, or not", hint: "deleted", .choosing,
            in: [.data]),
        KeyBinding(.level, [KeyPress("v")], "Show more or fewer levels", hint: "level", .choosing, in: [.logs]),
        KeyBinding(.copy, [KeyPress("y")], "Copy what is selected to the clipboard", hint: "copy", .choosing),
    ]

    private static let moving: [KeyBinding] = [
        KeyBinding(.up, [KeyPress(.up), KeyPress("k")], "Up", .moving),
        KeyBinding(.down, [KeyPress(.down), KeyPress("j")], "Down", .moving),
        KeyBinding(.pageUp, [KeyPress(.pageUp), .control("b"), .control("u")], "A page up", .moving),
        KeyBinding(.pageDown, [KeyPress(.pageDown), .control("f"), .control("d")], "A page down", .moving),
        KeyBinding(.first, [KeyPress(.home), KeyPress("g")], "To the first", .moving),
        KeyBinding(.last, [KeyPress(.end), KeyPress("G")], "To the last; in logs: follow again", .moving),
        KeyBinding(
            .nextPanel, [KeyPress(.tab), KeyPress(.right), KeyPress("l")], "To the next panel", hint: "panel", .moving,
            in: [.home, .detail, .recovery]),
        KeyBinding(
            .previousPanel, [KeyPress(.backTab), KeyPress(.left)], "To the panel before", .moving,
            in: [.home, .detail, .recovery]),
        KeyBinding(.back, [KeyPress(.escape)], "Back; clears marks and filter first", .moving),
    ]

    private static let screens: [KeyBinding] = ScreenName.allCases.map { screen in
        KeyBinding(.show(screen), [KeyPress(Character(String(screen.rawValue)))], "\(screen.title) screen", .screens)
    }

    private static let program: [KeyBinding] = [
        KeyBinding(.palette, [KeyPress(":"), .control("p")], "Find a command or a job", hint: "find", .program),
        KeyBinding(.help, [KeyPress("?"), KeyPress(.function(1))], "Keys of this screen", .program),
        KeyBinding(.message, [KeyPress("m")], "The last message, whole", .program),
        KeyBinding(
            .reconnect, [KeyPress("R")], "Try the lost connection again now", hint: "try now", .program),
        KeyBinding(.reload, [.control("r"), KeyPress(.function(5))], "Read everything again", .program),
        KeyBinding(.theme, [.control("t")], "Next theme", .program),
        KeyBinding(.redraw, [.control("l")], "Draw the screen again", .program),
        KeyBinding(.suspend, [.control("z")], "Back to the shell for a while", .program),
        KeyBinding(.quit, [KeyPress("q"), .control("c")], "Quit", hint: "quit", .program),
    ]

    /// The binding of each key on a screen.
    static func table(for scope: BindingScope) -> [KeyPress: KeyBinding] { tables[scope] ?? [:] }

    private static let tables: [BindingScope: [KeyPress: KeyBinding]] = Dictionary(
        uniqueKeysWithValues: BindingScope.all.map { scope in
            var table: [KeyPress: KeyBinding] = [:]
            for binding in all where binding.scopes.contains(scope) {
                for key in binding.keys where table[key] == nil { table[key] = binding }
            }
            return (scope, table)
        })
}
