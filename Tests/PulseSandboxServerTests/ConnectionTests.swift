import PulseDomain
import PulseHTTP
import PulseSandbox
import PulseSandboxServer
import ServiceLifecycle
import Testing

/// Connections are kept, shared fairly, bounded, and ended when somebody leaves.
@Suite(.timeLimit(.minutes(2))) struct ConnectionTests {
    /// A sandbox whose every answer waits on the clock.
    static func thinking(_ time: HeldTime, faults: FaultPlan = .none) -> Sandbox {
        var options = SandboxOptions.small
        options.latency = LatencyOptions(base: .milliseconds(60), perKilobyte: .zero, jitter: 0)
        return Sandbox(options, time: time, faults: faults, quotas: .unlimited)
    }

    @Test func `a connection is used again and again`() async throws {
        try await Served.serving(SameAnswersTests.sandbox()) { served in
            for _ in 0..<20 {
                let response = try await served.ask(.cloud, "/rest/api/3/myself")
                #expect(response.status == 200)
            }
            #expect(served.server.counts.requests == 20)
            #expect(served.server.counts.connections == 1)
        }
    }

    @Test func `64 requests are answered side by side`() async throws {
        let time = HeldTime()
        try await Served.serving(Self.thinking(time), connections: 64) { served in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<64 {
                    group.addTask { try await served.ask(.dataCenter, "/rest/api/2/serverInfo").status }
                }
                for _ in 0..<64 { await time.begun.wait() }
                #expect(served.sandbox.report().mostAtOnce == 64)
                time.release()
                for try await status in group { #expect(status == 200) }
            }
        }
    }

    @Test func `a client that leaves ends its request in the sandbox, and no other`() async throws {
        let time = HeldTime()
        try await Served.serving(Self.thinking(time)) { served in
            let leaving = Task { try await served.ask(.cloud, "/rest/api/3/myself") }
            await time.begun.wait()
            let staying = Task { try await served.ask(.cloud, "/rest/api/3/myself") }
            await time.begun.wait()
            leaving.cancel()
            await time.cancelled.wait()
            time.release()
            let answer = try await staying.value
            #expect(answer.status == 200)
            await #expect(throws: HTTPError.self) { try await leaving.value }
        }
    }

    @Test func `requests under way are answered when the server shuts down`() async throws {
        let time = HeldTime()
        try await Served.serving(Self.thinking(time)) { served in
            let asking = Task { try await served.ask(.cloud, "/rest/api/3/myself").status }
            await time.begun.wait()
            await served.group.triggerGracefulShutdown()
            time.release()
            let status = try await asking.value
            #expect(status == 200)
        }
    }

    @Test func `a request that trickles in is answered, and holds up nobody`() async throws {
        try await Served.serving(SameAnswersTests.sandbox()) { served in
            let body = #"{"query":"{ viewer { login } }"}"#
            let slow = try RawClient(port: served.port)
            await slow.send(
                "POST /github/graphql HTTP/1.1\r\nHost: x\r\nAuthorization: bearer \(served.sandbox.options.github.token)"
                    + "\r\nContent-Length: \(body.utf8.count)\r\n\r\n")
            for character in body.dropLast() { await slow.send(String(character)) }
            let other = try await served.ask(.cloud, "/rest/api/3/myself")
            #expect(other.status == 200)
            await slow.send(String(body.suffix(1)))
            #expect(await slow.receive(until: "login").contains("HTTP/1.1 200"))
        }
    }

    @Test func `a request that is too long is refused, and the next on its connection is answered`() async throws {
        try await Served.serving(
            SameAnswersTests.sandbox(), settings: .init(maximumBodySizeInBytes: 1_000), connections: 1
        ) { served in
            let long = String(repeating: " ", count: 500_000)
            let response = try await served.ask(.github, "/graphql", body: long)
            #expect(response.status == 413)
            let other = try await served.ask(.cloud, "/rest/api/3/myself")
            #expect(other.status == 200)
            #expect(served.server.counts.connections == 1)
        }
    }

    @Test(arguments: [FaultEffect.reset, .refusedConnection])
    func `a fault of the network ends the connection without an answer`(_ effect: FaultEffect) async throws {
        let faults = FaultPlan(windows: [FaultWindow(.jira, from: .zero, lasting: .hours(1), effect)])
        let sandbox = Sandbox(.small, time: HeldTime(), faults: faults)
        try await Served.serving(sandbox) { served in
            let error = await #expect(throws: HTTPError.self) { try await served.ask(.cloud, "/rest/api/3/myself") }
            guard case .connectionLost? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func `an address that leads nowhere says which do`() async throws {
        try await Served.serving(SameAnswersTests.sandbox()) { served in
            let response = try await served.client.send(HTTPRequest(url: served.base + "/jiraffe/rest"))
            #expect(response.status == 404)
            #expect(String(decoding: response.body, as: UTF8.self).contains("/jira, /jira-dc, /github"))
        }
    }

    @Test func `a port that is taken is named, with what to do`() async throws {
        try await Served.serving(SameAnswersTests.sandbox()) { served in
            let second = SandboxServer(SameAnswersTests.sandbox(), settings: .init(port: served.port))
            let error = await #expect(throws: SandboxServerError.self) { try await second.run() }
            #expect(error?.description.contains("Port \(served.port) of 127.0.0.1") == true)
            #expect(error?.description.contains("--port") == true)
        }
    }
}
