/// Which numbered pair stands for which two colours. Terminals have a limited number of pairs, so the one that was
/// used longest ago is given away, but never one that the present picture uses.
struct ColorPairs {
    /// Two colours as the terminal counts them; -1 is its own.
    struct Colors: Hashable {
        var foreground: Int32
        var background: Int32
    }

    /// What to do for a pair of colours.
    enum Answer: Equatable {
        /// It has this number.
        case known(Int32)
        /// Define this number.
        case define(Int32)
        /// All are in use: draw without colours.
        case none
    }

    private let limit: Int
    private var numbers: [Colors: Int32] = [:]
    private var owners: [Colors] = []
    private var usedAt: [Int] = []
    private var picture = 0

    /// - Parameter limit: How many there are, pair 0 (the terminal's own) included.
    init(limit: Int) {
        self.limit = limit
    }

    /// Begins another picture: pairs that it does not use may be given away.
    mutating func beginPicture() { picture += 1 }

    /// The present picture uses a pair.
    mutating func touch(_ number: Int32) { usedAt[Int(number) - 1] = picture }

    mutating func number(for colors: Colors) -> Answer {
        if colors.foreground == -1 && colors.background == -1 { return .known(0) }
        if let number = numbers[colors] {
            usedAt[Int(number) - 1] = picture
            return .known(number)
        }
        if owners.count + 1 < limit {
            owners.append(colors)
            usedAt.append(picture)
            let number = Int32(owners.count)
            numbers[colors] = number
            return .define(number)
        }
        guard let oldest = usedAt.indices.min(by: { usedAt[$0] < usedAt[$1] }), usedAt[oldest] < picture else {
            return .none
        }
        numbers[owners[oldest]] = nil
        owners[oldest] = colors
        usedAt[oldest] = picture
        numbers[colors] = Int32(oldest) + 1
        return .define(Int32(oldest) + 1)
    }
}
