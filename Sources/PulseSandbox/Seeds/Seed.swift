/// Where everything made up comes from: the same seed and the same question give the same answer, in any order.
struct Seed: Sendable, Hashable {
    let value: UInt64

    init(_ value: UInt64) { self.value = Self.mixed(value &+ 0x9E37_79B9_7F4A_7C15) }

    /// What a question is about; keeps answers to different questions apart.
    enum Topic: UInt64, Sendable {
        case bulk = 1, size, person, title, text, type, status, priority, points, sprint, parent, links, labels
        case histories, historyKind, comments, worklogs, component, version, resolution, custom, order
        case event, eventKind, eventTarget, eventDetail, lag, latency, fault, poison, oddText, identifier
        case repository, pull, pullKind, branch, commits, reviews, threads, replies, conversation, release, deployment
        case decoy, language, moved
    }

    /// 64 evenly spread bits.
    func bits(_ topic: Topic, _ one: Int, _ two: Int = 0) -> UInt64 {
        let first = Self.mixed(value ^ topic.rawValue &* 0xD6E8_FEB8_6659_FD93)
        return Self.mixed(
            Self.mixed(first ^ UInt64(bitPattern: Int64(one))) ^ UInt64(bitPattern: Int64(two)) &* 0xA24B_AED4_963E_E407
        )
    }

    /// A number from 0 up to, but not including, `bound`.
    func number(_ topic: Topic, _ one: Int, _ two: Int = 0, below bound: Int) -> Int {
        Int(bits(topic, one, two) % UInt64(max(1, bound)))
    }

    /// A number from 0 up to, but not including, 1.
    func fraction(_ topic: Topic, _ one: Int, _ two: Int = 0) -> Double {
        Double(bits(topic, one, two) >> 11) / 9_007_199_254_740_992
    }

    /// Whether one in `rarity` is meant.
    func isOne(in rarity: Int, _ topic: Topic, _ one: Int, _ two: Int = 0) -> Bool {
        rarity > 0 && number(topic, one, two, below: rarity) == 0
    }

    /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection on 64 bits.
    static func mixed(_ value: UInt64) -> UInt64 {
        var bits = value
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// What ``mixed(_:)`` made `value` from.
    static func unmixed(_ value: UInt64) -> UInt64 {
        var bits = value ^ (value >> 31) ^ (value >> 62)
        bits = bits &* 0x3196_42B2_D24D_8EC3
        bits = bits ^ (bits >> 27) ^ (bits >> 54)
        bits = bits &* 0x96DE_1B17_3F11_9089
        return bits ^ (bits >> 30) ^ (bits >> 60)
    }

    /// A hash of bytes (FNV-1a), for telling requests apart.
    static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
