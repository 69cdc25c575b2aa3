import PulseDomain
import Testing

@testable import PulseEngine

@Suite struct BackoffTests {
    @Test(arguments: [1, 2, 3, 5, 8, 9, 40, 1_000])
    func `a wait lies between a tenth of its ceiling and the ceiling, which doubles`(attempt: Int) {
        let backoff = Backoff(base: .seconds(1), longest: .seconds(120))
        let ceiling = min(120, Double(1 << min(attempt - 1, 30)))
        var random = SeededGenerator(seed: UInt64(attempt))
        let waits = (0..<500).map { _ in backoff.wait(beforeRetry: attempt, using: &random).inSeconds }
        #expect(waits.allSatisfy { $0 >= ceiling * 0.0999 && $0 <= ceiling })
        // Full jitter: callers that fail together do not come back together.
        #expect((waits.max() ?? 0) - (waits.min() ?? 0) > ceiling * 0.7)
    }
}

@Suite struct PageSizerTests {
    @Test func `a page that is too heavy is halved down to one record, then given up`() {
        var sizer = PageSizer(usual: 100, learned: nil)
        var sizes: [Int] = []
        while sizer.halve() { sizes.append(sizer.size) }
        #expect(sizes == [50, 25, 12, 6, 3, 1])
        #expect(sizer.learned == 1)
    }

    @Test func `it grows back with answered pages, the slower the more often it had to halve`() {
        func pages(after halvings: Int) -> Int {
            var sizer = PageSizer(usual: 64, learned: nil)
            for _ in 0..<halvings { _ = sizer.halve() }
            let small = sizer.size
            var count = 0
            while sizer.size == small, count < 10_000 {
                sizer.succeed()
                count += 1
            }
            return count
        }
        #expect(pages(after: 1) == 16)
        #expect(pages(after: 3) == 64)
        var sizer = PageSizer(usual: 64, learned: nil)
        _ = sizer.halve()
        for _ in 0..<1_000 { sizer.succeed() }
        #expect(sizer.size == 64 && sizer.learned == nil)
    }

    @Test(arguments: [(nil, 100), (30, 30), (0, 1), (500, 100)] as [(Int?, Int)])
    func `it begins with what was learned, within bounds`(learned: Int?, begins: Int) {
        #expect(PageSizer(usual: 100, learned: learned).size == begins)
    }
}

@Suite struct RateMeterTests {
    @Test func `it shows a steady rate and falls to nothing when nothing happens`() {
        var meter = RateMeter()
        var now = Instant(seconds: 1_000_000)
        #expect(meter.perSecond(at: now) == 0)
        for _ in 0..<60 {
            meter.add(50, at: now)
            now += .seconds(1)
        }
        #expect(abs(meter.perSecond(at: now) - 50) < 5)
        #expect(meter.perSecond(at: now + .minutes(3)) < 1)
        // A clock that is set back gives no negative and no endless number.
        meter.add(50, at: now - .hours(1))
        #expect(meter.perSecond(at: now - .hours(1)).isFinite && meter.perSecond(at: now - .hours(1)) >= 0)
    }
}

@Suite struct LogBufferTests {
    @Test func `lines that find no room are counted and told`() {
        let buffer = LogBuffer(time: SystemClock())
        for number in 0..<10_005 { buffer.add(.info, "\(number)") }
        let lines = buffer.take()
        #expect(lines.count == 10_001 && lines.first?.message == "0")
        #expect(lines.last?.facts == [LogLine.Fact("lines", "5")])
        #expect(buffer.take().isEmpty)
        buffer.add(.info, "newer")
        buffer.giveBack([LogLine(at: .epoch, level: .info, message: "older")])
        #expect(buffer.take().map(\.message) == ["older", "newer"])
    }

    @Test func `who follows hears a line when it is added, once, whatever the store does with it`() async {
        let buffer = LogBuffer(time: SystemClock())
        buffer.add(.info, "before")
        let lines = buffer.follow()
        buffer.add(.info, "first")
        buffer.giveBack(buffer.take())
        buffer.tell(LogLine(at: .epoch, level: .notice, message: "second"))
        buffer.end()
        buffer.add(.info, "after")
        var heard: [String] = []
        for await line in lines { heard.append(line.message) }
        #expect(heard == ["first", "second"])
        #expect(buffer.take().map(\.message) == ["before", "first", "after"])
    }
}

@Suite struct RewindPreviewTests {
    @Test func `the work after a checkpoint is counted once, however many checkpoints there are`() {
        func checkpoint(_ sequence: Int64, _ records: Int, _ pages: Int, complete: Bool = false) -> Checkpoint {
            Checkpoint(
                partition: PartitionID(tenant: "t", source: "s", stream: "x", key: "k"), sequence: sequence,
                run: RunID(1), mode: .full, cursor: complete ? nil : Cursor(json: "{}"),
                counts: RecordCounts(extracted: records), pages: pages, savedAt: .epoch)
        }
        // One walk of 300 records in three commits, then one of 20.
        let all = [
            checkpoint(4, 20, 1, complete: true), checkpoint(3, 300, 3, complete: true), checkpoint(2, 200, 2),
            checkpoint(1, 100, 1),
        ]
        let work = Engine.work(in: all.filter { $0.sequence > 1 }, after: checkpoint(1, 100, 1))
        #expect(work.records == 220 && work.pages == 3)
        #expect(Engine.work(in: [], after: all[0]).records == 0)
    }
}

@Suite struct RunMetricsTests {
    @Test func `a run that waits before its partitions are known says so, and no longer when it goes on`() {
        let metrics = RunMetrics(counts: RecordCounts(), requests: 0)
        #expect(metrics.commonWait == nil)
        let start = Instant(seconds: 1)
        let wait = Wait(
            reason: .breaker("identity"), since: start, until: start + .seconds(30), because: "Nobody answers.")
        metrics.setPreparation(wait)
        #expect(metrics.commonWait == wait)
        metrics.setPreparation(nil)
        #expect(metrics.commonWait == nil)
    }
}
