import PulseAPI
import PulseDomain

/// What stands behind the gateway for one tenant.
struct TenantEngine: Sendable {
    let tenant: TenantID
    let operations: any Operations
    let hub: EventHub
    let presence: PresenceList
    let reads: ReadCache
    /// The engines that share the work on it elsewhere; `nil` when it is in this process.
    let pool: EnginePool?

    init(_ tenant: TenantID, _ operations: any Operations, time: any TimeSource) {
        self.tenant = tenant
        self.operations = operations
        pool = operations as? EnginePool
        hub = EventHub(operations, time: time)
        presence = PresenceList(time: time)
        reads = ReadCache(hub: hub, time: time)
    }
}

extension TenantEngine {
    /// Passes events on and watches what is behind until the task is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await hub.run() }
            if let pool { group.addTask { await pool.watch() } }
            await group.waitForAll()
        }
    }
}
