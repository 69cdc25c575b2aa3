import PulseDomain
import PulseTerminal

/// Log lines, bounded in number and in bytes. Lines keep their number, which tells when they came, when older ones are
/// dropped; ``order`` tells them by their times, because those of several engines come a little out of turn.
struct LogBuffer: Sendable {
    private(set) var lines: [LogLine] = []
    /// The number of the first kept line, counted from the beginning.
    private(set) var firstNumber = 0
    /// The numbers of all lines, in the order of the lines' times.
    private(set) var order: [Int] = []
    private var sizeInBytes = 0
    private var sequences: Set<Int64> = []
    /// Lines up to here are older than the kept ones.
    private var droppedSequence = Int64.min

    static let lineLimit = 5_000
    static let byteLimit = 2_000_000

    var range: Range<Int> { firstNumber..<(firstNumber + lines.count) }

    subscript(number: Int) -> LogLine { lines[number - firstNumber] }

    /// The selected line; `nil` when none is, or it was dropped.
    subscript(selectedBy view: LogViewState) -> LogLine? {
        view.selection.flatMap { range.contains($0) ? self[$0] : nil }
    }

    /// Takes lines that it does not have yet.
    mutating func append(_ new: [LogLine]) {
        for line in new where line.sequence == 0 || line.sequence > droppedSequence {
            if line.sequence != 0, !sequences.insert(line.sequence).inserted { continue }
            lines.append(line)
            insert(firstNumber + lines.count - 1, into: &order)
            sizeInBytes += Self.size(line)
        }
        var count = 0
        while lines.count - count > Self.lineLimit || sizeInBytes > Self.byteLimit, count < lines.count - 1 {
            sizeInBytes -= Self.size(lines[count])
            count += 1
        }
        if count > 0 { drop(count) }
    }

    /// Puts a number where its line's time belongs.
    func insert(_ number: Int, into order: inout [Int]) {
        let at = self[number].at
        var place = order.endIndex
        // Lines come nearly in order: the place is at the end, or close to it.
        while place > order.startIndex, self[order[place - 1]].at > at { place -= 1 }
        order.insert(number, at: place)
    }

    private mutating func drop(_ count: Int) {
        for line in lines.prefix(count) where line.sequence != 0 {
            sequences.remove(line.sequence)
            droppedSequence = max(droppedSequence, line.sequence)
        }
        lines.removeFirst(count)
        firstNumber += count
        if order.prefix(count).allSatisfy({ $0 < firstNumber }) {
            order.removeFirst(count)
        } else {
            order.removeAll { $0 < firstNumber }
        }
    }

    private static func size(_ line: LogLine) -> Int {
        line.facts.reduce(line.message.utf8.count + 64) { $0 + $1.name.utf8.count + $1.value.utf8.count + 32 }
    }
}
