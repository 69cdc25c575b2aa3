/// The work items that one pull request or commit mentions, with where each was found and how sure that is.
package struct WorkItemMentions: Sendable, Hashable {
    /// Where a key was found: the words of the column `evidence`, the surest first.
    package enum Evidence: String, Sendable, Hashable, CaseIterable, Comparable {
        /// The provider states the link itself.
        case provider
        case title, branch, message, body

        /// How sure a link by this alone is, 0 to 1.
        package var score: Double {
            switch self {
            case .provider: 1
            case .title: 0.95
            case .branch: 0.9
            case .message: 0.8
            case .body: 0.5
            }
        }

        package static func < (left: Self, right: Self) -> Bool { left.score > right.score }
    }

    /// One mentioned key.
    package struct Mention: Sendable, Hashable {
        /// In upper case.
        package var key: String
        /// Without repetition, the surest first; never empty.
        package var evidence: [Evidence]

        /// As if each place were an independent witness: 1 − Π(1 − score), so two places are surer than one.
        package var score: Double {
            let doubt = evidence.reduce(1) { $0 * (1 - $1.score) }
            // To four digits, so that a sum in another order gives the same row.
            return ((1 - doubt) * 10_000).rounded() / 10_000
        }

        /// Appends what the column `evidence` holds, a JSON array.
        package func appendEvidence(to output: inout [UInt8]) {
            output.append(UInt8(ascii: "["))
            for (index, place) in evidence.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                output.append(UInt8(ascii: "\""))
                output.append(contentsOf: place.rawValue.utf8)
                output.append(UInt8(ascii: "\""))
            }
            output.append(UInt8(ascii: "]"))
        }
    }

    /// In the order of first mention.
    package private(set) var mentions: [Mention] = []
    /// Where each key is among the mentions, once they are too many to be compared one by one.
    private var positions: [String: Int] = [:]

    package init() {}

    package static func == (left: Self, right: Self) -> Bool { left.mentions == right.mentions }
    package func hash(into hasher: inout Hasher) { hasher.combine(mentions) }

    package var isEmpty: Bool { mentions.isEmpty }

    /// Notes that `key`, in upper case, was found at `evidence`.
    package mutating func add(_ key: String, _ evidence: Evidence) {
        guard let position = position(of: key) else {
            if !positions.isEmpty { positions[key] = mentions.count }
            mentions.append(Mention(key: key, evidence: [evidence]))
            return
        }
        guard !mentions[position].evidence.contains(evidence) else { return }
        mentions[position].evidence.append(evidence)
        mentions[position].evidence.sort()
    }

    private mutating func position(of key: String) -> Int? {
        guard mentions.count > 8 else { return mentions.firstIndex { $0.key == key } }
        if positions.isEmpty {
            for (index, mention) in mentions.enumerated() { positions[mention.key] = index }
        }
        return positions[key]
    }

    /// Notes every key in `text`; a branch's name is read by the rules for branches.
    package mutating func addKeys(in text: String?, _ evidence: Evidence) {
        if let text { addKeys(in: text.utf8.span, evidence) }
    }

    package mutating func addKeys(in utf8: Span<UInt8>, _ evidence: Evidence) {
        for key in WorkItemKeys.find(in: utf8, kind: evidence == .branch ? .branch : .text) { add(key, evidence) }
    }
}
