import PulseAPI
import PulseDomain
import PulseFuzzing
import Testing

/// What a server that is none of ours might answer.
struct APIFuzzTests {
    private static let stream = """
        id: 17-1-9\nevent: hello\ndata: {"version":"1.0","heartbeat_seconds":15}\n\n:\n\nretry: 1500\n\
        id: 17-2-9\nevent: gap\ndata: {}\n\nevent: log\ndata: {"a":\ndata: 1}\n\n
        """

    @Test func `a stream is read the same however it is cut`() {
        Fuzz.run([Self.stream, Self.stream.replacing("\n", with: "\r\n"), "\u{FEFF}data: x\n\n"]) { bytes in
            var whole = EventStreamParser(limitInBytes: 1 << 16)
            var cut = EventStreamParser(limitInBytes: 1 << 16)
            let atOnce = Result { try whole.take(bytes) }
            let byByte = Result { try bytes.flatMap { try cut.take(CollectionOfOne($0)) } }
            #expect((try? atOnce.get()) == (try? byByte.get()))
            #expect(whole.lastID == cut.lastID && whole.retry == cut.retry)
        }
    }

    @Test func `a list that breaks off, or holds anything, is told to be unreadable`() throws {
        let samples: [[UInt8]] = [
            Samples.overviews[0].json, Problem.example.json, Samples.jobs[0].json,
        ]
        try Fuzz.run(samples, times: Fuzz.count / 4) { bytes in
            try Self.readsAgain(Overview.self, bytes)
            try Self.readsAgain(Problem.self, bytes)
            try Self.readsAgain(JobStatus.self, bytes)
        }
    }

    @Test func `an event is one of ours, of a later version, or unreadable`() {
        let job = EventShape(.job(Samples.jobs[0]))
        Fuzz.run([job.data, EventShape(.gap).data]) { bytes in
            for name in ["job", "quota", "breaker", "alerts", "throughput", "log", "engine", "gap", "later"] {
                do throws(WireError) { _ = try EventShape.read(name, bytes) } catch {
                    #expect(!error.sentence.isEmpty)
                }
            }
        }
    }

    /// What was read is written so that it reads the same.
    private static func readsAgain<Value: Wire & Equatable>(_ type: Value.Type, _ bytes: [UInt8]) throws {
        let value: Value
        do throws(WireError) { value = try Value(json: bytes) } catch {
            #expect(!error.sentence.unicodeScalars.contains { $0.value < 0x20 })
            return
        }
        #expect(try Value(json: value.json) == value)
    }
}
