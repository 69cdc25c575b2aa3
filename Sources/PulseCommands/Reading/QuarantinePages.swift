import PulseDomain

/// Quarantined records without their payloads, newest first, asked for a page at a time: however many there are, only
/// the payloads of a page are held.
struct QuarantinePages {
    let operations: any Operations
    /// `nil`: of every job.
    var job: JobID?
    /// `nil`: whatever became of them.
    var state: QuarantineState? = .waiting

    static let size = 200

    /// The newest, or the next below `last`; fewer than asked for are the last ones.
    func page(before last: Int64?, limit: Int = size) async throws -> [QuarantineEntry] {
        let filter = QuarantineFilter(job: job, state: state, before: last, limit: limit)
        var entries = try await operations.quarantine(filter)
        for index in entries.indices { entries[index].record.payload = [] }
        return entries
    }

    func newest(_ limit: Int) async throws -> [QuarantineEntry] {
        var entries: [QuarantineEntry] = []
        while entries.count < limit {
            let asked = min(Self.size, limit - entries.count)
            let page = try await page(before: entries.last?.id, limit: asked)
            entries += page
            if page.count < asked { break }
        }
        return entries
    }

    func count() async throws -> Int {
        var count = 0
        var last: Int64?
        while true {
            let page = try await page(before: last)
            count += page.count
            guard page.count == Self.size else { return count }
            last = page.last?.id
        }
    }
}
