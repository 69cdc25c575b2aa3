import PulsePostgres
import Testing

@testable import PulseStore

@Suite struct PostgresErrorTests {
    @Test(arguments: [
        (PostgresError.Kind.access, false, "store.unavailable", false), (.access, true, "store.unreachable", true),
        (.permission, false, "store.unavailable", false), (.permission, true, "store.forbidden", false),
        (.connection, true, "store.unreachable", true), (.readOnly, true, "store.unreachable", true),
        (.conflict, true, "store.locked", true),
    ])
    func `what a server refuses is a mistake at first, and an outage or a lost right when it let us in before`(
        kind: PostgresError.Kind, wasOpen: Bool, code: String, isOutage: Bool
    ) {
        let error = StoreError(
            PostgresError(kind: kind, state: "", message: "permission denied for table runs"),
            location: "postgres://db/p",
            wasOpen: wasOpen)
        #expect(error.code == code && error.isOutage == isOutage)
        #expect(error.code != "store.forbidden" || !error.sentence.contains("postgres://"))
    }
}
