/// Status and header fields of an answer, put together from the lines libcurl reports.
///
/// Interim answers (1xx) are begun anew by the next status line; lines after the final head are trailers and are not
/// merged into it (RFC 9110 section 6.5.1).
struct ResponseHead: Sendable, Hashable {
    private(set) var status = 0
    private(set) var version = ""
    private(set) var headers = HTTPHeaders()
    /// Whether the empty line behind a final status was seen.
    private(set) var isComplete = false
    private var sizeInBytes = 0
    private var lastName: String?
    private var lastValue = ""

    /// All lines of an answer together may be so long.
    static let maximumSizeInBytes = 256 << 10

    /// Takes one line, with or without its line end.
    ///
    /// - Returns: `false` when the head has become too large.
    mutating func take(_ line: some Collection<UInt8>) -> Bool {
        guard !isComplete else { return true }
        sizeInBytes += line.count
        guard sizeInBytes <= Self.maximumSizeInBytes else { return false }
        var bytes = Array(line)
        while let end = bytes.last, end == 0x0A || end == 0x0D { bytes.removeLast() }
        if bytes.isEmpty {
            flush()
            isComplete = status >= 200 || status == 101
        } else if bytes.starts(with: "HTTP/".utf8) {
            begin(bytes)
        } else if bytes[0] == 0x20 || bytes[0] == 0x09 {
            // A folded line (RFC 9112 section 5.2) continues the one before.
            lastValue += " " + Self.text(bytes[...])
        } else if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
            flush()
            lastName = String(decoding: bytes[..<colon], as: UTF8.self)
            lastValue = Self.text(bytes[(colon + 1)...])
        }
        return true
    }

    /// Whether the answer sends the client elsewhere in a way that is followed (RFC 9110 section 15.4).
    var isRedirect: Bool {
        switch status {
        case 301, 302, 303, 307, 308: headers["Location"] != nil
        default: false
        }
    }

    /// What the body will measure, undecoded; `nil` when that is not said.
    var contentLength: Int? {
        headers["Content-Length"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }

    private mutating func begin(_ line: [UInt8]) {
        let words = line.split(separator: 0x20, maxSplits: 2)
        version = String(decoding: words[0], as: UTF8.self)
        status = words.count > 1 ? Int(String(decoding: words[1], as: UTF8.self)) ?? 0 : 0
        headers = HTTPHeaders()
        lastName = nil
    }

    private mutating func flush() {
        // A field whose name is not a name cannot be asked for, and is left out.
        if let lastName { headers.append(lastName, lastValue) }
        lastName = nil
    }

    /// CR, LF and NUL inside a value are read as spaces (RFC 9110 section 5.5).
    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        var rest = bytes
        while let byte = rest.first, byte == 0x20 || byte == 0x09 { rest.removeFirst() }
        guard rest.contains(where: { $0 == 0x0D || $0 == 0x0A || $0 == 0 }) else {
            return String(decoding: rest, as: UTF8.self)
        }
        return String(decoding: rest.map { $0 == 0x0D || $0 == 0x0A || $0 == 0 ? 0x20 : $0 }, as: UTF8.self)
    }
}
