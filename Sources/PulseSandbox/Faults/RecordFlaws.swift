/// Which records are bad, and how.
struct RecordFlaws: Sendable {
    enum Poison: Int, CaseIterable, Sendable {
        case keyIsMissing, fieldsAreNull, fieldsAreAList
    }

    private let seed: Seed
    private let options: RecordFaults

    init(seed: UInt64, options: RecordFaults) {
        self.seed = Seed(seed)
        self.options = options
    }

    /// `nil`: the record is good.
    func poison(_ id: Int) -> Poison? {
        guard seed.isOne(in: options.poisonOneIn, .poison, id) else { return nil }
        return Poison.allCases[seed.number(.poison, id, 1, below: Poison.allCases.count)]
    }

    /// Whether an issue comes without its project, which the search for the project makes up for.
    func lacksProject(_ id: Int) -> Bool { seed.isOne(in: options.oddTextOneIn, .oddText, id, 2) }

    /// What a title ends with inside its JSON string; `nil`: nothing odd.
    func oddText(_ id: Int) -> [UInt8]? {
        guard seed.isOne(in: options.oddTextOneIn, .oddText, id) else { return nil }
        return switch seed.number(.oddText, id, 1, below: 5) {
        case 0: Array(#" \ud83d"#.utf8)
        case 1: Array(#" \u0000."#.utf8)
        case 2: [UInt8(ascii: " "), 0xC3, 0x28]
        case 3: Array(#" \u001b[31mred\u001b[0m \u202Eorder\u202C"#.utf8)
        default: Array(" 👩🏽‍💻 \u{2028}".utf8)
        }
    }
}
