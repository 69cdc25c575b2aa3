/// One event of an event stream.
package struct ServerSentEvent: Sendable, Hashable {
    /// `message` where the stream names none.
    package var name: String
    /// Lines joined by line feeds.
    package var data: [UInt8]
    /// The id that was told last, by this event or one before it; empty when none was.
    package var id: String

    package init(name: String = "message", data: [UInt8], id: String = "") {
        self.name = name
        self.data = data
        self.id = id
    }

    /// As it goes over the wire, ended by an empty line.
    package var bytes: [UInt8] {
        var bytes = Array("id: \(id)\nevent: \(name)\n".utf8)
        for line in data.split(separator: 0x0A, omittingEmptySubsequences: false) {
            bytes += Array("data: ".utf8) + line + [0x0A]
        }
        return bytes + [0x0A]
    }
}

/// Why an event stream cannot be read on.
package enum EventStreamError: Error, Sendable, Hashable {
    case lineTooLong(limitInBytes: Int)
    case eventTooLarge(limitInBytes: Int)

    package var sentence: String {
        switch self {
        case .lineTooLong(let limit): "The event stream has a line of more than \(limit) bytes."
        case .eventTooLarge(let limit): "The event stream has an event of more than \(limit) bytes."
        }
    }
}
