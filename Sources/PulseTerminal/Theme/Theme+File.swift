import Yams

/// Why a theme file cannot be used. Its description begins with file, line and column, as editors understand.
package enum ThemeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where in the file, counted from one.
    package struct Place: Hashable, Sendable, CustomStringConvertible {
        /// The file's name as given to the reader.
        package let file: String
        /// The line.
        package let line: Int
        /// The column.
        package let column: Int

        /// `file:line:column`.
        package var description: String { "\(file):\(line):\(column)" }
    }

    /// Not YAML.
    case syntax(Place, String)
    /// A key that themes do not have, with the nearest that they do.
    case unknownKey(Place, key: String, suggestion: String?)
    /// A key given twice.
    case repeatedKey(Place, key: String)
    /// A value that means nothing here, with what would.
    case invalidValue(Place, key: String, expected: String)

    /// What is wrong, where, and what to do.
    package var description: String {
        switch self {
        case .syntax(let place, let problem):
            return "\(place): this is not valid YAML (\(problem)). Correct the line, or remove the file."
        case .unknownKey(let place, let key, let suggestion?):
            return "\(place): themes have no \"\(key)\". Did you mean \"\(suggestion)\"?"
        case .unknownKey(let place, let key, nil):
            return "\(place): themes have no \"\(key)\". Remove it, or look for its name in an existing theme."
        case .repeatedKey(let place, let key):
            return "\(place): \"\(key)\" is given twice. Remove one of them."
        case .invalidValue(let place, let key, let expected):
            return "\(place): \"\(key)\" must be \(expected)."
        }
    }

    /// A stable name for logs.
    package var code: String {
        switch self {
        case .syntax: "theme.syntax"
        case .unknownKey: "theme.unknown_key"
        case .repeatedKey: "theme.repeated_key"
        case .invalidValue: "theme.invalid_value"
        }
    }
}

extension Theme {
    /// Reads a theme file.
    ///
    /// ```yaml
    /// name: Harbour
    /// colors:
    ///   text: "#d5dde8"
    ///   error: { color: "#ff6f5e", ansi: bright-red, attributes: [bold], monochrome: [bold, reverse] }
    ///   background: terminal
    /// ```
    ///
    /// - Parameters:
    ///   - yaml: The file's text.
    ///   - file: Its name, for errors.
    ///   - base: Where meanings that the file leaves out come from.
    package init(yaml: String, file: String, base: Theme = .terminal) throws(ThemeError) {
        self = base
        let reader = ThemeReader(file: file)
        for (key, value) in try reader.pairs(reader.parse(yaml), key: "theme") {
            switch key.text {
            case "name": name = TerminalText.sanitize(try reader.string(value, key: "name"))
            case "colors":
                for (role, look) in try reader.pairs(value, key: "colors") {
                    guard let known = ColorRole.named(role.text) else {
                        throw reader.unknown(role, among: ColorRole.allCases.map(\.name))
                    }
                    self[known] = try reader.entry(look, key: role.text, base: base[known])
                }
            default: throw reader.unknown(key, among: ["name", "colors"])
            }
        }
    }
}

private struct ThemeReader {
    struct Key {
        var text: String
        var place: ThemeError.Place
    }

    let file: String

