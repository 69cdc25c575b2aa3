/// Where a person is in a table. The selection is an object, not a row: it follows the object when rows are sorted,
/// added or removed.
package struct TableState<ID: Hashable & Sendable>: Hashable, Sendable {
    /// The selected object; nil while the table is empty.
    package private(set) var selection: ID?
    /// Marked objects, for commands on several.
    package var marked: Set<ID> = []
    /// Whether a person chose the selection; until then a list of the most urgent rests at its top.
    package private(set) var isChosen = false
    /// The first row shown.
    package private(set) var top = 0
    // Where the selection was last: the place to look first, and where to go on when it is gone.
    private var lastIndex = 0

    /// Nothing selected yet.
    package init(selection: ID? = nil) { self.selection = selection }

    /// The selection's row; nil when it is not among `ids`. Costs one comparison as long as rows stay in place.
    package func index(in ids: some RandomAccessCollection<ID>) -> Int? {
        guard let selection else { return nil }
        if lastIndex < ids.count, ids[ids.index(ids.startIndex, offsetBy: lastIndex)] == selection { return lastIndex }
        return ids.firstIndex(of: selection).map { ids.distance(from: ids.startIndex, to: $0) }
    }

    /// Selects an object.
    package mutating func select(_ id: ID, in ids: some RandomAccessCollection<ID>) {
        isChosen = true
        selection = id
        lastIndex = index(in: ids) ?? lastIndex
    }

    /// Selects the row, or the nearest there is.
    package mutating func select(row: Int, in ids: some RandomAccessCollection<ID>) {
        isChosen = true
        place(at: row, in: ids)
    }

    /// Keeps to the selected object from here on, though nobody moved to it.
    package mutating func choose() { isChosen = selection != nil }

    /// Lets go of the chosen object: the list may rest at its top again.
    package mutating func letGo() { isChosen = false }

    private mutating func place(at row: Int, in ids: some RandomAccessCollection<ID>) {
        guard !ids.isEmpty else {
            selection = nil
            return
        }
        lastIndex = max(0, min(row, ids.count - 1))
        selection = ids[ids.index(ids.startIndex, offsetBy: lastIndex)]
    }

    /// Moves the selection by rows; stops at the ends.
    package mutating func move(by rows: Int, in ids: some RandomAccessCollection<ID>) {
        select(row: (index(in: ids) ?? lastIndex) + rows, in: ids)
    }

    /// Selects the first row.
    package mutating func moveToFirst(in ids: some RandomAccessCollection<ID>) { select(row: 0, in: ids) }

    /// Selects the last row.
    package mutating func moveToLast(in ids: some RandomAccessCollection<ID>) { select(row: ids.count - 1, in: ids) }

    /// After the rows changed: finds the selection's new row; when the object is gone, selects the one that took its
    /// place. Marks of objects that are gone are removed. `restsAtTop`: the first row is selected as long as nobody chose
    /// one.
    package mutating func follow(_ ids: some RandomAccessCollection<ID>, restsAtTop: Bool = false) {
        if restsAtTop, !isChosen {
            place(at: 0, in: ids)
        } else if let index = index(in: ids) {
            lastIndex = index
        } else {
            place(at: lastIndex, in: ids)
        }
        if !marked.isEmpty { marked.formIntersection(ids) }
    }

    /// Marks the selection, or takes the mark away.
    package mutating func toggleMark() {
        guard let selection else { return }
        isChosen = true
        if marked.remove(selection) == nil { marked.insert(selection) }
    }

    /// Scrolls so that the selection is visible on `height` rows. Call it when the selection, the rows or the size
    /// changed; drawing scrolls for itself where it was not called.
    package mutating func scroll(height: Int, in ids: some RandomAccessCollection<ID>) {
        lastIndex = index(in: ids) ?? lastIndex
        top = firstVisible(height: height, count: ids.count, selected: index(in: ids))
    }

    /// The first row to show so that `selected` is visible and no room is wasted below the last row.
    package func firstVisible(height: Int, count: Int, selected: Int?) -> Int {
        guard height > 0 else { return 0 }
        var first = top
        if let selected {
            first = max(selected - height + 1, min(first, selected))
        }
        return max(0, min(first, count - height))
    }
}
