/// How many records to ask for on a page: halved when the provider finds a page too heavy, grown again when pages are
/// answered. The size that worked is remembered with the partition.
package struct PageSizer: Sendable, Hashable {
    /// What the stream begins with, and never exceeds.
    package let usual: Int
    package private(set) var size: Int
    private var answered = 0
    /// A size that failed is not tried again before so many pages.
    private var patience = 8

    package init(usual: Int, learned: Int?) {
        self.usual = max(1, usual)
        size = min(self.usual, max(1, learned ?? usual))
    }

    /// Whether there is a smaller size to try.
    package mutating func halve() -> Bool {
        guard size > 1 else { return false }
        size = max(1, size / 2)
        answered = 0
        patience = min(patience * 2, 512)
        return true
    }

    package mutating func succeed() {
        guard size < usual else { return }
        answered += 1
        if answered >= patience {
            size = min(usual, size + max(1, size / 2))
            answered = 0
        }
    }

    /// What to remember; `nil` while nothing was learned.
    package var learned: Int? { size == usual ? nil : size }
}
