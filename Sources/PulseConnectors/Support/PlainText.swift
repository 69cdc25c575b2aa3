import PulseDomain
package import PulseJSON

/// Plain text of a document in Atlassian Document Format (ADF), of any node type, known or not.
///
/// Blocks end with a line break, list items begin with a dash or number, cells of a table row are separated by a tab. A
/// link whose address its text does not tell is followed by the address, because keys of work items hide in addresses.
/// Nesting is bounded by ``JSONReader/maximumDepth``, and so is the stack that this needs.
/// Source: developer.atlassian.com/cloud/jira/platform/apis/document/structure.
package enum PlainText {
    /// Appends the plain text of `value`: of an ADF document, or of the string that Data Center sends.
    package static func append(_ value: JSONValue, to output: inout [UInt8]) {
        if value.utf8 != nil {
            append(text: value, to: &output)
        } else {
            let start = output.count
            appendNode(value, listItem: nil, start: start, to: &output)
            while output.count > start, output.last == lineBreak { output.removeLast() }
        }
    }

    /// The plain text as a string, for tests and short texts.
    package static func string(of value: JSONValue) -> String {
        var output: [UInt8] = []
        append(value, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    private static let lineBreak = UInt8(ascii: "\n")

    /// Every container of text that stands on lines of its own; what is not listed is read as inline.
    private static func isBlock(_ type: JSONValue) -> Bool {
        type.isString("paragraph") || type.isString("heading") || type.isString("codeBlock")
            || type.isString("blockquote") || type.isString("listItem") || type.isString("taskItem")
            || type.isString("decisionItem") || type.isString("panel") || type.isString("expand")
            || type.isString("nestedExpand") || type.isString("tableRow") || type.isString("rule")
            || type.isString("mediaSingle") || type.isString("mediaGroup") || type.isString("blockCard")
            || type.isString("embedCard") || type.isString("caption") || type.isString("layoutColumn")
    }

    private static func appendNode(_ node: JSONValue, listItem: Int?, start: Int, to output: inout [UInt8]) {
        let type = node["type"]
        let isBlock = isBlock(type)
        if isBlock { endLine(start, &output) }
        if type.isString("listItem") || type.isString("taskItem") || type.isString("decisionItem") {
            output.append(contentsOf: (listItem.map { "\($0). " } ?? "- ").utf8)
        }
        // Inside an item the first paragraph goes on in the line of the dash.
        let inner = type.isString("listItem") ? output.count : start
        if type.isString("tableCell") || type.isString("tableHeader") {
            if let last = output.last, output.count > start, last != lineBreak { output.append(UInt8(ascii: "\t")) }
            // Paragraphs of a cell stay in the row's line.
            appendContent(node, start: output.count, to: &output)
            while output.last == lineBreak, output.count > start { output.removeLast() }
            return
        }
        appendLeaf(node, type, to: &output)
        appendContent(node, start: inner, to: &output)
        if isBlock { endLine(start, &output) }
    }

    private static func appendContent(_ node: JSONValue, start: Int, to output: inout [UInt8]) {
        let isOrdered = node["type"].isString("orderedList")
        var number = Int(clamping: node["attrs"]["order"].int64 ?? 1)
        var children = node["content"].elements
        while let child = children.next() {
            appendNode(child, listItem: isOrdered ? number : nil, start: start, to: &output)
            number &+= 1
        }
    }

    /// What a node says by itself, without its children.
    private static func appendLeaf(_ node: JSONValue, _ type: JSONValue, to output: inout [UInt8]) {
        let attributes = node["attrs"]
        if type.isString("hardBreak") {
            output.append(lineBreak)
        } else if type.isString("date") {
            let milliseconds = attributes["timestamp"].lenientInteger
            if let milliseconds, let day = day(of: milliseconds) { output.append(contentsOf: day.utf8) }
        } else if node["text"].utf8 != nil {
            append(text: node["text"], to: &output)
            appendLink(of: node, to: &output)
        } else if attributes["text"].utf8 != nil {
            append(text: attributes["text"], to: &output)
        } else if attributes["shortName"].utf8 != nil {
            append(text: attributes["shortName"], to: &output)
        } else if attributes["url"].utf8 != nil {
            append(text: attributes["url"], to: &output)
        } else if attributes["alt"].utf8 != nil {
            append(text: attributes["alt"], to: &output)
        } else if type.isString("mention") {
            append(text: attributes["id"], to: &output)
        }
    }

    private static func appendLink(of node: JSONValue, to output: inout [UInt8]) {
        var marks = node["marks"].elements
        while let mark = marks.next() {
            let address = mark["attrs"]["href"]
            guard mark["type"].isString("link"), let href = address.string, href != node["text"].string else {
                continue
            }
            output.append(contentsOf: " (".utf8)
            append(text: address, to: &output)
            output.append(UInt8(ascii: ")"))
        }
    }

    private static func append(text: JSONValue, to output: inout [UInt8]) {
        guard let span = text.utf8 else { return }
        span.withUnsafeBufferPointer { bytes in
            if bytes.contains(0) {
                output.append(contentsOf: bytes.lazy.filter { $0 != 0 })
            } else {
                output.append(contentsOf: bytes)
            }
        }
    }

    private static func endLine(_ start: Int, _ output: inout [UInt8]) {
        if output.count > start, output.last != lineBreak { output.append(lineBreak) }
    }

    /// `yyyy-MM-dd` of a moment within the years 1 to 9999.
    private static func day(of milliseconds: Int64) -> String? {
        guard (-62_135_596_800_000...253_402_300_799_999).contains(milliseconds) else { return nil }
        return String(Instant(milliseconds: milliseconds).iso8601.prefix(10))
    }
}
