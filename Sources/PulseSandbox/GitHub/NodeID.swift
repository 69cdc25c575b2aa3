import PulseDomain

/// Node ids and commit hashes: they carry what they stand for, so that any can be looked up without a table.
enum NodeID {
    enum Kind: String, CaseIterable {
        case organization = "O", user = "U", bot = "BOT", repository = "R", pull = "PR", review = "PRR", thread = "PRRT"
        case threadComment = "PRRC", issueComment = "IC", release = "RE", deployment = "DE", status = "DES"
        case commit = "C", label = "LA", language = "MDg", ref = "REF", pullCommit = "PURC"
    }

    static func make(_ kind: Kind, _ numbers: [Int]) -> String {
        let text = numbers.map { String($0, radix: 36) }.joined(separator: ".")
        return kind.rawValue + "_kwDO" + Base64.encodeForURL(Array(text.utf8))
    }

    static func read(_ id: String) -> (kind: Kind, numbers: [Int])? {
        guard let mark = id.firstRange(of: "_kwDO"), let kind = Kind(rawValue: String(id[..<mark.lowerBound])),
            let bytes = Base64.decodeLeniently(String(id[mark.upperBound...]))
        else { return nil }
        let numbers = String(decoding: bytes, as: UTF8.self).split(separator: ".").compactMap { Int($0, radix: 36) }
        return numbers.isEmpty ? nil : (kind, numbers)
    }
}

/// What a commit hash stands for.
enum CommitIdentity: Sendable, Hashable {
    /// On a default branch.
    case branch(repository: Int, serial: Int)
    case pull(PullPlace, serial: Int, generation: Int)

    private var packed: UInt64 {
        switch self {
        case .branch(let repository, let serial): 1 << 62 | UInt64(repository) << 48 | UInt64(serial)
        case .pull(let place, let serial, let generation):
            2 << 62 | UInt64(place.repository) << 52 | UInt64(place.index) << 24 | UInt64(serial & 0xFFFF) << 8
                | UInt64(generation & 0xFF)
        }
    }

    /// 40 hexadecimal digits.
    var oid: String {
        let first = Seed.mixed(packed)
        let second = Seed.mixed(first ^ 0x5555)
        return hex(first, 16) + hex(second, 16) + hex(Seed.mixed(second), 8)
    }

    init?(oid: String) {
        guard oid.utf8.count == 40, let bits = UInt64(oid.prefix(16), radix: 16) else { return nil }
        let packed = Seed.unmixed(bits)
        switch packed >> 62 {
        case 1: self = .branch(repository: Int(packed >> 48 & 0x3FFF), serial: Int(packed & 0xFFFF_FFFF_FFFF))
        case 2:
            let place = PullPlace(repository: Int(packed >> 52 & 0x3FF), index: Int(packed >> 24 & 0xFFF_FFFF))
            self = .pull(place, serial: Int(packed >> 8 & 0xFFFF), generation: Int(packed & 0xFF))
        default: return nil
        }
        guard self.oid == oid else { return nil }
    }

    private func hex(_ bits: UInt64, _ digits: Int) -> String {
        String(unsafeUninitializedCapacity: digits) { buffer in
            for place in 0..<digits {
                let digit = UInt8(truncatingIfNeeded: bits >> UInt64(60 - place * 4) & 15)
                buffer[place] = digit < 10 ? 0x30 + digit : 0x57 + digit
            }
            return digits
        }
    }

    /// A number of 31 bits for one aspect of the commit.
    func draw(_ part: UInt64) -> Int { Int(Seed.mixed(packed &+ part &* 0x9E37_79B9_7F4A_7C15) >> 33) }
}
