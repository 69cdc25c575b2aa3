import PulseDomain

/// Numbers as people read them. The one place where numbers become text.
enum Figures {
    /// Digits in groups of three up to 99,999, then `124k`, `1.24M`.
    static func count(_ number: Int) -> String {
        if number < 0 { return "-" + count(number == .min ? .max : -number) }
        return number < 100_000 ? grouped(number) : compact(Double(number))
    }

    /// At most four signs and a unit of thousands: `0`, `0.5`, `999`, `1.2k`, `12.4k`, `124k`, `1.2M`.
    static func compact(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        if value < 0 { return "-" + compact(-value) }
        var (scaled, unit) = (value, "")
        for next in ["k", "M", "G", "T"] where scaled >= 999.5 {
            scaled /= 1_000
            unit = next
        }
        let isWhole = unit.isEmpty && scaled >= 9.95 || scaled >= 99.95
        if isWhole || scaled == scaled.rounded() { return "\(Int(min(scaled, 1e15).rounded()))\(unit)" }
        let tenths = Int((scaled * 10).rounded())
        if tenths == 0 { return "<0.1" }
        return tenths % 10 == 0 ? "\(tenths / 10)\(unit)" : "\(tenths / 10).\(tenths % 10)\(unit)"
    }

    /// Records a second, with the unit.
    static func rate(_ perSecond: Double) -> String { compact(perSecond) + " rec/s" }

    /// `62%`; never 100 before it is done and never 0 once begun.
    static func percent(_ share: Double) -> String {
        guard share.isFinite else { return "-" }
        let whole = Int((max(0, min(1, share)) * 100).rounded())
        if whole == 100, share < 1 { return "99%" }
        if whole == 0, share > 0 { return "<1%" }
        return "\(whole)%"
    }

    /// `512 B`, `1.2 kB`, `34 MB`.
    static func bytes(_ count: Int) -> String {
        let text = compact(Double(count))
        guard let last = text.last, last.isLetter else { return text + " B" }
        return "\(text.dropLast()) \(last)B"
    }

    /// `1 job`, `12 jobs`, `1,204 jobs`.
    static func many(_ number: Int, _ one: String, _ several: String? = nil) -> String {
        "\(count(number)) \(number == 1 ? one : several ?? one + "s")"
    }

    private static func grouped(_ number: Int) -> String {
        number < 1_000 ? String(number) : "\(grouped(number / 1_000)),\((number % 1_000).padded(3))"
    }
}
