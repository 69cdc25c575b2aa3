import Testing

@testable import PulseCommands

@Suite struct ToldLinesTests {
    @Test func `lines that come out of turn or twice are told once, and none is left out`() {
        var told = ToldLines(after: 5)
        let come: [Int64] = [5, 7, 6, 7, 10, 9, 8, 10, 3, 12]
        let first = come.filter { told.isNew($0) }
        #expect(first == [7, 6, 10, 9, 8, 12])
        // From here it is read anew after a gap.
        #expect(told.floor == 10)
        let second = (8...14).filter { told.isNew($0) }
        #expect(second == [11, 13, 14])
        #expect(told.floor == 14)
    }

    @Test func `lines that were let go are not waited for for ever`() {
        var told = ToldLines(after: 0)
        let count = (Int64(100)...30_000).count { told.isNew($0) }
        #expect(count == 29_901 && told.floor == 30_000)
    }
}
