/// What the terminal tells the console.
package enum InputEvent: Hashable, Sendable {
    /// A key, with what was held.
    case key(KeyPress)
    /// Pasted text in one piece, already sanitised; lines are separated by `\n`.
    case paste(String)
    /// A mouse button or wheel (only when the mouse was asked for).
    case mouse(MouseEvent)
    /// The terminal has another size now; draw again.
    case resize(Size)
    /// The program was stopped and goes on, or the screen was lost: everything is sent again with the next surface.
    case resumed
    /// The operating system asks to end (SIGTERM, SIGINT, SIGHUP); end with `Terminal.end(bySignal:)`.
    case terminate(signal: Int32)
    /// The terminal is gone. Nothing can be shown any more.
    case hangup
    /// `Waker.wake()` was called (many calls may arrive as one).
    case wake
}

/// A key as a person names it.
package enum Key: Hashable, Sendable {
    /// A letter, digit or sign, with Shift already applied ("A", "?"). Space is `.character(" ")`.
    case character(Character)
    /// Return or Enter.
    case enter
    /// Tab.
    case tab
    /// Shift-Tab.
    case backTab
    /// Escape.
    case escape
    /// Deletes to the left.
    case backspace
    /// Deletes to the right.
    case delete
    /// Insert.
    case insert
    /// Home.
    case home
    /// End.
    case end
    /// Page up.
    case pageUp
    /// Page down.
    case pageDown
    /// Arrow up.
    case up
    /// Arrow down.
    case down
    /// Arrow left.
    case left
    /// Arrow right.
    case right
    /// F1 to F24.
    case function(Int)
}

/// A key together with the modifiers held.
package struct KeyPress: Hashable, Sendable {
    /// Modifier keys.
    package struct Modifiers: OptionSet, Hashable, Sendable {
        /// One bit a modifier.
        package let rawValue: UInt8

        /// From bits.
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Shift; never reported with characters, whose case tells it.
        package static let shift = Modifiers(rawValue: 1)
        /// Alt or Option.
        package static let alt = Modifiers(rawValue: 2)
        /// Control.
        package static let control = Modifiers(rawValue: 4)
    }

    /// The key.
    package var key: Key
    /// What was held.
    package var modifiers: Modifiers

    /// A key with modifiers.
    package init(_ key: Key, _ modifiers: Modifiers = []) {
        self.key = key
        self.modifiers = modifiers
    }

    /// A character without modifiers.
    package init(_ character: Character) { self.init(.character(character)) }

    /// Control with a letter, given in lower case.
    package static func control(_ character: Character) -> KeyPress { KeyPress(.character(character), .control) }

    /// Alt with a character.
    package static func alt(_ character: Character) -> KeyPress { KeyPress(.character(character), .alt) }

    /// A short name for hints and help: `j`, `Ctrl-R`, `Enter`, `PgUp`, `Shift-F3`.
    package var label: String {
        var prefix = ""
        if modifiers.contains(.control) { prefix += "Ctrl-" }
        if modifiers.contains(.alt) { prefix += "Alt-" }
        if modifiers.contains(.shift) { prefix += "Shift-" }
        switch key {
        case .character(" "): return prefix + "Space"
        case .character(let character):
            return prefix + (modifiers.contains(.control) ? character.uppercased() : String(character))
        case .enter: return prefix + "Enter"
        case .tab: return prefix + "Tab"
        case .backTab: return prefix + "Shift-Tab"
        case .escape: return prefix + "Esc"
        case .backspace: return prefix + "Backspace"
        case .delete: return prefix + "Del"
        case .insert: return prefix + "Ins"
        case .home: return prefix + "Home"
        case .end: return prefix + "End"
        case .pageUp: return prefix + "PgUp"
        case .pageDown: return prefix + "PgDn"
        case .up: return prefix + "Up"
        case .down: return prefix + "Down"
        case .left: return prefix + "Left"
        case .right: return prefix + "Right"
        case .function(let number): return prefix + "F\(number)"
        }
    }
}

/// A mouse action at a cell.
package struct MouseEvent: Hashable, Sendable {
    /// What happened.
    package enum Action: Hashable, Sendable {
        /// A button went down.
        case press(Button)
        /// A button went up.
        case release(Button)
        /// Moved with a button held.
        case drag(Button)
        /// The wheel, away from the person.
        case scrollUp
        /// The wheel, towards the person.
        case scrollDown
    }

    /// A mouse button.
    package enum Button: Hashable, Sendable {
        /// The main one.
        case left
        /// The wheel.
        case middle
        /// The other one.
        case right
    }

    /// What happened.
    package var action: Action
    /// Where, counted from zero.
    package var position: Point
    /// What was held.
    package var modifiers: KeyPress.Modifiers

    /// An action at a cell.
    package init(_ action: Action, at position: Point, _ modifiers: KeyPress.Modifiers = []) {
        self.action = action
        self.position = position
        self.modifiers = modifiers
    }
}
