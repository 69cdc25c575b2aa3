package import PulseDomain
package import PulseJSON

extension SourceKind: WireWord {}
extension ColumnType: WireWord {
    package static let allCases: [ColumnType] = [.text, .integer, .real, .boolean, .instant, .json]
}

extension SourceStatus: WireObject {
    package static let about = "A configured source."
    package static let example = SourceStatus(
        id: "jira-main", kind: .jira, identity: "jira.example.com as pulse", jobs: [Example.job])

    package static func map(_ f: inout Fields<SourceStatus>) throws(WireError) -> SourceStatus {
        SourceStatus(
            id: try f("id", { $0.id }), kind: try f("kind", { $0.kind }),
            identity: try f("identity", { $0.identity }, "Whose limits it spends from; never the credential itself."),
            jobs: try f("jobs", { $0.jobs }))
    }
}

/// A column as it is described to readers of data.
private struct ColumnShape: WireObject, Hashable {
    var name: String
    var type: ColumnType
    var isNullable: Bool
    var meaning: String
    var refersTo: TableName?

    init(_ column: Column) {
        name = column.name
        type = column.type
        isNullable = column.isNullable
        meaning = column.meaning
        refersTo = column.refersTo
    }

    static let shapeName = "Column"
    static let about = "A column of a unified table."
    static let example = ColumnShape(.required("title", .text, "What people call it."))

    static func map(_ f: inout Fields<ColumnShape>) throws(WireError) -> ColumnShape {
        var column = example
        column.name = try f("name", { $0.name })
        column.type = try f("type", { $0.type })
        column.isNullable = try f("is_nullable", { $0.isNullable })
        column.meaning = try f("meaning", { $0.meaning })
        column.refersTo = try f("refers_to", { $0.refersTo }, "The table whose id it holds.")
        return column
    }
}

extension TableStatus: WireObject {
    package static let about = "A table of the unified schema and how much it holds."
    package static let example = TableStatus(name: "work_items", rows: 5_000)

    package static func map(_ f: inout Fields<TableStatus>) throws(WireError) -> TableStatus {
        f.derived("meaning", { UnifiedSchema.table($0.name)?.meaning }, "What a row is.")
        f.derived(
            "columns",
            { status in
                (UnifiedSchema.table(status.name)?.columns ?? []).map(ColumnShape.init)
                    + Table.provenance.map(ColumnShape.init)
            })
        return TableStatus(
            name: try f("name", { $0.name }), rows: try f("rows", { $0.rows }, "Without those found gone."))
    }
}

/// Rows of one table: objects with a member for each column, and where the list goes on.
package struct RowPage: Wire, Hashable {
    package var table: TableName
    package var items: [DataRow]
    package var next: String?

    package init(table: TableName, items: [DataRow], next: String?) {
        self.table = table
        self.items = items
        self.next = next
    }

    package static var schema: Schema {
        .component("RowPage") {
            .object(
                [
                    Schema.Property(
                        name: "table", schema: .string(), about: "", isDerived: false, isRequired: true),
                    Schema.Property(
                        name: "items", schema: .array(of: .dictionary(of: .any)),
                        about: "A member for each column, named as the table tells.", isDerived: false, isRequired: true
                    ),
                    Schema.Property(
                        name: "next", schema: Schema.string().nullable,
                        about: "Where the list goes on; null at its end.",
                        isDerived: false, isRequired: true),
                ], about: "Rows of a unified table.", isClosed: false)
        }
    }

    package func write(to writer: inout JSONWriter) {
        let columns = Self.columns(of: table) ?? []
        writer.object { writer in
            writer.member("table", table.rawValue)
            writer.memberArray("items") { writer in
                for row in items {
                    writer.object { writer in
                        for (column, value) in zip(columns, row.values) {
                            writer.name(column.name)
                            value.write(as: column.type, to: &writer)
                        }
                    }
                }
            }
            writer.member("next", next)
        }
    }

    package static func read(_ tree: JSONTree) throws(WireError) -> RowPage {
        let table = try TableName.read(tree["table"] ?? .null)
        guard let columns = columns(of: table) else { throw WireError("is no table known here").within("table") }
        guard case .array(let rows) = tree["items"] else { throw WireError("is missing").within("items") }
        var items: [DataRow] = []
        for row in rows {
            var values: [RowValue] = []
            for column in columns {
                do throws(WireError) {
                    values.append(try RowValue.read(row[column.name] ?? .null, as: column.type))
                } catch {
                    throw error.within(column.name)
                }
            }
            items.append(DataRow(values: values))
        }
        return RowPage(table: table, items: items, next: try String?.read(tree["next"] ?? .null))
    }

    private static func columns(of table: TableName) -> [Column]? {
        UnifiedSchema.table(table).map(\.allColumns)
    }
}

extension RowValue {
    fileprivate func write(as type: ColumnType, to writer: inout JSONWriter) {
        switch (type, self) {
        case (_, .null): writer.null()
        case (.boolean, .integer(let flag)): writer.bool(flag != 0)
        case (.instant, .integer(let time)): writer.string(Instant(microseconds: time).wireText)
        case (_, .integer(let integer)): writer.int(integer)
        case (_, .real(let real)): real.write(to: &writer)
        case (_, .text(let text)): writer.string(text)
        }
    }

    fileprivate static func read(_ tree: JSONTree, as type: ColumnType) throws(WireError) -> RowValue {
        if case .null = tree { return .null }
        return switch type {
        case .text, .json: .text(try String.read(tree))
        case .integer: .integer(try Int64.read(tree))
        case .real: .real(try Double.read(tree))
        case .boolean: .integer(try Bool.read(tree) ? 1 : 0)
        case .instant: .integer(try Instant.read(tree).microseconds)
        }
    }
}

/// A part of a list, and where it goes on.
package struct ItemPage<Item: WireObject>: WireObject {
    package var items: [Item]
    /// The cursor of the next part; `nil` at the end.
    package var next: String?

    package init(_ items: [Item], next: String? = nil) {
        self.items = items
        self.next = next
    }

    package static var shapeName: String { "\(Item.shapeName)Page" }
    package static var about: String { "A part of a list, and where it goes on." }
    package static var example: ItemPage { ItemPage([Item.example], next: PageCursor(["17"]).text) }

    package static func map(_ f: inout Fields<ItemPage>) throws(WireError) -> ItemPage {
        ItemPage(
            try f("items", { $0.items }),
            next: try f("next", { $0.next }, "The cursor of the next part; null at the end."))
    }
}

/// Where a list goes on: some words, made opaque.
package struct PageCursor: Sendable, Hashable {
    package var words: [String]
    package init(_ words: [String]) { self.words = words }

    package var text: String { Base64.encodeForURL(words.json) }

    /// `nil` when it is no cursor of `count` words.
    package init?(_ text: String, count: Int) {
        guard text.utf8.count <= 4_096, let bytes = Base64.decodeFromURL(text), let words = try? [String](json: bytes),
            words.count == count
        else { return nil }
        self.words = words
    }
}
