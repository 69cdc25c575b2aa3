/// Text in several styles, one after the other.
package struct StyledText: Hashable, Sendable, ExpressibleByStringInterpolation {
    /// A piece in one style.
    package struct Span: Hashable, Sendable {
        /// Anything; it is sanitised when drawn.
        package var text: String
        /// How it looks.
        package var style: Style

        /// A piece in a style.
        package init(_ text: String, _ style: Style = .plain) {
            self.text = text
            self.style = style
        }
    }

    /// The pieces.
    package var spans: [Span]

    /// From pieces.
    package init(_ spans: [Span]) { self.spans = spans }

    /// One piece.
    package init(_ text: String, _ style: Style = .plain) { spans = [Span(text, style)] }

    /// Plain text.
    package init(stringLiteral value: String) { self.init(value) }

    /// Columns it takes.
    package var width: Int { spans.reduce(0) { $0 + TerminalText.width($1.text) } }

    /// One after the other.
    package static func + (left: StyledText, right: StyledText) -> StyledText {
        StyledText(left.spans + right.spans)
    }

    /// The same, with what the pieces leave open taken from `base`.
    package func over(_ base: Style) -> StyledText {
        StyledText(spans.map { Span($0.text, $0.style.over(base)) })
    }
}
