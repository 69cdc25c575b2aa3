import PulseTerminal

/// Words that narrow a list, and the field that they are typed in.
struct ListFilter: Hashable, Sendable {
    /// Words that all have to occur in a row; empty: all rows are shown.
    private(set) var text = ""
    /// Where it is typed; `nil` while it is not.
    private(set) var field: TextField?
    private var former = ""

    var isEmpty: Bool { text.isEmpty }

    mutating func open() {
        former = text
        field = TextField(text, limit: 100)
    }

    /// Enter keeps what was typed, Escape brings back what was there before, other keys edit.
    mutating func take(_ press: KeyPress) {
        switch press.key {
        case .enter: field = nil
        case .escape:
            field = nil
            text = former
        default: if field?.handle(press) == true { follow() }
        }
    }

    mutating func insert(_ pasted: String) {
        field?.insert(pasted)
        follow()
    }

    mutating func clear() { text = "" }
    /// What somebody else chose.
    mutating func set(_ words: String) { (text, field) = (words, nil) }

    private mutating func follow() { text = field?.text ?? "" }
}

extension ConsoleState {
    /// That of the open table; none where none is open.
    var rowFilter: ListFilter {
        get { data.open?.filter ?? ListFilter() }
        set { data.open?.filter = newValue }
    }

    /// The filter that is being typed on this screen.
    var openFilter: WritableKeyPath<ConsoleState, ListFilter>? {
        switch scope {
        case .home where fleet.filter.field != nil: \.fleet.filter
        case .logs where logs.filter.field != nil: \.logs.filter
        case .data where data.open?.filter.field != nil: \.rowFilter
        default: nil
        }
    }
}
