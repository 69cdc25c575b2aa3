package import PulseDomain

/// Values of unified tables as people read them. The screen and the plain twin share it.
package enum RowText {
    /// In one line: times to the minute, in UTC. Empty for null.
    package static func cell(_ value: RowValue, _ type: ColumnType) -> String {
        switch (type, value) {
        case (.boolean, .integer(let flag)): flag != 0 ? "yes" : "no"
        case (.instant, .integer(let time)): String(stamp(time).dropLast(3))
        case (.real, .real(let real)): number(real)
        default: value.text(as: type) ?? ""
        }
    }

    /// In full: times to the second, documents with a line for each member. Empty for null.
    package static func whole(_ value: RowValue, _ type: ColumnType) -> String {
        switch (type, value) {
        case (.instant, .integer(let time)): stamp(time) + " UTC"
        case (.json, .text(let text)): PrettyJSON.readable(Array(text.utf8.prefix(50_000)))
        default: cell(value, type)
        }
    }

    private static func stamp(_ microseconds: Int64) -> String {
        let text = Instant(microseconds: microseconds).iso8601ToSecond
        return text.replacing("T", with: " ").replacing("Z", with: "")
    }

    /// Without the `.0` of whole ones.
    private static func number(_ real: Double) -> String {
        real == real.rounded() && abs(real) < 1e15 ? String(Int64(real)) : String(real)
    }
}
