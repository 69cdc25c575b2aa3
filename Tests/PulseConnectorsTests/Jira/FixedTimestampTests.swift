import PulseDomain
import Testing

@testable import PulseConnectors

@Suite struct FixedTimestampTests {
    private func fixed(_ text: String) -> Instant? {
        Array(text.utf8).withUnsafeBufferPointer { FixedTimestamp.parse($0) }
    }

    @Test(arguments: [
        "2021-03-28T16:06:08.713+0800", "1969-12-31T23:59:59.999-0330", "2024-02-29T00:00:00.000+0000",
        "2016-12-31T23:59:60.001+1400", "0001-01-01T24:00:00.000-1200", "2026-01-02T03:04:05Z", "1969-12-31T24:00:60Z",
    ])
    func `it reads what the general reader reads`(text: String) {
        #expect(fixed(text) != nil)
        #expect(fixed(text) == Instant(parsing: text))
    }

    @Test(arguments: [
        "2021-03-28T16:06:08.713Z", "2021-13-28T16:06:08.713+0800", "2021-03-00T16:06:08.713+0800",
        "2021-03-28T16:60:08.713+0800", "2021-03-28T16:06:08.7x3+0800", "2021-03-28 16:06:08.713+0800", "",
        "2021-03-28T16:06:08.713+08:00", "2021-03-28T16:06:08+", "2021-03-28T16:06:0xZ", "2021-02-00T16:06:08Z",
    ])
    func `it leaves everything else to it`(text: String) { #expect(fixed(text) == nil) }
}
