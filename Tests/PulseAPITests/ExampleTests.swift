import PulseAPI
import PulseDomain
import Testing

/// Every shape's own example.
struct ExampleTests {
    @Test func `examples come back as they were`() throws {
        func check<Shape: WireObject & Equatable>(_ type: Shape.Type) throws {
            #expect(try Shape(json: Shape.example.json) == Shape.example)
        }
        try check(Overview.self)
        try check(JobDetail.self)
        try check(QuarantineEntry.self)
        try check(TombstoneFinding.self)
        try check(TombstoneRow.self)
        try check(AuditEntry.self)
        try check(JobRun.self)
        try check(SourceStatus.self)
        try check(TableStatus.self)
        try check(CommandPreview.self)
        try check(CommandAnswer.self)
        try check(Problem.self)
        try check(LoginRequest.self)
        try check(TokenAnswer.self)
        try check(Profile.self)
        try check(PersonalToken.self)
        try check(NewToken.self)
        try check(UserStatus.self)
        try check(NewUser.self)
        try check(UserChange.self)
        try check(PresenceStatus.self)
        try check(PresenceReport.self)
        try check(HealthReport.self)
        try check(StartBody.self)
        try check(PauseBody.self)
        try check(RewindBody.self)
        try check(SkipBody.self)
        try check(RecordsBody.self)
        try check(ReasonBody.self)
    }
}
