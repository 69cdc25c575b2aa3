import PulseDomain
import PulseTerminal
import Testing

@testable import PulseConsole

@Suite struct RecoveryTests {
    private func opened() -> Console {
        var console = Console(.busy)
        console.press(KeyPress("3"))
        console.send(.quarantine(Scene.quarantine()))
        console.send(.findings(Scene.tombstones()))
        return console
    }

    @Test func `opening the screen reads both lists`() {
        var console = Console(.busy)
        console.press(KeyPress("3"))
        #expect(console.effects.suffix(2) == [.loadQuarantine(nil), .loadFindings])
        #expect(console.text().contains("Reading"))
    }

    @Test func `rows of a finding are read once it is chosen, and once`() {
        var console = opened()
        #expect(!console.effects.contains(.loadFindingRows(12)))
        console.press(KeyPress(.tab))
        #expect(console.effects.last == .loadFindingRows(12))
        console.send(.findingRows(12, Scene.tombstoneRows(of: 12)))
        #expect(console.text().contains("PAY-0"))
        console.press(KeyPress("j"))
        #expect(console.effects.last == .loadFindingRows(11))
        let asked = console.effects.count
        console.press(KeyPress("k"))
        #expect(console.effects.count == asked)
    }

    @Test func `a held finding is confirmed or undone, an applied one only undone`() {
        var console = opened()
        console.press(KeyPress(.tab), KeyPress("c"))
        #expect(console.effects.last == .preview(dialog: 1, variant: 0, [.confirmTombstones(12)]))
        console.press(KeyPress(.escape), KeyPress("u"))
        #expect(console.effects.last == .preview(dialog: 2, variant: 0, [.undoTombstones(12)]))
        console.press(KeyPress(.escape), KeyPress("j"), KeyPress("c"))
        #expect(console.state.notice?.text == "Its rows are marked as deleted already.")
        console.press(KeyPress("u"))
        #expect(console.effects.last == .preview(dialog: 3, variant: 0, [.undoTombstones(11)]))
    }

    @Test func `keys of one list do nothing in the other and say where they work`() {
        var console = opened()
        console.press(KeyPress("u"))
        #expect(console.state.notice?.text == "Choose a finding first: Tab to Findings.")
        console.press(KeyPress(.tab), KeyPress("d"))
        #expect(console.state.notice?.text == "Choose a record first: Tab to Quarantine.")
        #expect(console.state.overlay == nil)
    }

    @Test func `a decision reads both lists and the rows again`() {
        var console = opened()
        console.press(KeyPress(.tab))
        console.send(.performed([CommandOutcome(.confirmTombstones(12), .success(.accepted("Done.")))]))
        #expect(console.effects.suffix(2) == [.loadQuarantine(nil), .loadFindings])
        console.send(.findings(Scene.tombstones()))
        #expect(console.effects.last == .loadFindingRows(12))
    }

    @Test func `a rewind shows where it goes beside where it stands`() throws {
        var console = Console(.busy)
        _ = console.state.open("jira-cloud/issues")
        console.send(.detail("jira-cloud/issues", Scene.detail(of: "jira-cloud/issues")))
        console.press(KeyPress(.tab), KeyPress("j"), KeyPress("w"))
        console.answerPreview()
        let comparison = try #require(console.dialog?.comparison)
        #expect(comparison.then.sequence <= comparison.now.sequence)
        #expect(comparison.then.partition == comparison.now.partition)
        let text = console.text()
        #expect(text.contains("THEN, NO. \(comparison.then.sequence)"))
        #expect(text.contains("NOW, NO. \(comparison.now.sequence)"))
        #expect(text.contains("no row is deleted") || text.contains("nothing would change"))
    }
}
