/// Reads an event stream as it arrives, cut anywhere (https://html.spec.whatwg.org/multipage/server-sent-events.html
/// sections 9.2.5 and 9.2.6). Keeps no more than one line and one event, each of bounded size.
package struct EventStreamParser: Sendable {
    /// How long to wait before connecting again, as the server last said; `nil` when it said nothing.
    package private(set) var retry: Duration?
    /// The id that was told last; empty when none was.
    package private(set) var lastID: String

    private let limitInBytes: Int
    private var line: [UInt8] = []
    private var name: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    /// The id of the event being read: becomes ``lastID`` when the event ends.
    private var id: String
    private var sawReturn = false
    /// How much of a byte order mark has been seen; `nil` behind the beginning.
    private var mark: Int? = 0

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// - Parameters:
    ///   - limitInBytes: the longest line and the largest event to accept.
    ///   - lastID: the id that the stream before this one ended with.
    package init(limitInBytes: Int = 8 << 20, lastID: String = "") {
        self.limitInBytes = limitInBytes
        self.lastID = lastID
        id = lastID
    }

    /// Takes what has arrived and gives the events that end in it.
    package mutating func take(_ bytes: some Sequence<UInt8>) throws(EventStreamError) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            if let seen = mark {
                if byte == Self.byteOrderMark[seen] {
                    mark = seen == 2 ? nil : seen + 1
                    continue
                }
                // It was none: what looked like one is text.
                line += Self.byteOrderMark[..<seen]
                mark = nil
            }
            let isSecondHalf = sawReturn && byte == UInt8(ascii: "\n")
            sawReturn = byte == UInt8(ascii: "\r")
            if isSecondHalf { continue }
            if sawReturn || byte == UInt8(ascii: "\n") {
                if let event = try endLine() { events.append(event) }
            } else {
                guard line.count < limitInBytes else { throw .lineTooLong(limitInBytes: limitInBytes) }
                line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() throws(EventStreamError) -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: line.count < 1 << 16) }
        guard !line.isEmpty else { return endEvent() }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            try take(field: line[...], value: [])
            return nil
        }
        // A line that begins with a colon is a comment.
        guard colon > 0 else { return nil }
        var value = line[(colon + 1)...]
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        try take(field: line[..<colon], value: value)
        return nil
    }

    private mutating func take(field: ArraySlice<UInt8>, value: ArraySlice<UInt8>) throws(EventStreamError) {
        if field.elementsEqual("data".utf8) {
            guard data.count + value.count < limitInBytes else { throw .eventTooLarge(limitInBytes: limitInBytes) }
            if hasData { data.append(0x0A) }
            data += value
            hasData = true
        } else if field.elementsEqual("event".utf8) {
            name = Array(value)
        } else if field.elementsEqual("id".utf8) {
            if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
        } else if field.elementsEqual("retry".utf8) {
            let isNumber = !value.isEmpty && value.allSatisfy { (0x30...0x39).contains($0) }
            if isNumber, let milliseconds = Int64(String(decoding: value, as: UTF8.self)) {
                retry = .milliseconds(milliseconds)
            }
        }
    }

    private mutating func endEvent() -> ServerSentEvent? {
        defer {
            name = []
            data = []
            hasData = false
        }
        lastID = id
        // Without a data line nothing happened; with an empty one an event without content.
        guard hasData else { return nil }
        return ServerSentEvent(
            name: name.isEmpty ? "message" : String(decoding: name, as: UTF8.self), data: data, id: id)
    }
}
