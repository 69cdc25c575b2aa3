import Foundation
import PulseAPI
import PulseDomain
import Testing

/// What domain values look like on the wire.
struct ShapeTests {
    private func check<Shape: Wire & Equatable>(_ samples: [Shape], _ line: SourceLocation = #_sourceLocation) throws {
        for sample in samples {
            let json = sample.json
            #expect(try Shape(json: json) == sample, sourceLocation: line)
            // Another reader agrees that it is JSON.
            _ = try JSONSerialization.jsonObject(with: Data(json), options: .fragmentsAllowed)
        }
    }

    @Test func `every value of the control plane comes back as it was`() throws {
        try check(Samples.overviews)
        try check(Samples.engines)
        try check(Samples.members)
        try check(Samples.jobs)
        try check(Samples.runs)
        try check(Samples.states)
        try check(Samples.waits)
        try check(Samples.reasons)
        try check(Samples.details)
        try check(Samples.partitions)
        try check(Samples.stages)
        try check(Samples.checkpoints)
        try check(Samples.lines)
        try check(Samples.alerts)
        try check(Samples.commands)
        try check(Samples.quotas)
        try check(Samples.breakers)
        try check(Samples.throughput)
        try check(Samples.audits)
        try check(Samples.quarantine)
        try check(Samples.findings)
        try check(Samples.goneRows)
        try check(Samples.previews)
        try check(Samples.sources)
        try check(Samples.failures)
        try check(Samples.receipts.map { CommandAnswer($0, correlation: Samples.correlation) })
        try check(Samples.runs.map { JobRun(job: Samples.job, run: $0) })
        try check([TableStatus(name: "work_items", rows: 3)])
    }

    @Test(arguments: UnifiedSchema.tables)
    func `rows of every table come back as they were`(table: Table) throws {
        let rows = [Samples.row(of: table, isEmpty: false), Samples.row(of: table, isEmpty: true)]
        try check([
            RowPage(table: table.name, items: rows, next: "x"), RowPage(table: table.name, items: [], next: nil),
        ])
    }

    @Test func `events come back as they were`() throws {
        for event in Samples.events {
            let shape = EventShape(event)
            #expect(try EventShape.read(shape.name, shape.data) == event)
            #expect(!shape.data.contains(0x0A))
        }
        #expect(try EventShape.read("later_version", []) == nil)
    }

    @Test func `a rate that is not finite costs nothing but itself`() throws {
        for rate in [Double.nan, .infinity, -.infinity] {
            var job = Samples.jobs[0]
            job.history = [rate, 1]
            #expect(try JobStatus(json: job.json).history == [0, 1])
        }
    }

    @Test(arguments: [
        (Instant(microseconds: 0), "1970-01-01T00:00:00.000Z"),
        (Instant(microseconds: 1), "1970-01-01T00:00:00.000001Z"),
        (Instant(milliseconds: 1_800_000_000_120), "2027-01-15T08:00:00.120Z"),
        (Instant(microseconds: -1), "1969-12-31T23:59:59.999999Z"),
    ])
    func `instants have milliseconds, and microseconds where there are any`(instant: Instant, text: String) {
        #expect(instant.wireText == text)
        #expect(Instant(parsing: text) == instant)
    }

    /// A member that is added to a type and forgotten in its shape is lost between console and engine: these figures
    /// change with the type, and whoever changes them adds it to the shape and to the samples.
    private static let memberCounts: [(any Sendable, Int)] = [
        (Samples.overviews[0], 8), (Samples.engines[0], 13), (Samples.jobs[0], 8),
        (Samples.jobs[0].definition, 8), (Samples.schedules[0], 4), (Samples.runs[0], 21), (Samples.walkProgress[0], 4),
        (Samples.counts, 7), (Samples.details[0], 6), (Samples.partitions[0], 5), (Samples.stages[0], 4),
        (Samples.checkpoints[0], 14), (Samples.lines[0], 9), (Samples.alerts[0], 12), (Samples.quotas[0], 17),
        (Samples.breakers[0], 7), (Samples.throughput[0], 4), (Samples.audits[0], 9), (Samples.quarantine[0], 8),
        (Samples.quarantine[0].record, 4), (Samples.findings[0], 9), (Samples.scopes[0], 3), (Samples.goneRows[0], 5),
        (Samples.previews[0], 8), (Samples.sources[0], 4), (Samples.failures[0], 6), (Samples.waits[0], 4),
        (Samples.pauses[0], 4), (TableStatus(name: "x", rows: 0), 2), (Hold(by: .engine, reason: "", since: .epoch), 3),
        (Watermark(), 2), (WalkOrigin(number: 1, startedAt: .epoch), 2), (Samples.partition, 4),
        (Samples.members[0], 10), (Samples.members[0].taken[0], 4),
        (Samples.members[0].report, 6), (Samples.members[0].holds[0], 3), (Samples.runReport, 7),
    ]

    @Test(arguments: memberCounts)
    func `no member of a type is forgotten`(sample: any Sendable, members: Int) {
        #expect(Mirror(reflecting: sample).children.count == members, "\(type(of: sample))")
    }

    @Test func `what is not of a shape is refused, and where is told`() {
        func problem(_ json: String) -> String? {
            do throws(WireError) {
                _ = try JobStatus(json: Array(json.utf8))
                return nil
            } catch {
                return error.sentence
            }
        }
        let good = String(decoding: Samples.jobs[0].json, as: UTF8.self)
        #expect(problem(good) == nil)
        #expect(problem("[]") == "The document is an array, not an object.")
        #expect(problem("") == "The document is empty where JSON was expected.")
        #expect(problem("{}") == "The member id is missing.")
        #expect(problem(good + "x")?.contains("JSON") == true)
        #expect(
            problem(good.replacing("\"priority\":-100", with: "\"priority\":\"x\""))
                == "The member priority is a string, not an integer.")
        #expect(
            problem(good.replacing("\"overlap\":\"skip\"", with: "\"overlap\":\"x\""))
                == "The member schedule.overlap is “x”, which is none of skip, queue.")
        #expect(
            problem(good.replacing("\"state\":\"queued\"", with: "\"state\":\"gone\""))?
                .hasPrefix("The member run.condition.state is “gone”") == true)
        let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        #expect(problem(deep) == "The document is nested deeper than 32 levels.")
        #expect(problem("{\"id\":\"\\ud83d\"}") == "The document is not strict JSON in UTF-8.")
    }

    @Test func `a request with a member that nobody knows is refused, one that leaves out what may be absent is not`()
        throws
    {
        #expect(try PauseBody(json: Array("{}".utf8)) == PauseBody())
        #expect(throws: WireError.self) { try PauseBody(json: Array("{\"untl\":null}".utf8)) }
        #expect(throws: WireError.self) { try RecordsBody(json: Array("{\"ids\":[]}".utf8)) }
        #expect(throws: WireError.self) { try LoginRequest(json: Array("{\"name\":\"ada\"}".utf8)) }
    }

    @Test func `Base64 is what others make of bytes`() throws {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 7) }
            let text = try JSONSerialization.jsonObject(with: Data(WireBytes(bytes).json), options: .fragmentsAllowed)
            #expect(text as? String == Data(bytes).base64EncodedString())
            #expect(try WireBytes(json: WireBytes(bytes).json).bytes == bytes)
        }
        for bad in ["A", "AA", "AAA", "A===", "====", "AB==", "AAB=", "AA=A", "AA A", "AAAA=", "ÄÄÄÄ"] {
            #expect(throws: WireError.self, "\(bad)") { try WireBytes(json: Array("\"\(bad)\"".utf8)) }
        }
    }
}
