import Foundation
import PulseMeasuring

/// What the gateway adds to a bare server, and what its event streams cost.
enum GatewayBenchmark {
    static let usage = """
        usage: swift run -c release PulseGatewayBench [--seconds N] [--connections N] [--streams N] [--rounds N]

        Authenticated reads of the gateway against a bare Hummingbird route with the same bytes, in turns, each server a
        process of its own that shares the machine with the clients; then event streams: how long an event takes to each,
        and what memory a stream takes.

          --seconds N       of each round of reads, and of events (5)
          --rounds N        rounds of reads; the quickest counts (3)
          --connections N   clients that read, one request at a time each (8)
          --streams N       event streams (1000)
          --serve-gateway FOLDER, --serve-bare FILE    parts of it, each a process of its own
        """

    struct Options {
        var seconds = 5
        var rounds = 3
        var connections = 8
        var streams = 1_000
    }

    static func run(_ arguments: [String]) async throws {
        var options = Options()
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--serve-gateway": return try await GatewayProcess.run(folder: rest.popFirst() ?? "")
            case "--serve-bare": return try await BareProcess.run(payload: rest.popFirst() ?? "")
            case "--seconds": options.seconds = try count(argument, rest.popFirst())
            case "--rounds": options.rounds = try count(argument, rest.popFirst())
            case "--connections": options.connections = try count(argument, rest.popFirst())
            case "--streams": options.streams = try count(argument, rest.popFirst())
            case "-h", "--help":
                print(usage)
                return
            default: throw BenchError("\(argument) is not known.\n\n\(usage)")
            }
        }
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("pulse-gateway-bench-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        print("PulseGatewayBench on \(Machine.line)\n")
        let gateway = try GatewaySide(folder: folder)
        try reads(options, gateway, folder)
        try streams(options, gateway)
        print("\nAfterwards: \(Machine.line)")
    }

    private static func reads(_ options: Options, _ gateway: GatewaySide, _ folder: String) throws {
        print("Reads, \(options.connections) connections: a second; p50, p99 in ms; µs of the server's processor each")
        for (name, path) in [("one job", "/api/v1/jobs/source-0/issues"), ("overview of 30 jobs", "/api/v1/overview")] {
            let request = gateway.request(path)
            let payload = try Connection(port: gateway.port).exchange(request)
            guard payload.status == 200 else {
                throw BenchError("The gateway answered \(path) with \(payload.status).")
            }
            let file = "\(folder)/payload"
            try Data(payload.body).write(to: URL(fileURLWithPath: file))
            let bare = try Child(["--serve-bare", file])
            let port = try Int(bare.words(after: "listening").first ?? "") ?? 0
            let plain = Connection.get("/payload")
            var (ours, theirs) = (ReadLoad.Figures(), ReadLoad.Figures())
            for _ in 0..<options.rounds {
                let sides = [(true, gateway.port, gateway.child, request), (false, port, bare, plain)]
                for (isOurs, port, child, request) in sides {
                    let load = ReadLoad(
                        port: port, request: request, connections: options.connections, seconds: options.seconds,
                        server: child.pid)
                    let figures = try load.run()
                    if isOurs { ours = ours.better(figures) } else { theirs = theirs.better(figures) }
                }
            }
            report(
                "\(name), \(payload.body.count) bytes: gateway", ours.rate.shown(0), ours.p50.shown(2),
                ours.p99.shown(2), ours.processor.shown(0))
            report(
                "bare Hummingbird", theirs.rate.shown(0), theirs.p50.shown(2), theirs.p99.shown(2),
                theirs.processor.shown(0))
            report("gateway's share of the bare rate", (100 * ours.rate / theirs.rate).shown(0) + " %")
        }
    }

    private static func streams(_ options: Options, _ gateway: GatewaySide) throws {
        let before = try gateway.resident()
        let load = try StreamLoad(
            port: gateway.port, request: gateway.request("/api/v1/events"), count: options.streams)
        let open = try gateway.resident()
        let perSecond = 10
        let figures = try load.hear(events: options.seconds * perSecond) {
            try gateway.child.say("events \(options.seconds * perSecond) \(perSecond)")
        }
        let after = try gateway.resident()
        print("\n\(options.streams) event streams, \(perSecond) events a second to each")
        report("delivered of \(figures.expected)", "\(figures.delivered)")
        report("delay p50, p99, longest, ms", figures.p50.shown(2), figures.p99.shown(2), figures.longest.shown(2))
        report(
            "memory a stream, KB: open, after events", ((open - before) * 1_024 / Double(options.streams)).shown(1),
            ((after - before) * 1_024 / Double(options.streams)).shown(1))
    }

    private static func count(_ name: String, _ value: String?) throws -> Int {
        guard let number = value.flatMap({ Int($0) }), number > 0 else {
            throw BenchError("\(name) takes a number above 0.\n\n\(usage)")
        }
        return number
    }
}

/// The gateway's process as the benchmark sees it: logged in to.
struct GatewaySide {
    let child: Child
    let port: Int
    private let token: String

    init(folder: String) throws {
        child = try Child(["--serve-gateway", folder])
        let words = try child.words(after: "listening")
        guard words.count == 2, let port = Int(words[0]) else { throw BenchError("The gateway did not begin.") }
        self.port = port
        let connection = try Connection(port: port)
        let password = "seven maids with seven mops"
        let first = try Self.login(words[1], connection)
        let changed = try connection.exchange(
            Connection.post(
                "/api/v1/auth/password", "{\"password\":\"\(words[1])\",\"new_password\":\"\(password)\"}",
                token: first))
        guard changed.status < 300 else { throw BenchError("The one-time password could not be changed.") }
        token = try Self.login(password, connection)
    }

    private static func login(_ password: String, _ connection: Connection) throws -> String {
        let answer = try connection.exchange(
            Connection.post("/api/v1/auth/login", "{\"name\":\"admin\",\"password\":\"\(password)\"}", token: nil))
        let text = String(decoding: answer.body, as: UTF8.self)
        guard answer.status == 200, let begin = text.range(of: "\"access_token\":\"") else {
            throw BenchError("Nobody could log in: \(answer.status).")
        }
        return String(text[begin.upperBound...].prefix { $0 != "\"" })
    }

    func request(_ path: String) -> [UInt8] { Connection.get(path, token: token) }

    func resident() throws -> Double { try Machine.residentInMegabytes(of: child.pid) }
}
