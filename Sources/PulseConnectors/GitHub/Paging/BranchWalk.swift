/// How far the history of a branch has to be followed to see every commit that is new since a former walk.
///
/// GitHub lists a history by time, so commits of a branch merged today can come after the tip that was known
/// yesterday: stopping at that tip, or at a time, loses them. This follows `git rev-list new ^old` instead. ``pending``
/// holds new commits that were named as parents and not listed yet, ``known`` those that former walks loaded. A known
/// commit makes its parents known. Every new commit is reached from the tip through new ones only, so the walk is
/// complete as soon as nothing is pending, wherever in the list that is.
///
/// When the branch was rewritten, its former tip is not listed at all. The last commits of the former walk are known
/// too, so the walk ends below the place where the histories part; without any in common it goes on to the root.
struct BranchWalk: Codable, Hashable, Sendable {
    /// The branch's name; `nil` in a walk over a fixed object.
    var name: String?
    /// The tip that all pages of this walk start from.
    var head: String
    /// New commits that are not listed yet; `nil` when everything is wanted.
    var pending: [String]?
    /// Commits of former walks that are not listed yet.
    var known: [String]?
    /// The first commits listed, for the next walk.
    var tip: [String] = []
    /// The tip of the former walk, until it is listed.
    var formerHead: String?

    /// Commits remembered between walks.
    static let tipLength = 64

    init(name: String?, head: String, former: CommitState?) {
        self.name = name
        self.head = head
        guard let former else { return }
        pending = [head]
        known = ([former.head] + former.tip.filter { $0 != former.head })
        formerHead = former.head
        if former.head == head { pending = [] }
    }

    /// Whether all that is new was listed.
    var isComplete: Bool { pending?.isEmpty == true }

    /// Takes a page of commits, newest first.
    mutating func list(_ commits: [(hash: String, parents: [String])]) {
        if tip.count < Self.tipLength { tip += commits.prefix(Self.tipLength - tip.count).map(\.hash) }
        if let former = formerHead, commits.contains(where: { $0.hash == former }) { formerHead = nil }
        guard let pending, let known else { return }
        var (wanted, loaded) = (Set(pending), Set(known))
        var listed: Set<String> = []
        for commit in commits {
            listed.insert(commit.hash)
            wanted.remove(commit.hash)
            if loaded.remove(commit.hash) != nil {
                for parent in commit.parents where !listed.contains(parent) {
                    loaded.insert(parent)
                    wanted.remove(parent)
                }
            } else {
                for parent in commit.parents where !listed.contains(parent) && !loaded.contains(parent) {
                    wanted.insert(parent)
                }
            }
        }
        (self.pending, self.known) = (wanted.sorted(), loaded.sorted())
    }
}

/// What a walk over commits leaves for the next one.
struct CommitState: Codable, Hashable, Sendable {
    var repository: String?
    var head: String
    var tip: [String]
    /// How often the branch was found rewritten: commits loaded before may be gone, which a census finds.
    var rewrites: Int?
}
