import Foundation
import PulseMeasuring
import Synchronization

/// Clients that each ask for the same thing again and again.
struct ReadLoad {
    let port: Int
    let request: [UInt8]
    let connections: Int
    let seconds: Int
    /// Who answers.
    let server: Int32

    struct Figures {
        /// Answers a second.
        var rate = 0.0
        /// Milliseconds.
        var p50 = Double.nan
        var p99 = Double.nan
        /// Microseconds of the server's processor time an answer.
        var processor = Double.nan

        func better(_ other: Figures) -> Figures { other.rate > rate ? other : self }
    }

    func run() throws -> Figures {
        let (port, request) = (port, request)
        let taken = Mutex<(delays: [Int64], error: (any Error)?)>(([], nil))
        let used = try Machine.processorSeconds(of: server)
        let begin = nanoseconds()
        let end = begin + Int64(seconds) * 1_000_000_000
        let threads = DispatchGroup()
        for _ in 0..<connections {
            threads.enter()
            Thread.detachNewThread {
                defer { threads.leave() }
                var delays: [Int64] = []
                do {
                    let connection = try Connection(port: port)
                    var before = nanoseconds()
                    while before < end {
                        let status = try connection.exchange(request).status
                        guard status == 200 else { throw BenchError("A read was answered with \(status).") }
                        let after = nanoseconds()
                        delays.append(after - before)
                        before = after
                    }
                } catch {
                    taken.withLock { $0.error = error }
                }
                taken.withLock { [delays] in $0.delays += delays }
            }
        }
        threads.wait()
        let (delays, error) = taken.withLock { $0 }
        if let error { throw error }
        let sorted = delays.sorted()
        return Figures(
            rate: Double(sorted.count) / (Double(nanoseconds() - begin) / 1e9), p50: sorted.quantile(0.5),
            p99: sorted.quantile(0.99),
            processor: (try Machine.processorSeconds(of: server) - used) * 1e6 / Double(max(1, sorted.count)))
    }
}
