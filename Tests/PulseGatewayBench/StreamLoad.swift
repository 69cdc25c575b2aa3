import Glibc
import PulseMeasuring

/// Event streams, all read by one thread.
final class StreamLoad {
    private let connections: [Connection]

    struct Figures {
        var delivered = 0
        var expected = 0
        /// Milliseconds.
        var p50 = Double.nan
        var p99 = Double.nan
        var longest = Double.nan
    }

    init(port: Int, request: [UInt8], count: Int) throws {
        connections = try (0..<count).map { _ in try Connection(port: port) }
        for connection in connections { try connection.send(request) }
        // Every stream begins with a hello.
        var greeted: Set<Int> = []
        try read(for: 30) { number, bytes in
            if Self.contains(bytes, "event: hello") { greeted.insert(number) }
            return greeted.count == count
        }
        guard greeted.count == count else { throw BenchError("Only \(greeted.count) of \(count) streams began.") }
    }

    /// Hears so many events on each stream, which bear the moment they were said at.
    func hear(events: Int, begin: () throws -> Void) throws -> Figures {
        var figures = Figures(expected: events * connections.count)
        var delays: [Int64] = []
        delays.reserveCapacity(figures.expected)
        var rests: [Int: [UInt8]] = [:]
        try begin()
        try read(for: 120) { number, bytes in
            let now = nanoseconds()
            let all = (rests[number] ?? []) + bytes
            let times = Self.times(all)
            delays += times.found.map { now - $0 }
            rests[number] = Array(all[times.end...])
            return delays.count >= figures.expected
        }
        delays.sort()
        figures.delivered = delays.count
        figures.p50 = delays.quantile(0.5)
        figures.p99 = delays.quantile(0.99)
        figures.longest = delays.quantile(1)
        return figures
    }

    /// Reads whatever comes until `take` says that it is enough, or the seconds are over.
    private func read(for seconds: Int, _ take: (_ number: Int, _ bytes: ArraySlice<UInt8>) throws -> Bool) throws {
        var polled = connections.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let end = nanoseconds() + Int64(seconds) * 1_000_000_000
        while nanoseconds() < end {
            guard poll(&polled, nfds_t(polled.count), 1_000) > 0 else { continue }
            for number in polled.indices where polled[number].revents != 0 {
                let length = Glibc.read(polled[number].fd, &buffer, buffer.count)
                guard length > 0 else { throw BenchError("A stream ended.") }
                if try take(number, buffer[..<length]) { return }
            }
        }
    }

    private static func contains(_ bytes: ArraySlice<UInt8>, _ text: String) -> Bool {
        bytes.firstRange(of: Array(text.utf8)) != nil
    }

    /// The times of whole events: `said=NANOSECONDS;`, and where the next begins.
    private static func times(_ bytes: [UInt8]) -> (found: [Int64], end: Int) {
        let mark = Array("said=".utf8)
        var found: [Int64] = []
        var end = 0
        while let begin = bytes[end...].firstRange(of: mark)?.upperBound,
            let semicolon = bytes[begin...].firstIndex(of: UInt8(ascii: ";"))
        {
            found.append(Int64(String(decoding: bytes[begin..<semicolon], as: UTF8.self)) ?? 0)
            end = semicolon
        }
        return (found, end)
    }
}
