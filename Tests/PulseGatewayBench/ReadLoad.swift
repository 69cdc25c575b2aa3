import Glibc
import PulseMeasuring

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
        let clients = try (0..<connections).map { _ in try Connection(port: port) }
        let used = try Machine.processorSeconds(of: server)
        let begin = nanoseconds()
        let delays = try read(with: clients, until: begin + Int64(seconds) * 1_000_000_000)
        let took = Double(nanoseconds() - begin) / 1e9
        let processor = try Machine.processorSeconds(of: server) - used
        let sorted = delays.sorted()
        return Figures(
            rate: Double(sorted.count) / took, p50: sorted.quantile(0.5), p99: sorted.quantile(0.99),
            processor: processor * 1e6 / Double(max(1, sorted.count)))
    }

    /// Nanoseconds of every answer. One thread reads for all clients, as wrk does: a thread for each would take more of
    /// the machine than the server that is measured.
    private func read(with clients: [Connection], until end: Int64) throws -> [Int64] {
        var polled = clients.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        var sent = try clients.map { client in
            try client.send(request)
            return nanoseconds()
        }
        var delays: [Int64] = []
        delays.reserveCapacity(1 << 20)
        while true {
            guard poll(&polled, nfds_t(polled.count), 10_000) > 0 else { throw BenchError("The server is silent.") }
            for number in polled.indices where polled[number].revents != 0 {
                guard let status = try clients[number].take() else { continue }
                guard status == 200 else { throw BenchError("A read was answered with \(status).") }
                let now = nanoseconds()
                delays.append(now - sent[number])
                guard now < end else { return delays }
                try clients[number].send(request)
                sent[number] = now
            }
        }
    }
}
