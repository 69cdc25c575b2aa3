import Foundation
import PulseAPI
import PulseDomain
import Testing

/// Every shape's own example, and what it looks like.
struct ExampleTests {
    static let shapes: [any (WireObject & Equatable).Type] = [
        Overview.self, EngineStatus.self, EngineMember.self, EngineReport.self, RunReport.self, HeldRun.self,
        TakenRun.self,
        StoreAbsence.self,
        JobStatus.self, JobDetail.self, RunStatus.self, JobRun.self, Checkpoint.self,
        QuotaStatus.self, BreakerStatus.self, Alert.self, LogLine.self, AuditEntry.self, QuarantineEntry.self,
        TombstoneFinding.self, TombstoneRow.self, SourceStatus.self, TableStatus.self, ThroughputSample.self,
        CommandPreview.self, CommandAnswer.self, Failure.self, Problem.self, LoginRequest.self, RefreshRequest.self,
        TokenAnswer.self, Profile.self, NewToken.self, PersonalToken.self, UserStatus.self, NewUser.self,
        UserChange.self,
        PresenceStatus.self, PresenceReport.self, HealthReport.self, EventHello.self, ReasonBody.self, StartBody.self,
        PauseBody.self, RewindBody.self, SkipBody.self, RecordsBody.self,
    ]

    private static func text(_ json: [UInt8]) throws -> String {
        let object = try JSONSerialization.jsonObject(with: Data(json))
        let data = try JSONSerialization.data(
            withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    @Test(arguments: shapes.indices)
    func `an example comes back as it was, and looks as it did`(index: Int) throws {
        func check<Shape: WireObject & Equatable>(_ type: Shape.Type) throws {
            #expect(try Shape(json: Shape.example.json) == Shape.example)
            try Golden.expect(try Self.text(Shape.example.json), "\(Shape.shapeName).json")
        }
        try check(Self.shapes[index])
    }

    @Test func `enumerations with content look as they did`() throws {
        func lines<Shape: Wire>(_ values: [Shape]) -> String {
            values.map { String(decoding: $0.json, as: UTF8.self) + "\n" }.joined()
        }
        let text =
            lines(Samples.states) + lines(Samples.reasons) + lines(Samples.partitionStates) + lines(Samples.commands)
            + Samples.events.map { EventShape($0) }.map { "\($0.name)\n" }.joined()
        try Golden.expect(text, "enumerations.jsonl")
    }
}
