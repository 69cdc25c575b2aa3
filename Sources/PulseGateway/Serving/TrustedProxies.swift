/// Proxies in front whose word about who asks is taken.
package struct TrustedProxies: Sendable, Hashable {
    private let addresses: Set<String>

    /// - Parameter addresses: As connections show them, such as `127.0.0.1`.
    package init(_ addresses: [String]) { self.addresses = Set(addresses) }

    /// Who asks: the peer itself, or behind trusted proxies the nearest address that is none of them. What stands
    /// further left in `X-Forwarded-For` anybody can write.
    func client(of peer: String, forwarded: @autoclosure () -> [String]) -> String {
        guard addresses.contains(peer) else { return peer }
        let hops = forwarded().flatMap { $0.split(separator: ",") }.map { hop in
            String(hop.filter { $0 != " " && $0 != "\t" }.prefix(64))
        }
        return hops.last { !addresses.contains($0) && Self.isAddress($0) } ?? peer
    }

    private static func isAddress(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                    UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "."), UInt8(ascii: ":"):
                    true
                default: false
                }
            }
    }
}
