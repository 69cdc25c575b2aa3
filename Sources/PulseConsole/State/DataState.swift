import PulseDomain
import PulseTerminal

/// The unified tables, and the one whose rows are looked at.
struct DataState: Sendable {
    var tables: [TableStatus] = []
    var isLoaded = false
    /// Why they could not be read the last time.
    var failure: Failure?
    var table = TableState<TableName>()
    /// `nil`: the list of tables is shown.
    var open: OpenTable?
}

/// Rows of a table, as far as they were read. They are as of then: nothing tells when one changes.
struct OpenTable: Sendable {
    let table: Table
    /// Of the whole table, by the list that it was opened from.
    let total: Int
    private(set) var rows: [DataRow] = []
    private var ids: [RowID] = []
    /// Rows that fit the words, by position.
    private(set) var shown: [Int] = []
    /// Their ids, in the order of the list.
    private(set) var shownIDs: [RowID] = []
    /// The columns that hold something. Found out once, of the first rows: every draw asks for them.
    private(set) var columns: RowColumns
    var filter = ListFilter()
    /// What the filter's text means.
    private(set) var query = RowQuery()
    /// The text that was judged last.
    private var judged = ""
    var includesDeleted = false
    var list = TableState<RowID>()
    /// What is being read; `nil`: nothing.
    private(set) var asked: RowFilter?
    /// Whether nothing follows the last row.
    private(set) var isWhole = false
    var failure: Failure?
    /// When the first of them were read, on the engine's clock.
    private(set) var readAt: Instant?

    /// Rows that are read at once.
    static let page = 200
    private static let sample = 100
    /// More are not kept: a filter finds them sooner than leafing does.
    static let most = 5_000

    init(_ table: Table, total: Int) {
        self.table = table
        self.total = total
        columns = RowColumns(table, holding: [], includesDeleted: false)
    }

    var selected: DataRow? {
        guard let id = list.selection, let place = ids.firstIndex(of: id) else { return nil }
        return rows[place]
    }

    var isFull: Bool { rows.count >= Self.most }

    /// Begins anew, with the same filter.
    mutating func reload() {
        (rows, ids, shown, shownIDs) = ([], [], [], [])
        (asked, isWhole, failure, readAt) = (nil, false, nil, nil)
    }

    /// Takes up what was typed; why it cannot be asked.
    mutating func judge() -> RowQuery.Problem? {
        guard filter.field == nil, filter.text != judged else { return nil }
        judged = filter.text
        do {
            let wanted = try RowQuery(filter.text, of: table)
            let isOther = wanted.conditions != query.conditions
            query = wanted
            if isOther { reload() } else { narrow(from: 0) }
        } catch {
            return error
        }
        return nil
    }

    /// What has to be read now: the first rows, or those that follow when the end of the list is near.
    mutating func wish(height: Int) -> RowFilter? {
        guard asked == nil, !isWhole, failure == nil, !isFull else { return nil }
        let isNearEnd = list.index(in: shownIDs).map { $0 + height >= shownIDs.count } ?? true
        guard isNearEnd || shownIDs.count < height else { return nil }
        asked = RowFilter(
            table: table.name, conditions: query.conditions, includesDeleted: includesDeleted, after: ids.last,
            limit: Self.page)
        return asked
    }

    /// Takes what was read, if it is what is waited for.
    mutating func take(_ read: [DataRow], for filter: RowFilter, at now: Instant) {
        guard filter == asked else { return }
        asked = nil
        readAt = readAt ?? now
        isWhole = read.count < filter.limit
        let before = rows.count
        for row in read {
            guard let id = row.id(in: table) else { continue }
            rows.append(row)
            ids.append(id)
        }
        narrow(from: before)
    }

    mutating func fail(_ failure: Failure, for filter: RowFilter) {
        guard filter == asked else { return }
        asked = nil
        self.failure = failure
    }

    private mutating func narrow(from first: Int) {
        if first == 0 { (shown, shownIDs) = ([], []) }
        for place in first..<rows.count where query.fits(rows[place], of: table) {
            shown.append(place)
            shownIDs.append(ids[place])
        }
        let sample = shown.prefix(Self.sample).map { rows[$0] }
        columns = RowColumns(table, holding: sample, includesDeleted: includesDeleted)
    }
}

extension ConsoleState {
    /// Opens the chosen table.
    mutating func openTable() -> [ConsoleEffect] {
        guard let chosen = data.tables.first(where: { $0.name == data.table.selection }),
            let table = UnifiedSchema.table(chosen.name)
        else { return [] }
        data.open = OpenTable(table, total: chosen.rows)
        return []
    }

    /// Reads rows as they are needed.
    mutating func settleData() -> [ConsoleEffect] {
        guard screen == .data else { return [] }
        data.table.follow(data.tables.map(\.name))
        if let problem = data.open?.judge() { say("\(problem.sentence) \(problem.remedy)", .warning) }
        guard let shown = data.open?.shownIDs else { return [] }
        data.open?.list.follow(shown)
        let height = listHeight
        guard detail == nil, let wish = data.open?.wish(height: height) else { return [] }
        return [.loadRows(wish)]
    }
}
