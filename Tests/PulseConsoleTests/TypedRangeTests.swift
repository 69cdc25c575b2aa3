import PulseDomain
import PulseTerminal
import Testing

@testable import PulseConsole

@Suite struct TypedRangeTests {
    /// What is typed at 2026-03-12 14:32:05, and the range that is meant.
    struct Sample: Sendable, CustomTestStringConvertible {
        var from: String
        var to: String
        var range: String
        var testDescription: String { "\(from) to \(to)" }

        init(_ from: String, _ to: String, _ range: String) { (self.from, self.to, self.range) = (from, to, range) }
    }

    @Test(arguments: [
        Sample("7d", "", "2026-03-05T14:32:05Z 2026-03-12T14:32:05Z"),
        Sample(" 90m ", "now", "2026-03-12T13:02:05Z 2026-03-12T14:32:05Z"),
        Sample("2w", "1d", "2026-02-26T14:32:05Z 2026-03-11T14:32:05Z"),
        Sample("2026-03-01", "2026-03-03", "2026-03-01T00:00:00Z 2026-03-04T00:00:00Z"),
        Sample("2026-03-01 08:30", "2026-03-01 09:00", "2026-03-01T08:30:00Z 2026-03-01T09:00:00Z"),
        Sample("2026-03-01T08:30:00+02:00", "", "2026-03-01T06:30:00Z 2026-03-12T14:32:05Z"),
        Sample("yesterday", "yesterday", "2026-03-11T00:00:00Z 2026-03-12T00:00:00Z"),
        Sample("today", "", "2026-03-12T00:00:00Z 2026-03-12T14:32:05Z"),
        Sample("2026-03-12", "2026-03-12", "2026-03-12T00:00:00Z 2026-03-12T14:32:05Z"),
    ])
    func `dates, moments and ages are read as they are meant`(_ sample: Sample) throws {
        let range = try TypedRange.read(from: sample.from, to: sample.to, now: Scene.moment)
        #expect("\(range.from.iso8601) \(range.to.iso8601)" == sample.range)
    }

    @Test(arguments: [
        ("", "", "Say from when"), ("soon", "", "\"soon\" is no date"), ("2026-13-01", "", "is no date"),
        ("2026-02-30", "", "is no date"), ("7d", "9d", "ends before"), ("2027-01-01", "", "in the future"),
        ("-7d", "", "is no date"), ("0d", "", "is no date"), ("99999999999d", "", "is no date"),
        ("2026-03-05", "2026-03-04", "ends before"), ("1d", "whenever", "\"whenever\" is no date"),
    ])
    func `what is no range is told in a sentence`(_ from: String, _ to: String, _ sentence: String) {
        #expect(throws: TypedRange.Mistake.self) { try TypedRange.read(from: from, to: to, now: Scene.moment) }
        do throws(TypedRange.Mistake) {
            _ = try TypedRange.read(from: from, to: to, now: Scene.moment)
        } catch {
            #expect(error.sentence.contains(sentence))
        }
    }

    @Test func `a range is typed, seen before it is asked for, and started`() throws {
        var console = Console(.busy)
        console.press(KeyPress("s"), KeyPress(.down), KeyPress(.down))
        let job = try #require(console.state.targets.first)
        // Seven days stand there already, so that the preview is asked for at once.
        let week = Command.start(job, .range(from: Scene.moment - .days(7), to: Scene.moment))
        #expect(console.effects.last == .preview(dialog: 1, variant: 2, [week]))
        console.press(KeyPress(.enter), KeyPress(.backspace), KeyPress(.backspace))
        #expect(console.text().contains("Say from when"))
        console.type("2026-03-01")
        console.press(KeyPress(.enter))
        console.type("2026-03-02")
        let days = Command.start(
            job,
            .range(
                from: Instant(CivilTime(year: 2026, month: 3, day: 1)),
                to: Instant(CivilTime(year: 2026, month: 3, day: 3))))
        #expect(console.effects.last == .preview(dialog: 1, variant: 2, [days]))
        #expect(console.text().contains("2026-03-01 00:00 to 2026-03-03 00:00 UTC, 2d 0h"))
        // An answer about the dates before is not taken for one about these.
        console.send(.previewed(dialog: 1, variant: 2, [CommandOutcome(week, .success(.init(sentence: "A week.")))]))
        #expect(console.dialog?.preview == nil)
        console.send(.previewed(dialog: 1, variant: 2, [CommandOutcome(days, .success(.init(sentence: "Two days.")))]))
        console.press(KeyPress(.enter), KeyPress(.enter))
        #expect(console.effects.last == .perform([days], reason: ""))
    }

    @Test func `a range that is none is not started`() {
        var console = Console(.busy)
        console.press(KeyPress("s"), KeyPress(.down), KeyPress(.down), KeyPress(.enter))
        console.type("x")
        console.press(KeyPress(.tab), KeyPress(.tab), KeyPress(.tab), KeyPress(.right), KeyPress(.enter))
        #expect(!console.effects.contains { if case .perform = $0 { true } else { false } })
        #expect(console.state.notice?.text.contains("is no date") == true)
    }
}
