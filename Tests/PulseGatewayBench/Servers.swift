import Foundation
import Glibc
import Hummingbird
import Logging
import PulseDomain
import PulseEngine
import PulseGateway
import ServiceLifecycle

/// The gateway with an engine that only answers, until its input ends.
enum GatewayProcess {
    static func run(folder: String) async throws {
        let operations = FixedOperations()
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        // A million a minute: what is measured is what the check costs, not that it refuses.
        let gateway = try await Gateway(
            Gateway.Settings(
                address: .init(host: "127.0.0.1", port: 0), data: folder, tokens: TokenSettings(issuer: "bench"),
                throttle: .init(principalPerMinute: 100_000_000, addressPerMinute: 100_000_000)),
            serving: .embedded("acme", operations), time: SystemClock()
        ) { listening.yield($0) }
        // Requests are logged as ever, to nowhere.
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [gateway], logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() })))
        let serving = Task { try await group.run() }
        for await port in ports.prefix(1) { BenchOutput.say("listening \(port) \(gateway.first?.password ?? "-")") }
        let ended = AsyncStream<Void>.makeStream()
        Thread.detachNewThread {
            while let line = readLine() {
                let words = line.split(separator: " ")
                guard words.count == 3, words[0] == "events", let count = Int(words[1]), let rate = UInt32(words[2])
                else { continue }
                for _ in 0..<count {
                    operations.say()
                    usleep(1_000_000 / rate)
                }
            }
            ended.continuation.finish()
        }
        for await _ in ended.stream {}
        await group.triggerGracefulShutdown()
        try await serving.value
    }
}

/// A route of Hummingbird that answers with the bytes of a file, and nothing else.
enum BareProcess {
    static func run(payload path: String) async throws {
        let payload = ByteBuffer(bytes: try Data(contentsOf: URL(fileURLWithPath: path)))
        let router = Router()
        router.get("payload") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: payload))
        }
        let app = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { BenchOutput.say("listening \($0.localAddress?.port ?? 0)") },
            logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() }))
        let serving = Task { try await app.run() }
        let ended = AsyncStream<Void>.makeStream()
        Thread.detachNewThread {
            while readLine() != nil {}
            ended.continuation.finish()
        }
        for await _ in ended.stream {}
        serving.cancel()
    }
}

enum BenchOutput {
    static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
