import PulseDomain

/// What paging has to know of one page of a list.
struct ListPage: Sendable {
    struct Edge: Sendable {
        var cursor: String?
        /// Null, or touched by an error: not to be taken for the truth.
        var isDamaged = false
        /// The time that the list is ordered by.
        var changedAt: Instant?
        /// Of a pull request: its parts that go on.
        var open: OpenPullRequest?
        /// Of a commit: its hash and its parents.
        var commit: (hash: String, parents: [String])?
        var id: String?
    }

    var repository: String?
    var total: Int?
    var hasNext = false
    var end: String?
    var edges: [Edge] = []
}
