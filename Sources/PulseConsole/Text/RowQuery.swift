package import PulseDomain

/// What somebody asks of a table's rows, in words: `status=open assignee= "refund fails"`.
///
/// A word with `=` names a column and the value that it has to have, nothing for none; other words have to occur in the
/// row. Quotation marks keep blanks together.
package struct RowQuery: Hashable, Sendable {
    /// Chosen by the store.
    package var conditions: [RowFilter.Condition] = []
    /// In lower case; they have to occur in what a row shows.
    package var words: [String] = []

    /// Why it cannot be asked: what happened, and what can be.
    package struct Problem: Error, Hashable {
        package var sentence: String
        package var remedy: String
    }

    package init() {}

    package init(_ text: String, of table: Table) throws(Problem) { try self.init(words: Self.split(text), of: table) }

    /// Of words that are told apart already, as a shell does it.
    package init(words given: [String], of table: Table) throws(Problem) {
        for word in given {
            guard let sign = word.firstIndex(of: "="), sign != word.startIndex else {
                words.append(word.lowercased())
                continue
            }
            conditions.append(
                try Self.condition(word[..<sign].lowercased(), String(word[word.index(after: sign)...]), table))
        }
    }

    private static func condition(_ name: String, _ text: String, _ table: Table) throws(Problem) -> RowFilter.Condition
    {
        guard let column = table.allColumns.first(where: { $0.name == name }) else {
            let names = table.allColumns.filter { $0.type != .json }.map(\.name)
            throw Problem(
                sentence: "\(table.name) has no column \(name).", remedy: "It has \(names.joined(separator: ", ")).")
        }
        guard column.type != .json else {
            throw Problem(
                sentence: "Rows cannot be chosen by \(name), which holds a document.",
                remedy: "Words without = look for text in what is shown.")
        }
        guard !text.isEmpty else { return RowFilter.Condition(column: name, value: .null) }
        let isFlag = column.type == .boolean
        let meant = isFlag ? ["yes": "true", "no": "false"][text.lowercased()] ?? text.lowercased() : text
        guard let value = RowValue(text: meant, as: column.type) else {
            throw Problem(sentence: "\(name) cannot be \(text).", remedy: "It is \(form(of: column.type)).")
        }
        return RowFilter.Condition(column: name, value: value)
    }

    private static func form(of type: ColumnType) -> String {
        switch type {
        case .text, .json: "a text"
        case .integer: "a whole number"
        case .real: "a number"
        case .boolean: "yes or no"
        case .instant: "a time in UTC, as 2026-03-02T09:30:00Z"
        }
    }

    /// Whether a row has all the words.
    package func fits(_ row: DataRow, of table: Table) -> Bool {
        guard !words.isEmpty else { return true }
        let texts = zip(row.values, table.allColumns).map { RowText.cell($0, $1.type) }
        let text = texts.joined(separator: " ").lowercased()
        return words.allSatisfy { text.contains($0) }
    }

    private static func split(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        for character in text {
            if character == "\"" {
                isQuoted.toggle()
            } else if character == " ", !isQuoted {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        return word.isEmpty ? words : words + [word]
    }
}
