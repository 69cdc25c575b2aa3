import Foundation
import PulseAPI
import PulseDomain
import PulseEngine
import PulseHTTP
import PulseTerminal
import PulseTestGateway
import PulseTestTurns
import Testing

@testable import PulseConsole

/// A clock on which no wait ends by itself.
private final class Standstill: TimeSource {
    private let clock = SystemClock()
    var now: Instant { clock.now }
    var elapsed: Duration { clock.elapsed }

    func sleep(for duration: Duration) async throws {
        let (never, _keepsOpen) = AsyncStream.makeStream(of: Never.self)
        for await _ in never {}
        _ = _keepsOpen
        try Task.checkCancellation()
    }
}

/// When a lost connection is tried again, and by whom.
@Suite struct RemoteRetryTests {
    private static let gone = Failure(.transient, code: "http.cannot_connect", "Gone.", remedy: "Wait.")
    private static let expired = Failure(.unauthorised, code: "login.expired", "Expired.", remedy: "Log in again.")

    /// A way in which a link is lost.
    struct Loss: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var event: ConsoleEvent
    }

    static let losses = [
        Loss(testDescription: "the console counts", event: .linkLost(gone)),
        Loss(
            testDescription: "the link counts",
            event: .link(.lost(gone, since: .seconds(9), retryIn: .seconds(14), attempt: 6))),
        Loss(testDescription: "a login is needed", event: .linkLost(expired)),
    ]

    @Test func `however long the engine is away, it is tried again within 15 seconds`() {
        var console = Picture.linked(Size(120, 40))
        var waits: [Duration] = []
        for round in 1...12 {
            console.effects = []
            console.send(.time(.seconds(round * 20)))
            console.send(.linkLost(Self.gone))
            for case .connect(let wait) in console.effects { waits.append(wait) }
            #expect(console.text().contains("try \(round) in \(waits.last?.components.seconds ?? 0)s"))
        }
        #expect(Array(waits.prefix(6)) == [1, 2, 4, 8, 15, 15].map { Duration.seconds($0) } && waits.count == 12)
        #expect(waits.allSatisfy { $0 <= .seconds(15) })
        #expect(APIClient.Limits().longestReconnect <= .seconds(15))
    }

    @Test(arguments: losses, [KeyPress("R"), .control("r"), KeyPress(.function(5))])
    func `a key tries at once, whoever counts down`(_ loss: Loss, _ key: KeyPress) {
        var console = Picture.linked(Size(120, 40))
        console.send(.time(.seconds(30)))
        console.send(loss.event)
        console.send(.time(.milliseconds(30_500)))
        console.effects = []
        console.press(key)
        #expect(console.effects == [.connect(after: .zero)])
        guard case .lost(_, _, let retryAt, let attempt) = console.state.connection else {
            Issue.record("it is lost until it was reached")
            return
        }
        #expect(retryAt == .milliseconds(30_500))
        // What is under way is not begun anew by a key that is held down, and can be when it hangs.
        console.effects = []
        console.send(.time(.milliseconds(32_400)))
        console.press(key)
        #expect(console.effects.isEmpty && console.state.notice?.text.contains("being tried") == true)
        console.send(.time(.milliseconds(32_500)))
        console.press(key)
        #expect(console.effects == [.connect(after: .zero)])
        // It goes on counting where it was.
        console.send(.linkLost(Self.gone))
        guard case .lost(_, _, let next, let count) = console.state.connection else { return }
        #expect(count == attempt + 1 && next > console.state.elapsed)
        console.send(.overview(Scene.busy.overview()))
        #expect(console.state.connection == .live)
    }

    @Test func `what is live is not tried`() {
        var console = Picture.linked(Size(120, 40))
        console.effects = []
        console.press(KeyPress("R"))
        #expect(console.effects.isEmpty && console.state.notice?.text.contains("not lost") == true)
        console.press(.control("r"))
        #expect(console.effects.contains(.loadOverview))
    }

    @Test(arguments: [Size(120, 40), Size(80, 24), Size(44, 12)])
    func `the key stands first in the footer of every screen while the link is lost, and only then`(_ size: Size) {
        for screen in ScreenName.allCases {
            var console = Picture.linked(size)
            console.press(KeyPress(Character(String(screen.rawValue))))
            #expect(!console.text().contains("try now"))
            console.send(.linkLost(Self.gone))
            #expect(console.text().split(separator: "\n").last?.hasPrefix(" R try now") == true, "\(screen)")
        }
    }

    @Test func `the countdown is drawn again every second`() throws {
        var console = Picture.linked(Size(120, 40))
        console.send(.linkLost(Self.gone))
        let change = try #require(console.drawing().changesAt)
        #expect(change <= console.state.now + .seconds(1))
    }
}

@Suite(.long, .timeLimit(.minutes(1))) struct RemoteLiveRetryTests {
    @Test func `a key ends the wait for a link that was cut, and the screen is live again`() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/pulse-retry-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await RunningGateway.with(ScriptedOperations(Scene.busy.overview()), folder: folder) { gateway in
            let token = try await gateway.login().accessToken
            let proxy = try CuttingProxy(to: gateway.port, cuts: 0)
            defer { proxy.stop() }
            var limits = APIClient.Limits()
            limits.tries = 1
            let client = APIClient(
                base: proxy.url, transport: CurlTransport(configuration: .init(proxy: .none)),
                tokens: TokenKeeper(constant: token), time: Standstill(), limits: limits)
            let link = ConsoleLink(address: client.base) {
                AsyncStream { continuation in
                    let telling = Task {
                        for await status in client.monitor.statuses() {
                            guard case .reconnecting(_, let attempt, let because) = status.state else { continue }
                            continuation.yield(.lost(because, since: .zero, retryIn: .seconds(15), attempt: attempt))
                        }
                    }
                    continuation.onTermination = { _ in telling.cancel() }
                }
            } tell: { _, _ in
            }
            let console = LiveConsole(RemoteOperations(client), Size(120, 40), link: link)
            await console.run { $0.connection == .live }
            proxy.cut()
            await console.run { $0.isLost }
            #expect(console.text().contains("in 15s"))
            console.press([KeyPress("R")])
            await console.run { $0.connection == .live && !$0.awaitsOverview }
            #expect(console.text().contains("● live"))
        }
    }
}
