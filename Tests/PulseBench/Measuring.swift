import Glibc
import PulseDomain
import PulseEngine

/// The quickest of several rounds. What else the machine does only ever adds time.
struct Measured {
    private(set) var best: Duration?

    mutating func note(_ duration: Duration) { best = min(best ?? duration, duration) }

    /// Seconds; a measurement without rounds has none.
    var seconds: Double { best?.inSeconds ?? .nan }

    /// Runs `body` and notes how long it took.
    mutating func time<Result>(_ body: () throws -> Result) rethrows -> Result {
        let begin = ContinuousClock.now
        let result = try body()
        note(begin.duration(to: .now))
        return result
    }

    mutating func time<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        let begin = ContinuousClock.now
        let result = try await body()
        note(begin.duration(to: .now))
        return result
    }
}

/// What the machine was doing beside the benchmark, because it is in the figures.
enum Machine {
    static var line: String {
        let load = (try? text(of: "/proc/loadavg"))?.split(separator: " ").prefix(3).joined(separator: " ") ?? "unknown"
        return "\(sysconf(Int32(_SC_NPROCESSORS_ONLN))) processors, load \(load)"
    }

    /// Seconds of processor time that this process has used, on all threads.
    static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The most memory that this process has ever had, in MiB (`VmHWM`, proc(5)).
    static func peakInMegabytes() throws -> Double {
        for line in try text(of: "/proc/self/status").split(separator: "\n") where line.hasPrefix("VmHWM:") {
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

struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension Double {
    /// Rounded to so many decimals, with all of them.
    func shown(_ decimals: Int = 1) -> String {
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
func report(_ what: String, _ figures: String...) {
    let name = what.padded(to: 40)
    print("  " + name + figures.map { $0.padded(to: 13, leading: true) }.joined())
}

extension String {
    fileprivate func padded(to width: Int, leading: Bool = false) -> String {
        let spaces = String(repeating: " ", count: max(0, width - count))
        return leading ? spaces + self : self + spaces
    }
}
