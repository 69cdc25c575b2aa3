/// Whether a guess is worth making. It is once it would have been right; after one that was wrong it has to prove right
/// ever more often first, because what a wrong one costs is twice the work.
struct Confidence: Sendable, Hashable {
    private var missing = 1
    private var patience = 1
    /// What is new by turns is found out seldom enough to cost nothing, and what became new is found out at last.
    private static let longestPatience = 64

    var isEarned: Bool { missing == 0 }

    /// The guess was right, or would have been.
    mutating func confirm() { missing = max(0, missing - 1) }

    /// The guess was wrong, or would have been.
    mutating func refute() {
        if isEarned { patience = min(Self.longestPatience, patience * 2) }
        missing = patience
    }
}
