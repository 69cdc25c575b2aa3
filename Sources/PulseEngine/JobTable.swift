import PulseDomain

/// The jobs of an engine, in their order. Looking for jobs copies none: an engine may have ten thousand of them, and
/// looks at each on every turn.
struct JobTable: Sendable {
    private var entries: [JobEntry] = []
    private var positions: [JobID: Int] = [:]

    /// Adds a job behind the others.
    mutating func append(_ entry: JobEntry) {
        positions[entry.id] = entries.count
        entries.append(entry)
    }

    /// A job by its id; what is not there cannot be changed.
    subscript(id: JobID) -> JobEntry? {
        get { positions[id].map { entries[$0] } }
        set { if let position = positions[id], let newValue { entries[position] = newValue } }
    }

    var count: Int { entries.count }

    /// In their order.
    var ids: [JobID] { entries.map(\.id) }

    /// The ids of the jobs that `condition` is true of, in their order.
    func ids(where condition: (JobEntry) -> Bool) -> [JobID] {
        var found: [JobID] = []
        for index in entries.indices where condition(entries[index]) { found.append(entries[index].id) }
        return found
    }

    func forEach(_ body: (JobEntry) -> Void) {
        for index in entries.indices { body(entries[index]) }
    }

    func contains(where condition: (JobEntry) -> Bool) -> Bool {
        for index in entries.indices where condition(entries[index]) { return true }
        return false
    }

    func allSatisfy(_ condition: (JobEntry) -> Bool) -> Bool {
        !contains { !condition($0) }
    }

    /// What `read` gives of each job that it gives something of.
    func compactMap<Value>(_ read: (JobEntry) -> Value?) -> [Value] {
        var values: [Value] = []
        for index in entries.indices {
            if let value = read(entries[index]) { values.append(value) }
        }
        return values
    }

    /// What `read` gives of each job.
    func map<Value>(_ read: (JobEntry) -> Value) -> [Value] { compactMap(read) }

    /// What `read` gives of each job that it gives something of, by id.
    func compactMapValues<Value>(_ read: (JobEntry) -> Value?) -> [JobID: Value] {
        var values: [JobID: Value] = [:]
        for index in entries.indices {
            if let value = read(entries[index]) { values[entries[index].id] = value }
        }
        return values
    }
}
