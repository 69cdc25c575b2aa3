/// Text of a server, made fit for a sentence: one line, without control and formatting characters, cut.
package enum VisibleText {
    package static func line(_ text: String, limit: Int = 200) -> String {
        var shown = String.UnicodeScalarView()
        var pendingSpace = false
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
                .spaceSeparator:
                pendingSpace = !shown.isEmpty
            default:
                if pendingSpace { shown.append(" ") }
                pendingSpace = false
                shown.append(scalar)
            }
            if shown.count >= limit { return String(shown) + "…" }
        }
        return String(shown)
    }
}
