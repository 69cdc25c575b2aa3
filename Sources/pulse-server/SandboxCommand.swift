import ArgumentParser
import Foundation
import Logging
import PulseCommands
import PulseDomain
import PulseEngine
import PulseSandbox
import PulseSandboxServer
import ServiceLifecycle
import UnixSignals

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "Simulated Jira Cloud, Jira Data Center and GitHub over HTTP.",
        discussion: """
            Prints a configuration for `pulse --config` to standard output, so it can be saved as a file, and everything \
            else to standard error. Ctrl-C ends it.
            """)

    @Option(help: "Port to listen at; 0 takes any that is free.") var port = 8080
    @Option(help: "Name or address to listen at.") var host = "127.0.0.1"
    @Option(help: "The same seed gives the same world.") var seed: UInt64 = 1
    @Option(help: "Simulated seconds in a real one; quotas and latencies run with it.") var speed = 1.0
    @Option(help: "What goes wrong: none, demo, or a number that months of faults are drawn from.")
    var faults = FaultChoice.none
    @Option(help: "Limits: real (as documented), tight (reached within a minute), or none.")
    var quotas = QuotaChoice.real
    @Option(help: "So many times the issues and pull requests (1: 5,000 and 3,000).") var scale = 1

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port is a number from 0 to 65535.") }
        guard speed > 0, speed <= 100_000 else { throw ValidationError("--speed is above 0 and at most 100000.") }
        guard (1...1_000).contains(scale) else { throw ValidationError("--scale is a number from 1 to 1000.") }
    }

    func run() async throws {
        let options = SandboxOptions(seed: seed).scaled(by: scale)
        let sandbox = Sandbox(
            options, time: ScaledClock(startingAt: SystemClock().now, rate: speed), faults: faults.plan,
            quotas: quotas.limits)
        let host = host
        let server = SandboxServer(
            sandbox, settings: .init(host: host, port: port, patience: .seconds(600) * speed)
        ) { port in
            let name = host.contains(":") ? "[\(host)]" : host
            print(SandboxInstructions.configuration(base: "http://\(name):\(port)", options: options))
            // Into a file or pipe it would stay in the buffer until the end.
            fflush(nil)
            Telling.tell("Listening at http://\(name):\(port). Ctrl-C ends it.")
        }
        var configuration = ServiceGroupConfiguration(
            services: [server], gracefulShutdownSignals: [.sigint, .sigterm],
            logger: Logger(label: "pulse-server", factory: { _ in SwiftLogNoOpLogHandler() }))
        // Faults may hold requests for long; who ends the server does not wait for them.
        configuration.maximumGracefulShutdownDuration = .seconds(3)
        do { try await ServiceGroup(configuration: configuration).run() } catch let error as SandboxServerError {
            throw CommandError(.failed, error.description)
        } catch is CancellationError {
            // The time for requests under way was over; they were cut off, as announced.
        }
        let report = sandbox.report()
        Telling.tell(
            "Answered \(report.requests) requests on \(server.counts.connections) connections; \(report.rejected) met a "
                + "limit, \(report.violations) of them although they had been told to wait.")
    }
}

/// `--faults`.
enum FaultChoice: ExpressibleByArgument, CustomStringConvertible {
    case none, demo
    case drawn(UInt64)

    init?(argument: String) {
        switch argument {
        case "none": self = .none
        case "demo": self = .demo
        default:
            guard let seed = UInt64(argument) else { return nil }
            self = .drawn(seed)
        }
    }

    var plan: FaultPlan {
        switch self {
        case .none: .none
        case .demo: .demo
        case .drawn(let seed): .simulation(seed: seed)
        }
    }

    var description: String {
        switch self {
        case .none: "none"
        case .demo: "demo"
        case .drawn(let seed): String(seed)
        }
    }
}

/// `--quotas`.
enum QuotaChoice: String, ExpressibleByArgument, CaseIterable {
    case real, tight, none

    var limits: SandboxQuotas {
        switch self {
        case .real: .real
        case .none: .unlimited
        case .tight:
            SandboxQuotas(
                jira: JiraQuota(burstCapacity: 20, burstPerSecond: 4, dataCenterCapacity: 20, dataCenterPerSecond: 4),
                github: GitHubQuota(points: 120, window: .minutes(5), pointsPerMinute: 100, concurrency: 8))
        }
    }
}
