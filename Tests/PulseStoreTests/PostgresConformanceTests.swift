import PulseStoreConformance
import Testing

@testable import PulseStore

@Suite struct PostgresConformanceTests {
    @Test(arguments: StoreConformance.behaviours)
    func `PostgreSQL behaves as every store does`(_ behaviour: Behaviour) async throws {
        try await behaviour.check(PostgresFixture())
    }
}
