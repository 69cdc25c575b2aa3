import PulseStore
import PulseStoreConformance
import Testing

/// SQLite does everything that every store does, whichever thread its work is done on.
@Suite struct SQLiteConformanceTests {
    @Test(arguments: StoreConformance.behaviours)
    func `a store in the background does what every store does`(behaviour: Behaviour) async throws {
        try await behaviour.check(SQLiteFixture(execution: .background))
    }

    @Test(arguments: StoreConformance.behaviours)
    func `a store on the calling thread does what every store does`(behaviour: Behaviour) async throws {
        try await behaviour.check(SQLiteFixture(execution: .inline))
    }
}
