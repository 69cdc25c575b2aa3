import Testing

@testable import PulseConnectors

@Suite struct TextSetTests {
    @Test func `it is a set, whatever the texts and however many`() {
        var texts = ["", "a", "b", "ab", "12345678", "123456789", "12345678\u{0}", "\u{0}", "ÄÖÜß", "\u{1F600}"]
        texts += (0..<3_000).map { "MDQ6VXNlcjE\($0 % 1_000)" }
        var set = TextSet()
        var model: Set<String> = []
        for text in texts { #expect(set.insert(text) == model.insert(text).inserted, "\(text)") }
        #expect(set.count == model.count)
    }
}
