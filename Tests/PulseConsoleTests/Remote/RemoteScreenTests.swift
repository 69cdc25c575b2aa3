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

/// A golden screen that keys lead to, whatever stands behind the console.
struct ReachedScreen: Sendable, CustomTestStringConvertible {
    var golden: String
    var scene = Scene.busy
    var size: Size
    var glyphs = GlyphMode.unicode
    var job: JobID?
    var keys: [KeyPress] = []
    /// Whether everything has arrived that the screen shows.
    var isThere: @Sendable (ConsoleState) -> Bool = { _ in true }

    var testDescription: String { golden }

    private static let (large, middle, small) = (Size(200, 50), Size(120, 40), Size(80, 24))

    private static func hasPreview(_ state: ConsoleState) -> Bool {
        if case .command(let dialog)? = state.overlay { dialog.preview != nil } else { false }
    }

    static let all: [ReachedScreen] =
        // The empty scene's golden screens have no log, which the scripted engine always has.
        Scene.allCases.filter { $0 != .empty }.flatMap { scene in
            Picture.sizes.flatMap { size in
                [GlyphMode.unicode, .ascii].map { glyphs in
                    ReachedScreen(
                        golden:
                            "home-\(scene.rawValue)-\(size.width)x\(size.height)\(glyphs == .ascii ? "-ascii" : "")",
                        scene: scene, size: size, glyphs: glyphs)
                }
            }
        }
        + [large, middle, small].map { size in
            ReachedScreen(
                golden: "detail-\(size.width)x\(size.height)", size: size, job: "jira-cloud/issues",
                isThere: { $0.detail?.data != nil })
        }
        + [
            ReachedScreen(golden: "limits-120x40", size: middle, keys: [KeyPress("2")]),
            ReachedScreen(golden: "limits-80x24", size: small, keys: [KeyPress("2")]),
            ReachedScreen(golden: "logs-80x24", size: small, keys: [KeyPress("4")]),
            ReachedScreen(golden: "alerts-80x24", size: small, keys: [KeyPress("5")]),
            ReachedScreen(
                golden: "audit-80x24", size: small, keys: [KeyPress("6")], isThere: { $0.audit.isLoaded }),
            ReachedScreen(
                golden: "data-tables-80x24", size: small, keys: [KeyPress("8")], isThere: { $0.data.isLoaded }),
            ReachedScreen(golden: "health-120x40", scene: .many, size: middle, keys: [KeyPress("7")]),
            ReachedScreen(golden: "health-80x24", scene: .many, size: small, keys: [KeyPress("7")]),
            ReachedScreen(golden: "help-80x24", size: small, keys: [KeyPress("?")]),
            ReachedScreen(golden: "dialog-start-80x24", size: small, keys: [KeyPress("s")], isThere: hasPreview),
            ReachedScreen(
                golden: "detail-checkpoints-80x24", size: small, job: "jira-cloud/issues", keys: [KeyPress(.tab)],
                isThere: { $0.detail?.data != nil }),
        ]

    /// The screen as `operations` lead to it.
    func text(_ operations: any Operations, link: ConsoleLink? = nil) async -> String {
        let console = LiveConsole(operations, size, link: link)
        await console.run { $0.fleet.engine != nil && $0.logs.buffer.range.count > 0 }
        if let job {
            console.open(job)
            await console.run { $0.detail?.data != nil }
        }
        console.press(keys)
        await console.run(until: isThere)
        return console.text(glyphs)
    }
}

@Suite(.long, .timeLimit(.minutes(1))) struct RemoteScreenTests {
    @Test(arguments: ReachedScreen.all)
    func `keys lead to the golden screens with the engine in this process`(_ screen: ReachedScreen) async throws {
        try Golden.expect(await screen.text(ScriptedOperations(screen.scene.overview())), screen.golden)
    }

    @Test func `keys lead to the golden screens with the engine behind a gateway`() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/pulse-screens-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let operations = ScriptedOperations(Scene.busy.overview())
        try await RunningGateway.with(operations, folder: folder) { gateway in
            let login = try await gateway.login()
            let client = APIClient(
                base: gateway.url, transport: CurlTransport(configuration: .init(proxy: .none)),
                tokens: TokenKeeper(constant: login.accessToken), time: SystemClock())
            // The audit behind a gateway has its logins too.
            for screen in ReachedScreen.all where !screen.golden.hasPrefix("audit") {
                let overview = screen.scene.overview()
                operations.play(overview)
                // No event tells of another scene: the gateway looks again after a tenth of a second.
                while try await RemoteOperations(client).overview().json != overview.json {}
                try Golden.expect(await screen.text(RemoteOperations(client)), screen.golden)
            }
        }
    }
}
