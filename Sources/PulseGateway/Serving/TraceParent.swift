import PulseDomain

/// The `traceparent` field (W3C Trace Context, section 3.2): its trace id is our correlation id.
struct TraceParent: Sendable, Hashable {
    var correlation: CorrelationID
    /// 16 hexadecimal digits.
    var parent: String
    var isSampled: Bool

    /// `nil` for what is not valid, which is as good as nothing.
    init?(_ field: String) {
        let parts = field.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].utf8.count == 2, parts[0] != "ff", parts[0] != "00" || parts.count == 4,
            parts[1].utf8.count == 32, parts[2].utf8.count == 16, parts[3].utf8.count == 2,
            parts.prefix(4).allSatisfy({ $0.utf8.allSatisfy(Self.isDigit) }),
            parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" }),
            let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        correlation = CorrelationID(parts[1])
        parent = String(parts[2])
        isSampled = flags & 1 == 1
    }

    /// A trace that begins here.
    init(using generator: inout some RandomNumberGenerator) {
        correlation = CorrelationID(using: &generator)
        parent = String(CorrelationID(using: &generator).rawValue.suffix(16))
        isSampled = false
    }

    /// The same trace, with a parent of our own.
    func next(using generator: inout some RandomNumberGenerator) -> TraceParent {
        var next = self
        next.parent = TraceParent(using: &generator).parent
        return next
    }

    var field: String { "00-\(correlation)-\(parent)-\(isSampled ? "01" : "00")" }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
