import PulseDomain
import PulseTerminal

/// Something that the palette can do: an action of this screen, or a job to open.
struct PaletteItem: Hashable, Sendable {
    enum Target: Hashable, Sendable {
        case action(Action)
        case job(JobID)
        /// By its place among those there are.
        case theme(Int)
    }

    var target: Target
    var title: String
    /// The key that does the same, a job's state, or whether a theme is in use.
    var detail: String
    /// Why it does nothing now; `nil` when it does.
    var obstacle: String?

    /// At most this many are listed.
    static let limit = 60

    /// What fits the query, best first. Without a query: the actions of this screen.
    static func matches(_ state: ConsoleState, for query: String) -> [PaletteItem] {
        let query = Array(query.lowercased().utf8.filter { $0 != UInt8(ascii: " ") })
        let excluded: Set<Action> = [.up, .down, .pageUp, .pageDown, .left, .right, .palette, .back]
        let actions = KeyBinding.all.filter { $0.scopes.contains(state.scope) && !excluded.contains($0.action) }
        var ranked: [(score: Int, order: Int, item: PaletteItem)] = []
        for (order, binding) in actions.enumerated() {
            guard let score = FuzzyMatch.score(query, in: binding.title) else { continue }
            var obstacle: String?
            if case .disabled(let reason) = state.availability(of: binding.action) { obstacle = reason }
            if binding.action == .open, obstacle != nil { continue }
            let keys = binding.keys.map(\.label).joined(separator: " ")
            let item = PaletteItem(
                target: .action(binding.action), title: binding.title, detail: keys, obstacle: obstacle)
            ranked.append((score, order, item))
        }
        if !query.isEmpty {
            for (id, status) in state.fleet.jobs {
                guard let score = FuzzyMatch.score(query, in: id.rawValue) else { continue }
                let word = JobCondition(status).label.word
                let item = PaletteItem(target: .job(id), title: id.rawValue, detail: word, obstacle: nil)
                ranked.append((score, actions.count, item))
            }
            for (index, theme) in state.options.themes.enumerated() {
                let title = "theme \(theme.name)"
                guard let score = FuzzyMatch.score(query, in: title) else { continue }
                let detail = index == state.theme ? "in use" : ""
                let item = PaletteItem(target: .theme(index), title: title, detail: detail, obstacle: nil)
                ranked.append((score, actions.count, item))
            }
        }
        ranked.sort { left, right in
            if left.score != right.score { return left.score > right.score }
            return left.order == right.order ? left.item.title < right.item.title : left.order < right.order
        }
        return ranked.prefix(limit).map(\.item)
    }
}

/// Matching of letters in order, not necessarily side by side.
enum FuzzyMatch {
    /// The higher, the better; `nil` when the letters do not all occur in this order. `query` is lower case.
    static func score(_ query: [UInt8], in text: String) -> Int? {
        if query.isEmpty { return 0 }
        let letters = Array(text.lowercased().utf8)
        var best: Int?
        // A match may begin at any place where the first letter is; the best of them counts.
        for start in letters.indices where letters[start] == query[0] {
            guard let score = score(query, in: letters, from: start) else { break }
            best = max(best ?? .min, score)
        }
        return best
    }

    private static func score(_ query: [UInt8], in letters: [UInt8], from start: Int) -> Int? {
        var score = -start / 4
        var place = start
        var previous = -2
        for letter in query {
            while place < letters.count, letters[place] != letter { place += 1 }
            guard place < letters.count else { return nil }
            let isWordStart = place == 0 || !isAlphanumeric(letters[place - 1])
            score += previous == place - 1 ? 8 : -min(4, place - previous)
            if isWordStart { score += 6 }
            previous = place
            place += 1
        }
        return score
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
