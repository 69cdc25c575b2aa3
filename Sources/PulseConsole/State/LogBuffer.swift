import PulseDomain
import PulseTerminal

/// Log lines, bounded in number and in bytes. Lines keep their number when older ones are dropped.
struct LogBuffer: Sendable {
    private(set) var lines: [LogLine] = []
    /// The number of the first kept line, counted from the beginning.
    private(set) var firstNumber = 0
    private var sizeInBytes = 0

    static let lineLimit = 5_000
    static let byteLimit = 2_000_000

    var range: Range<Int> { firstNumber..<(firstNumber + lines.count) }

    subscript(number: Int) -> LogLine { lines[number - firstNumber] }

    /// The selected line; `nil` when none is, or it was dropped.
    subscript(selectedBy view: LogViewState) -> LogLine? {
        view.selection.flatMap { range.contains($0) ? self[$0] : nil }
    }

    /// Takes lines that are newer than those it has; others are known already.
    mutating func append(_ new: [LogLine]) {
        let last = lines.last?.sequence ?? .min
        for line in new where line.sequence > last || line.sequence == 0 {
            lines.append(line)
            sizeInBytes += Self.size(line)
        }
        var count = 0
        while lines.count - count > Self.lineLimit || sizeInBytes > Self.byteLimit, count < lines.count - 1 {
            sizeInBytes -= Self.size(lines[count])
            count += 1
        }
        if count > 0 {
            lines.removeFirst(count)
            firstNumber += count
        }
    }

    private static func size(_ line: LogLine) -> Int {
        line.facts.reduce(line.message.utf8.count + 64) { $0 + $1.name.utf8.count + $1.value.utf8.count + 32 }
    }
}
