import PulseDomain

/// What the examples of the OpenAPI document are made of.
enum Example {
    static let job: JobID = "jira-main/issues"
    static let partition = PartitionID(tenant: "acme", source: "jira-main", stream: "issues", key: "PAY")
    static let correlation: CorrelationID = "0af7651916cd43dd8448eb211c80319c"
    static let ada = Principal("ada")
    /// 2026-03-02T09:30:00.000Z, and some minutes later.
    static let instant = Instant(milliseconds: 1_772_443_800_000)
    static func minutes(_ count: Int) -> Instant { instant + .minutes(count) }
}
