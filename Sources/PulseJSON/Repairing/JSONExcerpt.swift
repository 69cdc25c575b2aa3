/// The beginning of something that is not JSON, fit to be shown to a person.
enum JSONExcerpt {
    /// Characters shown at most.
    static let limit = 80

    /// One line without control, formatting or undefined characters, and without runs of white space.
    static func beginning(of bytes: Span<UInt8>, from start: Int) -> String {
        let end = min(bytes.count, start + 4 * limit)
        let text = bytes.extracting(start..<end).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        var shown = String.UnicodeScalarView()
        var pendingSpace = false
        for scalar in text.unicodeScalars {
            guard isVisible(scalar) else {
                pendingSpace = !shown.isEmpty
                continue
            }
            if pendingSpace { shown.append(" ") }
            pendingSpace = false
            shown.append(scalar)
            if shown.count == limit { break }
        }
        let isCut = shown.count == limit || end < bytes.count
        return String(shown) + (isCut ? "…" : "")
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            false
        default: true
        }
    }
}
