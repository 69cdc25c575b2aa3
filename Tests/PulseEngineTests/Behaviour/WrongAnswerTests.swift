import PulseAssembly
import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseHTTP
import PulseSandbox
import PulseSimulation
import PulseStore
import PulseTestTurns
import Testing

/// Answers that look like success and are none, met by the engine as a whole.
@Suite(.long) struct WrongAnswerTests {
    typealias Pulse = SimulatedPulse

    /// Without schedules, and with nothing that grows stale meanwhile.
    private static let once: @Sendable (inout Configuration) -> Void = { configuration in
        configuration.sources.runOnce()
        for index in configuration.sources.indices { configuration.sources[index].staleAfter = nil }
    }

    enum Page: String, Sendable, CaseIterable {
        case proxy = "<html><head><title>Access is being checked</title></head><body>Please wait</body></html>"
        case login = "<!DOCTYPE html><html><head><title>Log in</title></head><body>Please log in</body></html>"
    }

    /// A loaded Pulse whose sources answer with `page` while `isOn`; `nil`: with searches that find nothing.
    private static func loaded(_ clock: SimulationExecutor, _ page: Page?, _ isOn: Locked<Bool>) async throws -> Pulse {
        let pulse = try await Pulse.open(
            on: clock, .tiny, configure: once,
            transport: { sandbox in
                ScriptedTransport(time: clock) { (request, _) async throws(HTTPError) in
                    guard isOn.value else { return try await sandbox.send(request) }
                    if let page {
                        return HTTPResponse(
                            status: 200, headers: ["Content-Type": "text/html; charset=utf-8"],
                            body: Array(page.rawValue.utf8), url: request.url)
                    }
                    guard request.url.contains("/search/jql") else { return try await sandbox.send(request) }
                    return HTTPResponse(
                        status: 200, headers: ["Content-Type": "application/json"],
                        body: Array(#"{"issues":[],"isLast":true}"#.utf8), url: request.url)
                }
            })
        try await pulse.engine.run(untilIdle: true)
        #expect(try await pulse.differences() == [])
        return pulse
    }

    /// Another engine on the same store, over the same wire.
    private static func next(_ pulse: Pulse) async throws -> Pulse {
        try await Pulse.open(
            on: pulse.clock, sandbox: pulse.sandbox, store: pulse.store,
            transport: pulse.pulse.sources.first?.transport, configure: once)
    }

    private static func watermarks(_ pulse: Pulse) async throws -> [PartitionKey: Watermark?] {
        try await pulse.store.newestCheckpoints(of: Pulse.issues).mapValues(\.watermark)
    }

    @Test(arguments: Page.allCases, [RunMode.incremental, .full, .census])
    func `a web page instead of data fails the run with an alert, and takes nothing away`(
        page: Page, mode: RunMode
    ) async throws {
        try await SimulatedPulse.simulate { clock in
            let isOn = Locked(false)
            let before = try await Self.loaded(clock, page, isOn)
            let rows = try await TableDump.rows(of: before.store)
            let watermarks = try await Self.watermarks(before)
            isOn.change { $0 = true }
            try await clock.sleep(for: .hours(2))
            let pulse = try await Self.next(before)
            #expect(try await pulse.perform(.start(Pulse.issues, mode)).isAccepted)
            try await pulse.engine.run(untilIdle: true)
            guard case .failed(let failure)? = try await pulse.job().run?.state else {
                Issue.record("\(String(describing: try await pulse.job().run?.state))")
                return
            }
            #expect(failure.kind == (page == .proxy ? .contractBroken : .unauthorised))
            #expect(failure.sentence.contains(page == .proxy ? "web page" : "login page") && !failure.remedy.isEmpty)
            let alert = try #require(try await pulse.engine.overview().alerts.first { $0.job == Pulse.issues })
            #expect(alert.severity == .critical && alert.because.contains(failure.sentence))
            #expect(alert.remedies.contains(.retry(Pulse.issues)))
            #expect(try await TableDump.rows(of: pulse.store) == rows)
            #expect(try await Self.watermarks(pulse) == watermarks)
            isOn.change { $0 = false }
            #expect(try await pulse.perform(.retry(Pulse.issues)).isAccepted)
            let mended = try await Self.next(pulse)
            try await mended.engine.run(untilIdle: true)
            #expect(try await mended.state() == .succeeded)
            #expect(try await TableDump.rows(of: mended.store) == rows)
            #expect(try await mended.engine.overview().alerts == [])
        }
    }

    @Test func `a success with nothing where there was something is suspicious: told, and nothing moves`() async throws
    {
        try await SimulatedPulse.simulate { clock in
            let isOn = Locked(false)
            let before = try await Self.loaded(clock, nil, isOn)
            let rows = try await TableDump.rows(of: before.store)
            let watermarks = try await Self.watermarks(before)
            let success = try await before.job().lastSuccessAt
            isOn.change { $0 = true }
            try await clock.sleep(for: .hours(2))
            let pulse = try await Self.next(before)
            #expect(try await pulse.perform(.start(Pulse.issues, .full)).isAccepted)
            try await pulse.engine.run(untilIdle: true)
            guard case .succeeded(let flags)? = try await pulse.job().run?.state else {
                Issue.record("\(String(describing: try await pulse.job().run?.state))")
                return
            }
            #expect(flags.contains(.suspicious))
            let alert = try #require(try await pulse.engine.overview().alerts.first { $0.kind == .suspiciousSuccess })
            #expect(alert.job == Pulse.issues && !alert.remedies.isEmpty)
            #expect(try await TableDump.rows(of: pulse.store) == rows)
            #expect(try await Self.watermarks(pulse) == watermarks)
            #expect(try await pulse.job().lastSuccessAt == success)
            // A good run afterwards ends the suspicion.
            isOn.change { $0 = false }
            #expect(try await pulse.perform(.start(Pulse.issues, .full)).isAccepted)
            let mended = try await Self.next(pulse)
            try await mended.engine.run(untilIdle: true)
            #expect(try await mended.engine.overview().alerts == [])
            #expect(try await TableDump.rows(of: mended.store) == rows)
        }
    }
}
