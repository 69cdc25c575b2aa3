import Testing

@testable import PulseTerminal

struct ColorPairsTests {
    private func colors(_ ink: Int32) -> ColorPairs.Colors { ColorPairs.Colors(foreground: ink, background: -1) }

    @Test func `the terminal's own colours are pair zero and known pairs stay`() {
        var pairs = ColorPairs(limit: 8)
        #expect(pairs.number(for: colors(-1)) == .known(0))
        #expect(pairs.number(for: colors(1)) == .define(1))
        #expect(pairs.number(for: colors(1)) == .known(1))
    }

    @Test func `the pair that was not used for longest is given away, but none of the present picture`() {
        var pairs = ColorPairs(limit: 3)
        pairs.beginPicture()
        _ = pairs.number(for: colors(1))
        _ = pairs.number(for: colors(2))
        #expect(pairs.number(for: colors(3)) == .none)
        pairs.beginPicture()
        pairs.touch(1)
        #expect(pairs.number(for: colors(3)) == .define(2))
        #expect(pairs.number(for: colors(2)) == .none)
        #expect(pairs.number(for: colors(1)) == .known(1))
    }
}
