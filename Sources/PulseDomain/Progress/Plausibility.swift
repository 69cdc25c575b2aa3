/// What a walk that sees everything can be believed to see (invariant 8). A lost permission or a changed filter answers
/// with success and an empty list; people delete records one by one, or in numbers that they know of.
package enum Plausibility {
    /// Fewer known records than this prove nothing: all of them may have been deleted.
    package static let fewestKnown = 5

    /// Whether it is unlikely that only `seen` of `known` records are still there: nothing, or less than a tenth.
    package static func isImplausible(seen: Int, known: Int) -> Bool {
        known >= fewestKnown && seen * 10 < known
    }
}
