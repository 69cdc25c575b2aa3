import PulseAPI
import PulseDomain

/// What stands behind the gateway for one tenant.
struct TenantEngine: Sendable {
    let tenant: TenantID
    let operations: any Operations
    let hub: EventHub
    let presence: PresenceList

    init(_ tenant: TenantID, _ operations: any Operations, time: any TimeSource) {
        self.tenant = tenant
        self.operations = operations
        hub = EventHub(operations, time: time)
        presence = PresenceList(time: time)
    }
}