    func parse(_ yaml: String) throws(ThemeError) -> Node {
        do {
            guard let node = try Yams.compose(yaml: yaml, .basic) else {
                throw ThemeError.invalidValue(
                    place(nil), key: "theme", expected: "a mapping with \"name\" and \"colors\"")
            }
            return node
        } catch let error as ThemeError {
            throw error
        } catch YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _)
        {
            throw .syntax(place(mark), problem)
        } catch let YamlError.duplicatedKeysInMapping(duplicates, context) {
            throw .repeatedKey(place(context.mark), key: duplicates.first ?? "?")
        } catch {
            throw .syntax(place(nil), "it cannot be read as YAML")
        }
    }

    func pairs(_ node: Node, key: String) throws(ThemeError) -> [(Key, Node)] {
        guard case .mapping(let mapping) = node else {
            throw .invalidValue(place(node.mark), key: key, expected: "a mapping of keys to values")
        }
        var pairs: [(Key, Node)] = []
        for (name, value) in mapping {
            guard case .scalar(let scalar) = name else {
                throw .invalidValue(place(name.mark), key: key, expected: "a mapping with plain keys")
            }
            pairs.append((Key(text: scalar.string, place: place(name.mark)), value))
        }
        return pairs
    }

    func string(_ node: Node, key: String) throws(ThemeError) -> String {
        guard case .scalar(let scalar) = node else {
            throw .invalidValue(place(node.mark), key: key, expected: "text")
        }
        return scalar.string
    }

    func entry(_ node: Node, key: String, base: Theme.Entry) throws(ThemeError) -> Theme.Entry {
        var entry = base
        if case .scalar = node {
            try setColor(node, key: key, in: &entry)
            return entry
        }
        for (name, value) in try pairs(node, key: key) {
            switch name.text {
            case "color": try setColor(value, key: "color", in: &entry)
            case "ansi": entry.ansi = try ansi(value)
            case "attributes": entry.attributes = try attributes(value, key: "attributes")
            case "monochrome": entry.monochrome = try attributes(value, key: "monochrome")
            default: throw unknown(name, among: ["color", "ansi", "attributes", "monochrome"])
            }
        }
        return entry
    }

    func unknown(_ key: Key, among names: [String]) -> ThemeError {
        let text = TerminalText.truncate(key.text, to: 40)
        return .unknownKey(key.place, key: text, suggestion: NearestName.of(text, among: names))
    }

    private func setColor(_ node: Node, key: String, in entry: inout Theme.Entry) throws(ThemeError) {
        let text = try string(node, key: key)
        if text == "terminal" {
            entry.color = nil
            return
        }
        guard let color = RGB(hex: text) else {
            throw .invalidValue(place(node.mark), key: key, expected: "a colour like \"#5cc8ff\" or the word terminal")
        }
        entry.color = color
    }

    private static let ansiNames = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]

    private func ansi(_ node: Node) throws(ThemeError) -> Theme.ANSIColor {
        let text = try string(node, key: "ansi")
        if text == "terminal" { return .terminal }
        let isBright = text.hasPrefix("bright-")
        guard let index = Self.ansiNames.firstIndex(of: String(isBright ? text.dropFirst(7) : text[...])) else {
            throw .invalidValue(
                place(node.mark), key: "ansi",
                expected: "terminal, or one of \(Self.ansiNames.joined(separator: ", ")), or bright- before one of them"
            )
        }
        return .index(isBright ? index + 8 : index)
    }

    private static let attributeNames: [String: Style.Attributes] = [
        "bold": .bold, "dim": .dim, "italic": .italic, "underline": .underline, "reverse": .reverse,
    ]

    private func attributes(_ node: Node, key: String) throws(ThemeError) -> Style.Attributes {
        let expected = "a list of bold, dim, italic, underline, reverse"
        guard case .sequence(let sequence) = node else {
            throw .invalidValue(place(node.mark), key: key, expected: expected)
        }
        var attributes: Style.Attributes = []
        for item in sequence {
            guard let attribute = Self.attributeNames[try string(item, key: key)] else {
                throw .invalidValue(place(item.mark), key: key, expected: expected)
            }
            attributes.formUnion(attribute)
        }
        return attributes
    }

    private func place(_ mark: Mark?) -> ThemeError.Place {
        ThemeError.Place(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }
}

/// Finds what somebody who misspelt a name meant.
enum NearestName {
    /// The name with the least edits (insertions, deletions, replacements), at most a third of its length.
    static func of(_ word: String, among names: [String]) -> String? {
        let best = names.map { ($0, edits(Array(word.unicodeScalars), Array($0.unicodeScalars))) }.min { $0.1 < $1.1 }
        guard let (name, distance) = best, distance <= max(1, name.count / 3) else { return nil }
        return name
    }

    private static func edits(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let replaced = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
