import PulseDomain
import PulseTerminal

extension ConsoleState {
    mutating func take(_ input: InputEvent) -> [ConsoleEffect] {
        switch input {
        case .key(let press): return take(press)
        case .paste(let text): return paste(text)
        case .resize(let size): self.size = size
        case .mouse(let event):
            switch event.action {
            case .scrollUp: return overlay == nil ? run(.up) : take(KeyPress(.up))
            case .scrollDown: return overlay == nil ? run(.down) : take(KeyPress(.down))
            case .press(.left): click(event.position)
            default: break
            }
        case .resumed, .wake: break
        case .hangup: return [.end(signal: 1)]
        case .terminate(let signal): return [.end(signal: signal)]
        }
        return []
    }

    private mutating func take(_ press: KeyPress) -> [ConsoleEffect] {
        if notice?.isAnswer == true { notice = nil }
        if let overlay { return take(press, over: overlay) }
        if let filter = openFilter { return type(press, in: filter) }
        guard let binding = KeyBinding.table(for: scope)[press] else { return [] }
        return attempt(binding.action)
    }

    /// Runs an action, or says why it does nothing now.
    mutating func attempt(_ action: Action) -> [ConsoleEffect] {
        switch availability(of: action) {
        case .enabled: return run(action)
        case .disabled(let reason):
            say(reason, .warning)
            notice?.isAnswer = true
            return []
        }
    }

    private mutating func take(_ press: KeyPress, over overlay: Overlay) -> [ConsoleEffect] {
        switch overlay {
        case .help(let scrolled):
            switch press.key {
            case .down, .character("j"): self.overlay = .help(scrolled: scrolled + 1)
            case .up, .character("k"): self.overlay = .help(scrolled: max(0, scrolled - 1))
            case .pageDown, .character(" "): self.overlay = .help(scrolled: scrolled + 10)
            case .pageUp: self.overlay = .help(scrolled: max(0, scrolled - 10))
            default: self.overlay = nil
            }
            return []
        case .reading(let reading): return take(press, in: reading)
        case .palette(let palette): return take(press, in: palette)
        case .command(let dialog): return take(press, in: dialog)
        case .quit(let isConfirmFocused):
            switch press.key {
            case .left, .right, .tab, .backTab: self.overlay = .quit(isConfirmFocused: !isConfirmFocused)
            case .enter:
                self.overlay = nil
                if isConfirmFocused { return end() }
            case .escape, .character("n"): self.overlay = nil
            default: break
            }
            return []
        }
    }

    private mutating func take(_ press: KeyPress, in palette: PaletteState) -> [ConsoleEffect] {
        var palette = palette
        let items = palette.items
        switch (press.key, press.modifiers) {
        case (.escape, _), (.character("c"), .control):
            overlay = nil
            return []
        case (.enter, _):
            overlay = nil
            guard items.indices.contains(palette.chosen) else { return [] }
            return choose(items[palette.chosen])
        case (.up, _), (.character("p"), .control): palette.chosen = max(0, palette.chosen - 1)
        case (.down, _), (.character("n"), .control), (.tab, _):
            palette.chosen = max(0, min(items.count - 1, palette.chosen + 1))
        case (.pageUp, _): palette.chosen = max(0, palette.chosen - 8)
        case (.pageDown, _): palette.chosen = max(0, min(items.count - 1, palette.chosen + 8))
        default:
            if palette.field.handle(press) {
                palette.items = PaletteItem.matches(self, for: palette.field.text)
                palette.chosen = 0
            }
        }
        overlay = .palette(palette)
        return []
    }

    private mutating func choose(_ item: PaletteItem) -> [ConsoleEffect] {
        switch item.target {
        case .action(let action): return attempt(action)
        case .job(let job): return open(job)
        case .theme(let index): return useTheme(index)
        }
    }

    private mutating func take(_ press: KeyPress, in dialog: CommandDialog) -> [ConsoleEffect] {
        var dialog = dialog
        let outcome = dialog.handle(press)
        overlay = .command(dialog)
        switch outcome {
        case .open: return []
        case .cancelled: overlay = nil
        case .refused(let reason): say(commandObstacle ?? reason, .warning)
        case .changed: return [.preview(dialog: dialog.id, variant: dialog.chosen, dialog.commands)]
        case .confirmed:
            // The link may have been lost since the dialog was opened.
            if let obstacle = commandObstacle {
                say(obstacle, .warning)
                return []
            }
            overlay = nil
            home.jobs.marked = []
            recovery.table.marked = []
            say("\(dialog.title)…", .info)
            return [.perform(dialog.commands, reason: dialog.reason.text)]
        }
        return []
    }

    /// Types in a filter; the list can be moved in meanwhile.
    private mutating func type(
        _ press: KeyPress, in filter: WritableKeyPath<ConsoleState, ListFilter>
    ) -> [ConsoleEffect] {
        switch press.key {
        case .up: return run(.up)
        case .down: return run(.down)
        case .pageUp: return run(.pageUp)
        case .pageDown: return run(.pageDown)
        default: self[keyPath: filter].take(press)
        }
        return []
    }

    /// Scrolls and copies; every other key closes.
    private mutating func take(_ press: KeyPress, in reading: Reading) -> [ConsoleEffect] {
        var reading = reading
        switch press.key {
        case .down, .character("j"): reading.scroll(by: 1, size: size)
        case .up, .character("k"): reading.scroll(by: -1, size: size)
        case .pageDown, .character(" "): reading.scroll(by: 10, size: size)
        case .pageUp: reading.scroll(by: -10, size: size)
        case .home, .character("g"): reading.scroll(by: -100_000, size: size)
        case .end, .character("G"): reading.scroll(by: 100_000, size: size)
        case .character("y"): return [.copy(reading.copy)]
        default:
            overlay = nil
            return []
        }
        overlay = .reading(reading)
        return []
    }

    private mutating func paste(_ text: String) -> [ConsoleEffect] {
        switch overlay {
        case .command(var dialog):
            let outcome = dialog.paste(text)
            overlay = .command(dialog)
            if outcome == .changed {
                return [.preview(dialog: dialog.id, variant: dialog.chosen, dialog.commands)]
            }
        case .palette(var palette):
            palette.field.insert(text)
            palette.items = PaletteItem.matches(self, for: palette.field.text)
            palette.chosen = 0
            overlay = .palette(palette)
        case .help, .reading, .quit: break
        case nil:
            // Pasted text is never taken for commands.
            guard let filter = openFilter else {
                say("Pasted text means nothing here. Press / to filter, : to find.", .info)
                return []
            }
            self[keyPath: filter].insert(text)
        }
        return []
    }

    private mutating func click(_ point: Point) {
        guard overlay == nil, scope == .home else { return }
        let layout = HomeLayout(self)
        let body = layout.jobRows
        guard body.contains(point) else { return }
        home.focus = .jobs
        let row = home.jobs.top + point.y - body.minY
        if row < fleet.order.count { home.jobs.select(row: row, in: fleet.order) }
    }
}
