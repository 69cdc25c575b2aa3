package import PulseDomain
package import PulsePostgres

extension PostgresSurvey {
    /// Where reads of a store would go now; `nil` where no replica is configured.
    package static func reads(_ settings: PostgresSettings) async -> ReadsStatus? {
        guard let replica = PostgresReplica(settings, execution: .background) else { return nil }
        var own = settings
        own.isForWriting = false
        let leader = PostgresPool(own, limits: .init(connections: 1, patience: .zero))
        let status = await replica.status(beside: leader)
        await leader.close()
        await replica.pool.close()
        return status
    }
}
