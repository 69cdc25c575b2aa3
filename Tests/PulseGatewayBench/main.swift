import Glibc
import PulseMeasuring

/// `swift run -c release PulseGatewayBench`; see `GatewayBenchmark.usage`.
do {
    try await GatewayBenchmark.run(Array(CommandLine.arguments.dropFirst()))
} catch {
    print("PulseGatewayBench: \(error)")
    exit(1)
}
