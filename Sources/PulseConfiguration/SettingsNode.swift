import PulseDomain
import Yams

/// One mapping of the document while it is read: hands out its values, and knows which keys were never asked for.
struct SettingsNode {
    private let mapping: Node.Mapping
    private let place: String
    private var asked: Set<String> = []
    private(set) var problems: [ConfigurationProblem] = []
    private let file: String

    /// `place` names the mapping in sentences: `the configuration`, `source github`.
    init(_ mapping: Node.Mapping, place: String, file: String) {
        self.mapping = mapping
        self.place = place
        self.file = file
    }

    mutating func node(_ key: String) -> Node? {
        asked.insert(key)
        guard let node = mapping[key], !node.isNull else { return nil }
        return node
    }

    mutating func fail(_ node: Node?, _ sentence: String, _ remedy: String) {
        problems.append(.at(node?.mark ?? mapping.mark, file: file, sentence, remedy))
    }

    mutating func adopt(_ more: [ConfigurationProblem]) { problems += more }

    mutating func text(_ key: String) -> String? {
        guard let node = node(key) else { return nil }
        guard let text = node.scalar?.string else {
            fail(node, "\(key) of \(place) is \(node.kindName).", "Expected is a text.")
            return nil
        }
        return text
    }

    mutating func texts(_ key: String) -> [String] {
        guard let node = node(key) else { return [] }
        if let text = node.scalar?.string { return [text] }
        guard let sequence = node.sequence else {
            fail(node, "\(key) of \(place) is \(node.kindName).", "Expected is a list: [one, two].")
            return []
        }
        return sequence.compactMap { element in
            if let text = element.scalar?.string { return text }
            fail(element, "An element of \(key) of \(place) is \(element.kindName).", "Expected is a text.")
            return nil
        }
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(key) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            fail(
                mapping[key], "\(key) of \(place) is \"\(text)\".",
                "Expected is a whole number from \(range.lowerBound) to \(range.upperBound).")
            return nil
        }
        return value
    }

    mutating func flag(_ key: String) -> Bool? {
        guard let text = text(key) else { return nil }
        switch text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default:
            fail(mapping[key], "\(key) of \(place) is \"\(text)\".", "Expected is on or off.")
            return nil
        }
    }

    mutating func duration(_ key: String) -> Duration? {
        guard let text = text(key) else { return nil }
        guard let duration = Duration(setting: text) else {
            fail(mapping[key], "\(key) of \(place) is \"\(text)\".", "Expected is a time such as 30s, 15m, 12h or 7d.")
            return nil
        }
        return duration
    }

    /// How long something is kept: a time, or `forever`, which is a `nil` within. `nil` when neither was said.
    mutating func age(_ key: String, besides words: String = "") -> Duration?? {
        guard let text = text(key) else { return nil }
        if text == "forever" { return .some(nil) }
        guard let duration = Duration(setting: text) else {
            fail(
                mapping[key], "\(key) of \(place) is \"\(text)\".",
                "Expected is \(words)a time such as 90d, or forever.")
            return nil
        }
        return duration
    }

    /// A share such as `10%` or `0.1`, of 0 to `most`.
    mutating func share(_ key: String, most: Double) -> Double? {
        guard let text = text(key) else { return nil }
        let value = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
        guard let value, (0...most).contains(value) else {
            fail(
                mapping[key], "\(key) of \(place) is \"\(text)\".",
                "Expected is a share from 0% to \(Int(most * 100))%.")
            return nil
        }
        return value
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, _ type: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        guard let text = text(key) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        refuse(text, key, Choice.allCases.map(\.rawValue))
        return nil
    }

    /// A list of names of cases; those that are none are told.
    mutating func choices<Choice: RawRepresentable & CaseIterable>(_ key: String, _ type: Choice.Type) -> [Choice]
    where Choice.RawValue == String {
        texts(key).compactMap { text in
            if let choice = Choice(rawValue: text) { return choice }
            refuse(text, key, Choice.allCases.map(\.rawValue))
            return nil
        }
    }

    private mutating func refuse(_ text: String, _ key: String, _ names: [String]) {
        let meant = nearestName(to: text, among: names).map { "Did you mean \($0)? " } ?? ""
        fail(
            mapping[key], "\(key) of \(place) is \"\(text)\".",
            "\(meant)Expected is one of \(names.joined(separator: ", ")).")
    }

    /// Names every key that was never asked for, with the nearest known one.
    mutating func refuseUnknownKeys() {
        for (key, _) in mapping {
            let name = key.scalar?.string ?? "?"
            guard !asked.contains(name) else { continue }
            let meant = nearestName(to: name, among: asked.sorted()).map { "Did you mean \($0)? " } ?? ""
            fail(
                key, "\(place) has no setting \(name).", "\(meant)Known are \(asked.sorted().joined(separator: ", ")).")
        }
    }
}

extension ConfigurationProblem {
    static func at(_ mark: Mark?, file: String, _ sentence: String, _ remedy: String) -> ConfigurationProblem {
        ConfigurationProblem(file: file, line: mark?.line, column: mark?.column, sentence: sentence, remedy: remedy)
    }
}

extension Node {
    /// Whether nothing was written for it.
    var isNull: Bool { scalar.map { $0.style == .plain && ["", "~", "null"].contains($0.string) } ?? false }

    var kindName: String {
        switch self {
        case .scalar: "a single value"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}

extension Duration {
    /// `30s`, `15m`, `12h`, `7d`.
    package init?(setting text: String) {
        guard let unit = text.last, let count = Int(text.dropLast()), count >= 0, count < 1_000_000 else { return nil }
        switch unit {
        case "s": self = .seconds(count)
        case "m": self = .minutes(count)
        case "h": self = .hours(count)
        case "d": self = .days(count)
        default: return nil
        }
    }
}
