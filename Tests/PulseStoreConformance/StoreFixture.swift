package import PulseDomain
package import PulseStore

/// A database that the suite may open stores on, empty at first.
package protocol StoreFixture: Sendable {
    /// Opens a store of `tenant` on the fixture's one database; also several times.
    func open(_ tenant: TenantID) async throws -> any Store
    /// From now on every insertion into `table` fails inside its transaction, as it would when the process were killed
    /// there: what is not committed is gone.
    func breakInsertions(into table: String) async throws
    /// Takes ``breakInsertions(into:)`` back.
    func repair() async throws
    /// Rows in each table of the database, deleted ones included, by table.
    func physicalRows() async throws -> [String: Int]
    /// The rows of a view that `tenant` may see, by column, in any order.
    func rows(ofView view: String, tenant: TenantID) async throws -> [[String: Answer]]
}

/// Something that every store does.
package struct Behaviour: Sendable, CustomStringConvertible {
    /// A sentence.
    package let description: String
    package let check: @Sendable (any StoreFixture) async throws -> Void

    init(_ description: String, _ check: @escaping @Sendable (any StoreFixture) async throws -> Void) {
        self.description = description
        self.check = check
    }
}

/// Everything that every store does. A test of an implementation runs each behaviour on a fixture of its own.
package enum StoreConformance {
    package static let behaviours: [Behaviour] = [
        runBehaviours, stateBehaviours, checkpointBehaviours, commitBehaviours, versionBehaviours, atomicityBehaviours,
        noveltyBehaviours, childSetBehaviours, censusBehaviours, linkBehaviours, textBehaviours, quarantineBehaviours,
        rawPageBehaviours, retentionBehaviours,
        limitBehaviours, happeningBehaviours, deliveryBehaviours, engineBehaviours, definitionBehaviours,
        dataBehaviours, tenantBehaviours,
        workItemViewBehaviours, deliveryViewBehaviours,
    ].flatMap { $0 }
}
