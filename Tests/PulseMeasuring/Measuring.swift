import Glibc
import PulseDomain

/// The quickest of several rounds. What else the machine does only ever adds time.
package struct Measured {
    package private(set) var best: Duration?

    package init() {}

    package mutating func note(_ duration: Duration) { best = min(best ?? duration, duration) }

    /// Seconds; a measurement without rounds has none.
    package var seconds: Double { best?.inSeconds ?? .nan }

    /// Runs `body` and notes how long it took.
    package mutating func time<Result>(_ body: () throws -> Result) rethrows -> Result {
        let begin = ContinuousClock.now
        let result = try body()
        note(begin.duration(to: .now))
        return result
    }

    package mutating func time<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        let begin = ContinuousClock.now
        let result = try await body()
        note(begin.duration(to: .now))
        return result
    }
}

/// What the machine was doing beside the benchmark, because it is in the figures.
package enum Machine {
    package static var line: String {
        let load = (try? text(of: "/proc/loadavg"))?.split(separator: " ").prefix(3).joined(separator: " ") ?? "unknown"
        return "\(sysconf(Int32(_SC_NPROCESSORS_ONLN))) processors, load \(load)"
    }

    /// Seconds of processor time that this process has used, on all threads.
    package static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Seconds of processor time that a process has used (`utime` and `stime`, proc(5)); read to a hundredth.
    package static func processorSeconds(of process: Int32) throws -> Double {
        let text = try text(of: "/proc/\(process)/stat")
        // The name before may hold anything, also parentheses.
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
            throw BenchError("The processor time of process \(process) cannot be read.")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// The most memory that this process has ever had, in MiB (`VmHWM`, proc(5)).
    package static func peakInMegabytes() throws -> Double { try megabytes("VmHWM", of: "self") }

    /// The memory that a process has now, in MiB (`VmRSS`).
    package static func residentInMegabytes(of process: Int32) throws -> Double {
        try megabytes("VmRSS", of: String(process))
    }

    private static func megabytes(_ name: String, of process: String) throws -> Double {
        for line in try text(of: "/proc/\(process)/status").split(separator: "\n") where line.hasPrefix("\(name):") {
            if let kilobytes = line.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap({
                Double($0)
            }) {
                return kilobytes / 1_024
            }
        }
        throw BenchError("The system does not tell how much memory was used.")
    }

    private static func text(of path: String) throws -> String {
        guard let file = fopen(path, "r") else { throw BenchError("\(path) cannot be read.") }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}

package struct BenchError: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

extension Double {
    /// Rounded to so many decimals, with all of them.
    package func shown(_ decimals: Int = 1) -> String {
        guard isFinite else { return "-" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int((abs(self) * scale).rounded())
        let sign = self < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return "\(sign)\(scaled)" }
        return "\(sign)\(scaled / Int(scale)).\((scaled % Int(scale)).padded(decimals))"
    }
}

/// Prints a line of a table: what, and its figures.
package func report(_ what: String, _ figures: String...) {
    let name = what.padded(to: 40)
    print("  " + name + figures.map { $0.padded(to: 13, leading: true) }.joined())
}

extension String {
    fileprivate func padded(to width: Int, leading: Bool = false) -> String {
        let spaces = String(repeating: " ", count: max(0, width - count))
        return leading ? spaces + self : self + spaces
    }
}
