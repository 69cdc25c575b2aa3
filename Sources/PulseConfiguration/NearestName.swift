/// The name among `names` that was most likely meant by `word`: the one with the smallest edit distance (insertions,
/// deletions, substitutions, transpositions of neighbours), when at most a third of it is wrong. `nil` otherwise.
package func nearestName(to word: String, among names: [String]) -> String? {
    let scored = names.map { (name: $0, distance: editDistance(Array(word.lowercased()), Array($0.lowercased()))) }
    guard let best = scored.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, max(word.count, best.name.count) / 3) ? best.name : nil
}

/// Optimal string alignment distance.
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    var rows = [Array(0...right.count)]
    for (row, character) in left.enumerated() {
        var next = [row + 1]
        for (column, other) in right.enumerated() {
            var cost = min(
                rows[row][column + 1] + 1, next[column] + 1, rows[row][column] + (character == other ? 0 : 1))
            if row > 0, column > 0, character == right[column - 1], left[row - 1] == other {
                cost = min(cost, rows[row - 1][column - 1] + 1)
            }
            next.append(cost)
        }
        rows.append(next)
    }
    return rows[left.count][right.count]
}
