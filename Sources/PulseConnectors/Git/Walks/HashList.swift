import PulseDomain
import Synchronization

/// The hashes of a walk in their order, oldest first, in a temporary file: the same heads give the same list again.
struct HashList: Sendable {
    private let file: TemporaryFile
    /// Characters of a hash, and the newline behind it.
    private let width: Int
    let count: Int

    /// Lets git list what the cursor's heads reach. Costs about half a second for 100,000 commits without a commit-graph.
    init(_ cursor: GitCursor, in path: String, with git: GitProgram) async throws {
        file = try TemporaryFile()
        width = (cursor.tips.first?.utf8.count ?? 40) + 1
        guard !cursor.tips.isEmpty else {
            count = 0
            return
        }
        // Oldest first: of several names of a person the newest is written last and stays.
        var arguments = ["rev-list", "--reverse", "--stdin"]
        // As a filter: the plain form stops at the first older commit, which skewed clocks bring too early.
        if let since = cursor.since { arguments.append("--since-as-filter=@\(since) +0000") }
        if let until = cursor.until { arguments.append("--until=@\(until - 1) +0000") }
        let input = try TemporaryFile(holding: Heads.revisions(from: cursor.tips, excluding: cursor.excluded))
        try await git.write(arguments, in: path, input: input, to: file)
        count = file.sizeInBytes / width
    }

    /// The lines of `count` hashes from `offset` on.
    func lines(at offset: Int, count: Int) throws -> [UInt8] {
        try file.read(at: offset * width, count: min(count, max(0, self.count - offset)) * width)
    }

    func hash(at index: Int) throws -> String? {
        guard (0..<count).contains(index) else { return nil }
        return String(decoding: try lines(at: index, count: 1).dropLast(), as: UTF8.self)
    }
}

/// The lists of walks that are under way, so that each is made once. A lost one is made again.
final class HashLists: Sendable {
    /// Lists kept; a list is a file of 41 bytes a commit.
    static let limit = 16

    private struct Entry {
        var key: String
        var list: HashList
    }

    /// The one used last is the last.
    private let entries = Mutex<[Entry]>([])

    func list(for cursor: GitCursor, of partition: PartitionID, in path: String, with git: GitProgram) async throws
        -> HashList
    {
        let key = Self.key(cursor, partition)
        if let known = take(key) {
            keep(known, as: key)
            return known
        }
        let list = try await HashList(cursor, in: path, with: git)
        keep(list, as: key)
        return list
    }

    /// Forgets the list of a step that is over.
    func drop(_ cursor: GitCursor, of partition: PartitionID) { _ = take(Self.key(cursor, partition)) }

    private func take(_ key: String) -> HashList? {
        entries.withLock { entries in
            entries.firstIndex { $0.key == key }.map { entries.remove(at: $0).list }
        }
    }

    private func keep(_ list: HashList, as key: String) {
        entries.withLock { entries in
            entries.append(Entry(key: key, list: list))
            if entries.count > Self.limit { entries.removeFirst() }
        }
    }

    private static func key(_ cursor: GitCursor, _ partition: PartitionID) -> String {
        "\(partition.tenant)/\(partition) \(cursor.fingerprint)"
    }
}
