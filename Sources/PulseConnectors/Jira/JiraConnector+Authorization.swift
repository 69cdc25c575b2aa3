extension JiraConnector {
    /// The value of the `Authorization` header: Basic with the account's e-mail address for Cloud (an API token), Bearer
    /// for Data Center without a user (a personal access token). With a user, Data Center takes Basic as well.
    package static func authorization(user: String?, token: String) -> String {
        guard let user, !user.isEmpty else { return "Bearer \(token)" }
        return "Basic \(base64("\(user):\(token)"))"
    }

    /// RFC 4648 section 4.
    static func base64(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let bytes = Array(text.utf8)
        var encoded: [UInt8] = []
        encoded.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var word = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            word <<= UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let isFilled = place <= group.count
                encoded.append(isFilled ? alphabet[Int(word >> UInt32(18 - 6 * place) & 0x3F)] : UInt8(ascii: "="))
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
