/// Cuts git's output into records and keeps those that are wanted.
///
/// A record is the byte 0x1E, a fixed number of fields that each end with NUL, and free text up to the next record. The
/// fields are counted, so that a message may hold any byte but NUL, which git never writes there.
struct RecordSplitter: Sendable {
    static let mark: UInt8 = 0x1E
    /// The most of one record that is kept: a message of gigabytes must not take the memory.
    static let usualRecordLimitInBytes = 8 << 20

    /// What becomes of a record.
    enum Judgement { case keep, skip, stop }

    let fieldCount: Int
    private let recordLimitInBytes: Int
    /// The records kept so far, and of the one under way what has come.
    private(set) var bytes: [UInt8]
    /// Records kept so far.
    private(set) var count = 0
    /// Whether a record was met that belongs to the next page.
    private(set) var isStopped = false
    private var start: Int
    private var endedFields: Int
    private let judge: @Sendable (_ record: ArraySlice<UInt8>, _ kept: Int, _ sizeInBytes: Int) -> Judgement

    /// - Parameters:
    ///   - header: what comes before the records.
    ///   - recordLimitInBytes: what is longer loses its middle; its fields stay countable.
    ///   - judge: decides on a record, given how many were kept before it and how large they are together.
    init(
        fieldCount: Int, header: [UInt8] = [], recordLimitInBytes: Int = usualRecordLimitInBytes,
        judge: @escaping @Sendable (_ record: ArraySlice<UInt8>, _ kept: Int, _ sizeInBytes: Int) -> Judgement
    ) {
        self.fieldCount = fieldCount
        self.recordLimitInBytes = recordLimitInBytes
        bytes = header
        start = header.count
        endedFields = fieldCount
        self.judge = judge
    }

    /// Takes the next piece of output. Returns whether more is wanted.
    mutating func take(_ piece: UnsafeRawBufferPointer) -> Bool {
        var rest = piece[...]
        while !rest.isEmpty, !isStopped {
            let isBetween = endedFields == fieldCount
            guard let stop = rest.firstIndex(of: isBetween ? Self.mark : 0) else {
                append(rest)
                break
            }
            append(rest[..<stop])
            if isBetween {
                endRecord()
                guard !isStopped else { break }
                endedFields = 0
            } else {
                endedFields += 1
            }
            bytes.append(rest[stop])
            rest = rest[(stop + 1)...]
        }
        return !isStopped
    }

    /// Ends the output: what has come of the last record counts as it is.
    mutating func finish() { if !isStopped { endRecord() } }

    private mutating func append(_ piece: Slice<UnsafeRawBufferPointer>) {
        let room = max(0, recordLimitInBytes - (bytes.count - start))
        bytes.append(contentsOf: piece.prefix(room))
    }

    private mutating func endRecord() {
        guard bytes.count > start else { return }
        // What stands before the first mark is no record.
        let judgement = bytes[start] == Self.mark ? judge(bytes[start...], count, start) : .skip
        switch judgement {
        case .keep: count += 1
        case .skip: bytes.removeSubrange(start...)
        case .stop:
            bytes.removeSubrange(start...)
            isStopped = true
        }
        start = bytes.count
    }
}
