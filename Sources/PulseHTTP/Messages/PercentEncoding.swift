/// The text as a query value, path segment or form value: everything but letters, digits, `-`, `.`, `_` and `~`
/// (RFC 3986 section 2.3) becomes `%XX` of its UTF-8, so cursors with `=`, `+`, `&`, `/` or spaces survive any server.
package func percentEncode(_ text: String) -> String {
    var encoded: [UInt8] = []
    encoded.reserveCapacity(text.utf8.count)
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            encoded.append(byte)
        default:
            encoded.append(UInt8(ascii: "%"))
            encoded.append(digits[Int(byte >> 4)])
            encoded.append(digits[Int(byte & 0x0F)])
        }
    }
    return String(decoding: encoded, as: UTF8.self)
}
