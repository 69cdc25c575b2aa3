/// A column of a table: its heading and how it shares the width.
package struct TableColumn: Hashable, Sendable {
    /// How wide it is.
    package enum Width: Hashable, Sendable {
        /// Always so many columns.
        case fixed(Int)
        /// At least `min`, and of what is left a share by `weight`, up to `max` (nil: no limit).
        case flexible(min: Int, weight: Int = 1, max: Int? = nil)

        var minimum: Int {
            switch self {
            case .fixed(let width): max(1, width)
            case .flexible(let min, _, _): Swift.max(1, min)
            }
        }
    }

    /// The heading.
    package var title: String
    /// How wide it is.
    package var width: Width
    /// Where its text stands.
    package var alignment: Alignment
    /// When the screen is narrow, columns with the highest number vanish first; those with 0 stay.
    package var priority: Int
    /// How its text is shortened.
    package var truncation: Truncation

    /// Whether it takes what others leave.
    var isFlexible: Bool {
        if case .flexible = width { true } else { false }
    }

    /// A column; texts stand left and are cut at the end unless said otherwise.
    package init(
        _ title: String, _ width: Width, alignment: Alignment = .left, priority: Int = 0, truncation: Truncation = .end
    ) {
        self.title = title
        self.width = width
        self.alignment = alignment
        self.priority = priority
        self.truncation = truncation
    }

    /// Which columns a width has room for, and where: `index` in `columns`, `x` and `width` in cells. Columns are one
    /// cell apart.
    package static func layout(_ columns: [TableColumn], width: Int) -> [(index: Int, x: Int, width: Int)] {
        var kept = Array(columns.indices)
        func needed() -> Int { kept.reduce(0) { $0 + columns[$1].width.minimum } + max(0, kept.count - 1) }
        while needed() > width, kept.count > 1 {
            // The rightmost of the least important ones.
            guard let victim = kept.max(by: { (columns[$0].priority, $0) < (columns[$1].priority, $1) }),
                columns[victim].priority > 0
            else { break }
            kept.removeAll { $0 == victim }
        }
        var widths = kept.map { columns[$0].width.minimum }
        share(max(0, width - needed()), among: kept.map { columns[$0].width }, to: &widths)
        var x = 0
        var places: [(index: Int, x: Int, width: Int)] = []
        for (index, columnWidth) in zip(kept, widths) where x < width {
            places.append((index, x, min(columnWidth, width - x)))
            x += columnWidth + 1
        }
        return places
    }

    /// Gives free cells to flexible columns by weight; what a limited one cannot take goes to the others.
    private static func share(_ free: Int, among rules: [Width], to widths: inout [Int]) {
        var free = free
        while free > 0 {
            let open: [(position: Int, weight: Int, room: Int)] = rules.indices.compactMap { position in
                guard case .flexible(_, let weight, let limit) = rules[position], weight > 0 else { return nil }
                let room = limit.map { $0 - widths[position] } ?? .max
                return room > 0 ? (position, weight, room) : nil
            }
            let total = open.reduce(0) { $0 + $1.weight }
            guard total > 0 else { return }
            var given = 0
            for column in open {
                let portion = min(free * column.weight / total, column.room)
                widths[column.position] += portion
                given += portion
            }
            if given == 0 {
                // Less than one cell each: from the left, one by one.
                for column in open.prefix(free) { widths[column.position] += 1 }
                return
            }
            free -= given
        }
    }
}
