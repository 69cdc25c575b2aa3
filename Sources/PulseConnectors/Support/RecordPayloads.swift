/// Keeps the payloads of some records of a page while the page is mapped.
///
/// The mapping knows which element of the page a record is, and the payload is what it keeps of records that it rejects
/// itself; so it is the mapping that is asked.
struct RecordPayloads: Sendable {
    private let wanted: Set<Int32>
    private(set) var kept: [Int32: [UInt8]] = [:]

    /// Positions of the records, as in `RowBatch.records`.
    init(of wanted: Set<Int32> = []) { self.wanted = wanted }

    /// Asked first, because a payload is made for few records only.
    func wants(_ record: Int) -> Bool { !wanted.isEmpty && wanted.contains(Int32(clamping: record)) }

    mutating func keep(_ payload: [UInt8], of record: Int) { kept[Int32(clamping: record)] = payload }
}
