import Synchronization

/// Issues as they were rendered, for whoever asks for the same again.
///
/// What an issue looks like follows from its record alone, so an entry stays right until the record has another edit.
final class IssueCache: Sendable {
    struct Key: Hashable {
        let id: Int
        let edits: Int
        let dialect: JiraDialect
        let fields: FieldSelection
        let embeddedHistories: Int?
    }

    private struct State {
        var entries: [Key: [UInt8]] = [:]
        var sizeInBytes = 0
    }

    private let limitInBytes: Int
    private let state = Mutex(State())

    init(limitInBytes: Int) { self.limitInBytes = limitInBytes }

    /// Appends the issue, rendered by `render` unless it is known.
    func append(_ key: @autoclosure () -> Key, to text: inout ByteText, _ render: (inout ByteText) -> Void) {
        guard limitInBytes > 0 else { return render(&text) }
        let key = key()
        if let known = state.withLock({ $0.entries[key] }) { return text.add(known) }
        let begin = text.bytes.count
        render(&text)
        let rendered = Array(text.bytes[begin...])
        state.withLock { state in
            // When it is full, what is in stays: a walk over more than fits would find nothing of a cache that forgets.
            guard state.sizeInBytes + rendered.count <= limitInBytes else { return }
            state.entries[key] = rendered
            state.sizeInBytes += rendered.count
        }
    }
}
